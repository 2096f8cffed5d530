"""A melody that somebody gives, made into one that a model of music can sing."""

from __future__ import annotations

import numpy as np

from genmodels.kinds.music.notation import FIRST, VOICES
from genmodels.kinds.text.tokens import Tokens
from genmodels.refusal import Refusal

OCTAVE = 12


def fitted(tokens: Tokens, line: np.ndarray, voice: int = 0) -> tuple[np.ndarray, list[str]]:
    """A line (steps,) as int16 that the model knows note by note, and sentences on what was changed: moved by octaves into the
    range of the voice, and rests, where it never learned any, filled with the note before. Raises `Refusal` for what stays out of range."""
    said, pitches = [], abs(line.astype(int))
    known = _pitches(tokens, voice)
    if not known or not (pitches > 0).any():
        raise Refusal(f"There is no note for the {VOICES[voice]} to sing; give at least one.")
    moves = sorted(
        range(-4 * OCTAVE, 5 * OCTAVE, OCTAVE), key=lambda move: (_outside(pitches + move, pitches, known), abs(move))
    )
    if _outside(pitches + moves[0], pitches, known):
        lowest, highest = min(known), max(known)
        raise Refusal(
            f"The melody spans MIDI pitches {pitches[pitches > 0].min()} to {pitches.max()}; the {VOICES[voice]} of this model sings {lowest} to {highest} in any octave, so leave out or move what lies beyond."
        )
    if moves[0]:
        said.append(
            f"It is moved {abs(moves[0]) // OCTAVE} octave{'s' * (abs(moves[0]) > OCTAVE)} {'up' if moves[0] > 0 else 'down'}, to where the {VOICES[voice]} sings."
        )
    moved = (np.sign(line) * np.where(pitches > 0, pitches + moves[0], 0)).astype(np.int16)
    if (pitches == 0).any() and chr(FIRST + 256 * voice) not in tokens.numbers:
        moved = _without_rests(moved)
        said.append("Its rests are filled with the note before: the model never learned to rest in this voice.")
    return _holdable(tokens, moved, voice), said


def _pitches(tokens: Tokens, voice: int) -> set[int]:
    """The MIDI pitches that a voice may begin."""
    return {pitch for pitch in range(1, 128) if chr(FIRST + 256 * voice + 2 * pitch) in tokens.numbers}


def _outside(moved: np.ndarray, pitches: np.ndarray, known: set[int]) -> int:
    return sum(pitch not in known for pitch in moved[pitches > 0].tolist())


def _without_rests(line: np.ndarray) -> np.ndarray:
    sounding = np.flatnonzero(line)
    before = np.maximum.accumulate(np.where(line != 0, np.arange(len(line)), -1))
    filled = np.where(before >= 0, -abs(line[np.maximum(before, 0)]), -abs(line[sounding[0]]))
    filled = np.where(line != 0, line, filled)
    filled[0] = abs(filled[0])
    if sounding[0] > 0:
        filled[sounding[0]] = -abs(filled[sounding[0]])
    return filled.astype(np.int16)


def _holdable(tokens: Tokens, line: np.ndarray, voice: int) -> np.ndarray:
    """Where the model never heard a pitch go on, it begins again."""
    again = [value < 0 and chr(FIRST + 256 * voice + 2 * -value + 1) not in tokens.numbers for value in line.tolist()]
    return np.where(again, -line, line).astype(np.int16)
