"""Where a long job lives: a folder with a lease, a progress, a stop and a log, which whoever looks can read.

    lease       locked by the process that works, with its number inside
    stop        is there when somebody asked the work to stop
    log.txt     what the process printed
    progress.json, or another file of the job's own     how far it is

The lock decides who is alive, not the clock and not a process id: the system lets go of it however a process ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from genmodels.files import Unreadable, open_to_append, read_bytes, write_atomically
from genmodels.refusal import Refusal

EVERY = 0.3  # seconds between two notes of progress
TRIES, PAUSE = 20, 0.05  # for a lease: a reader holds its lock for an instant; seconds


class Stopped(Exception):
    """Somebody asked the work to stop. No `Refusal`: what answers those with "not measured" must not swallow a stop."""


class Busy(Refusal):
    """Another process holds the lease."""


@dataclass(frozen=True)
class JobFolder:
    """The folder of one job. It has one writer, who holds the lease; everybody else only reads."""

    path: Path

    @property
    def lease(self) -> Path:
        """The file that is locked while the job runs."""
        return self.path / "lease"

    @property
    def log(self) -> Path:
        """The file with what the process printed."""
        return self.path / "log.txt"

    @property
    def _stop(self) -> Path:
        return self.path / "stop"

    def held(self) -> bool:
        """Does a living process hold the lease?"""
        return locked(self.lease)

    def holder(self) -> str:
        """The process that holds the lease, as it wrote there; "?" where it is not known."""
        with contextlib.suppress(OSError, Unreadable, ValueError):
            return str(int(read_bytes(self.lease, 20)))
        return "?"

    @contextlib.contextmanager
    def hold(self, busy: Callable[[str], str]) -> Iterator[None]:
        """Be the one writer; raises `Busy` with the sentence that `busy` makes of the number of the process that is."""
        with open_to_append(self.lease) as file:
            for left in reversed(range(TRIES)):
                if try_lock(file):
                    break
                if not left:
                    raise Busy(busy(self.holder()))
                time.sleep(PAUSE)
            with contextlib.suppress(OSError):  # a full disk is told by what comes next
                os.ftruncate(file.fileno(), 0)
                os.write(file.fileno(), str(os.getpid()).encode())
            yield

    def ask_to_stop(self) -> None:
        """Whoever works here stops at its next step."""
        self._stop.touch()

    def stop_asked(self) -> bool:
        """Did somebody ask the work to stop?"""
        return self._stop.exists()

    def forget_stop(self) -> None:
        """Forget an earlier request to stop."""
        self._stop.unlink(missing_ok=True)


class Progress:
    """Notes in a job's folder how far it is; raises `Stopped` when a stop is asked for there.

    A note holds what is done now, how much of how many, since when (Unix seconds), and what `says` was told of the job.
    """

    def __init__(self, folder: JobFolder, stopped: str, started: float | None = None) -> None:
        self.folder, self.stopped, self.noted = folder, stopped, 0.0
        self.started = started or time.time()
        self.about: dict[str, Any] = {}

    @property
    def file(self) -> Path:
        """The file with the note of how far it is."""
        return self.folder.path / "progress.json"

    def says(self, **about: Any) -> None:
        """What else the notes say from now on."""
        self.about |= about

    def __call__(self, what: str, done: int, of: int) -> None:
        if self.folder.stop_asked():
            raise Stopped(self.stopped)
        if time.time() - self.noted >= EVERY:
            self.noted = time.time()
            self.note(what, done, of)

    def note(self, what: str, done: int = 0, of: int = 0) -> None:
        """Write how far it is now."""
        note = {"what": what, "done": done, "of": of, "started": self.started, "noted": time.time()}
        write_atomically(self.file, json.dumps(note | self.about))


def locked(file: Path) -> bool:
    """Does a living process hold a lock on this file? A file that can't be opened is held by nobody."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)


def try_lock(file: IO[bytes]) -> bool:
    """Lock an open file for this process alone, if nobody else has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


def unlock(file: IO[bytes]) -> None:
    """Let go of a lock, while the file stays open."""
    fcntl.flock(file, fcntl.LOCK_UN)
