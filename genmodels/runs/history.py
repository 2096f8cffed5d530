"""The history of a run: one line a logged step."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genmodels.files import (
    LARGEST,
    Unreadable,
    open_to_append,
    parsed,
    read_bytes,
    write_atomically,
)
from genmodels.refusal import Refusal
from genmodels.runs import documents

if TYPE_CHECKING:
    import pandas


MOST_HISTORY = 1 << 30  # bytes of a history
BROKEN = "broken"  # the column that names a term; all others are numbers
LONGEST_LINE = 1 << 20  # bytes of a line of it; one of ours has a few hundred


def read_history(file: Path, start: int = 0) -> tuple[pandas.DataFrame, int, int]:
    """The lines of a history from byte `start`: their columns, how many bad lines were skipped, where it ended.

    A last line without its end is left for the next call, since its writer may be about to finish it.
    """
    import pandas
    import pyarrow.json

    try:
        data = read_bytes(file, MOST_HISTORY, start)
    except (FileNotFoundError, Unreadable):
        data = b""
    data = data[: data.rfind(b"\n") + 1]
    nothing = pandas.DataFrame({"step": [], "epoch": [], "seconds": []})
    if not data:
        return nothing, 0, start
    try:
        frame, skipped = pyarrow.json.read_json(io.BytesIO(data)).to_pandas(), 0
        if not _sound(frame):
            raise pyarrow.ArrowInvalid
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError, OverflowError, ValueError):
        lines = data.splitlines()
        good = [_plain(values) for values in map(_parsed, lines) if values is not None]
        frame, skipped = pandas.DataFrame(good), sum(1 for line in lines if line.strip()) - len(good)
    if "step" not in frame:
        return nothing, skipped, start + len(data)
    return frame.sort_values("step", kind="stable", ignore_index=True), skipped, start + len(data)


def _sound(frame: pandas.DataFrame) -> bool:
    """Has every column what a history holds: whole steps, numbers, and the name of a term that broke?"""
    whole = "step" in frame and frame["step"].dtype.kind == "i" and frame["step"].between(0, LARGEST).all()
    return bool(whole) and all(
        frame[name].dtype.kind in "iuf"
        or frame[name].isna().all()
        or (name == BROKEN and frame[name].map(_named).all())
        for name in frame
    )


def _named(value: object) -> bool:
    return value is None or (isinstance(value, str) and len(value) <= 200)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """A line of a history without what is neither a number nor the name of a term that broke."""
    return {
        str(name)[:80]: value
        for name, value in values.items()
        if value is None or (_named(value) if name == BROKEN else documents.is_number(value))
    }


class History:
    """Appends to a history, from a step on: what was logged after `step` by a process that died is cut away."""

    def __init__(self, file: Path, step: int) -> None:
        with contextlib.suppress(FileNotFoundError):
            try:
                old = read_bytes(file, MOST_HISTORY)
            except Unreadable as reason:
                raise Refusal(f"{file.name} {reason}; take it away, then resume.") from None
            kept = [line for line in old.splitlines() if (values := _parsed(line)) and values["step"] <= step]
            new = b"".join(line + b"\n" for line in kept)
            if new != old:
                write_atomically(file, new)
        self._stream = open_to_append(file)

    def log(self, values: Mapping[str, Any]) -> None:
        """One line, handed to the operating system at once. Numbers that are not finite are written as null."""
        line = {name: None if isinstance(v, float) and v - v != 0 else v for name, v in values.items()}
        self._stream.write(json.dumps(line).encode() + b"\n")
        self._stream.flush()

    def sync(self) -> None:
        """To the disk: called before a checkpoint, so that a checkpoint never knows more than the history."""
        os.fsync(self._stream.fileno())

    def close(self) -> None:
        """Close the file; what was logged stays."""
        self._stream.close()


def _parsed(line: bytes) -> dict[str, Any] | None:
    if len(line) > LONGEST_LINE:
        return None
    try:
        values = parsed(line)
    except Unreadable:
        return None
    return values if isinstance(values, dict) and documents.is_count(values.get("step")) else None
