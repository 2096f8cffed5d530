"""Music as tokens: a piece is a text of which every character is what one voice does in one step.

A score is int16 (steps, 4), soprano first: the MIDI pitch that a voice begins in this step, its negative where the voice
goes on with it, 0 where it rests. A document is the character of its key, where that is known; then, where a voice was
given, a mark of that voice and its whole line; then the steps, four characters each, soprano first.

The characters lie in Unicode's area for private use, so no text of a user can be mistaken for music, and each says by
itself which voice it is of.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from genmodels.refusal import Refusal

VOICES = ("soprano", "alto", "tenor", "bass")
TONICS = ("C", "C#", "D", "E-", "E", "F", "F#", "G", "A-", "A", "B-", "B")
MODES = ("major", "minor")
FIRST = 0xE000  # voice * 256 + pitch * 2 + (goes on)
KEY, GIVEN = FIRST + 1024, FIRST + 1056  # the first of 24 keys, of 4 voices that may be given
LOWEST, HIGHEST = 1, 127  # MIDI pitches
LONGEST = 4096  # steps of a piece that is read


@dataclass(frozen=True)
class Piece:
    """A piece in four voices: `score` int16 (steps, 4) as above, `key` its number (tonic + 12 for minor) or None."""

    score: np.ndarray
    key: int | None = None

    @property
    def key_name(self) -> str:
        """Such as "E- minor"; "" where it is not known."""
        return "" if self.key is None else f"{TONICS[self.key % 12]} {MODES[self.key // 12]}"

    def transposed(self, semitones: int) -> Piece:
        """The piece so many semitones higher, its key with it; raises `Refusal` where a pitch leaves 1 to 127."""
        sounding = self.score != 0
        score = np.where(sounding, self.score + np.sign(self.score) * semitones, 0).astype(np.int16)
        if (sounding & ((np.sign(score) != np.sign(self.score)) | (abs(score) > HIGHEST))).any():
            raise Refusal(
                f"{semitones} semitones would take a voice out of the pitches {LOWEST} to {HIGHEST}; take fewer."
            )
        key = None if self.key is None else (self.key + semitones) % 12 + 12 * (self.key // 12)
        return replace(self, score=score, key=key)


def line(score: np.ndarray, voice: int) -> str:
    """One voice of a score as characters, one a step."""
    pitch = abs(score[:, voice].astype(int))
    return "".join(map(chr, FIRST + 256 * voice + 2 * pitch + (score[:, voice] < 0)))


def document(piece: Piece, given: int | None = None) -> str:
    """A piece as a document; `given` is the number of the voice that stands before all others."""
    lines = [line(piece.score, voice) for voice in range(4)]
    steps = "".join(map("".join, zip(*lines, strict=True)))
    return beginning(piece, given) + steps


def beginning(piece: Piece, given: int | None = None) -> str:
    """What stands before the steps of a document: the key, and the voice that is given."""
    key = "" if piece.key is None else chr(KEY + piece.key)
    return key if given is None else f"{key}{chr(GIVEN + given)}{line(piece.score, given)}"


def piece_of(text: str) -> Piece:
    """The piece that a document holds, of what a model wrote too: a character that is not this step's next voice is left out,
    and so is a last step that is not whole."""
    codes = np.array([ord(each) for each in text[: 8 * LONGEST]], dtype=int)
    keys = codes[(codes >= KEY) & (codes < KEY + 24)]
    marks = np.flatnonzero((codes >= GIVEN) & (codes < GIVEN + 4))
    if len(marks):  # the line of the given voice has one voice only; the steps begin where the next is another
        voice = codes[marks[0]] - GIVEN
        rest = codes[marks[0] + 1 :]
        codes = rest[_length_of_line(rest, int(voice)) :]
    notes = codes[(codes >= FIRST) & (codes < FIRST + 1024)] - FIRST
    steps: list[list[int]] = []
    for note in notes.tolist():
        voice, value = divmod(note, 256)
        pitch = value // 2
        if voice == 0:
            steps.append([])
        if steps and voice == len(steps[-1]):
            steps[-1].append(-pitch if value % 2 else pitch)
    whole = [each for each in steps if len(each) == 4]
    return Piece(np.array(whole, np.int16).reshape(-1, 4), int(keys[0] - KEY) if len(keys) else None)


def _length_of_line(codes: np.ndarray, voice: int) -> int:
    """How many characters from the first on are of a given line: up to the first step, which begins with the soprano."""
    others = np.flatnonzero((codes - FIRST) // 256 != voice)
    end = int(others[0]) if len(others) else len(codes)
    return end - (1 if voice == 0 and end < len(codes) else 0)  # the soprano of the first step is of the same voice
