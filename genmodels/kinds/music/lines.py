"""The notes of a voice, read from its steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from genmodels.kinds.music.notation import Piece


@dataclass(frozen=True)
class Note:
    """One note: its MIDI pitch, and where it begins and ends, in steps."""

    pitch: int
    start: int
    end: int


def notes_of(piece: Piece, voice: int) -> Iterator[Note]:
    """The notes of a voice one after another; what goes on before anything began is a note too."""
    line = piece.score[:, voice].astype(int)
    if not len(line):
        return
    begins = np.concatenate([[True], (line[1:] >= 0) | (abs(line[1:]) != abs(line[:-1]))])
    starts = np.flatnonzero(begins)
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(line)], strict=True):
        if line[start]:
            yield Note(int(abs(line[start])), start, end)


def held(pitches: np.ndarray) -> np.ndarray:
    """A line (steps,) of pitches, 0 for a rest, in which a pitch that stands there again goes on: int16, negative there."""
    again = np.concatenate([[False], pitches[1:] == pitches[:-1]]) & (pitches > 0)
    return np.where(again, -pitches, pitches).astype(np.int16)
