"""The file of one rater: a line an answer, appended; what can't be read is skipped and counted."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from genmodels.files import Unreadable, open_to_append, parsed, read_bytes
from genmodels.labelling.labels import Given
from genmodels.printable import printable

MOST_BYTES, LONGEST_LINE = 64 << 20, 4000  # of the file of a rater, of one line
LONGEST_NAME = 60  # characters of a rater's name


def append(file: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append lines; they are on the disk when this returns. A last line that was torn before stays by itself."""
    lines = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    with open_to_append(file) as stream:
        stream.write((b"" if _ends_whole(file) else b"\n") + lines)
        stream.flush()
        os.fsync(stream.fileno())


def _ends_whole(file: Path) -> bool:
    """Whether the file is empty or its last line has its end."""
    size = file.stat().st_size
    return size == 0 or read_bytes(file, 1 << 10, size - 1) == b"\n"


def read_answers(file: Path) -> tuple[list[Given], int]:
    """The answers in the file of a rater, the last one of each, and how many lines could not be read."""
    try:
        content = read_bytes(file, MOST_BYTES)
    except (FileNotFoundError, Unreadable):
        return [], 0
    found: dict[tuple[str, str, bool], Given] = {}
    skipped = 0
    for line in content.split(b"\n"):
        if not line.strip():
            continue
        row = _row(line)
        if row is None:
            skipped += 1
            continue
        given, undone = row
        found.pop((given.item, given.question, given.repeat), None)
        if not undone:
            found[given.item, given.question, given.repeat] = given
    return list(found.values()), skipped


def _row(line: bytes) -> tuple[Given, bool] | None:
    """An answer, and whether it is taken back; None where the line is none."""
    if len(line) > LONGEST_LINE:
        return None
    with contextlib.suppress(Unreadable):
        row = parsed(line)
        undone = isinstance(row, dict) and row.get("undo") is True
        names = ("item", "question", "rater") if undone else ("item", "question", "rater", "answer")
        if isinstance(row, dict) and all(isinstance(row.get(name), str) for name in names):
            given = Given(
                row["item"], row["question"], row["rater"], row.get("answer") or "", row.get("repeat") is True
            )
            return replace(given, rater=printable(given.rater, LONGEST_NAME)), undone
    return None
