"""The history of a run, read as it grows."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from genmodels.runs.history import read_history

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Trace:
    """A history as far as it was read. `version` changes when lines were added; `frame` must not be changed."""

    frame: pandas.DataFrame
    skipped: int
    version: tuple[int, int]


class Follower:
    """Reads what was appended to a history since the last look; from the start when the file was replaced."""

    def __init__(self, file: Path) -> None:
        self.file, self.lock = file, threading.Lock()
        self.trace: Trace | None = None

    def read(self) -> Trace:
        import pandas

        with self.lock:
            try:
                now = self.file.stat()
                inode, size = now.st_ino, now.st_size
            except OSError:
                inode, size = 0, 0
            old = self.trace
            if old is None or old.version[0] != inode or size < old.version[1]:
                frame, skipped, end = read_history(self.file)
                self.trace = Trace(frame, skipped, (inode, end))
            elif size > old.version[1]:
                new, skipped, end = read_history(self.file, old.version[1])
                frame = (
                    pandas.concat([old.frame, new], ignore_index=True)
                    if len(old.frame) and len(new)
                    else new
                    if len(new)
                    else old.frame
                )
                self.trace = Trace(frame, old.skipped + skipped, (inode, end))
            assert self.trace is not None
            return self.trace
