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
MODES = ("major", "minor")
TONICS = (  # of each mode, as the key with the fewer accidentals is written
    ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"),
    ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "G♯", "A", "B♭", "B"),
)
FIRST = 0xE000  # voice * 256 + pitch * 2 + (goes on)
KEY, GIVEN = FIRST + 1024, FIRST + 1056  # the first of 24 keys, of 4 voices that may be given
KEYS = tuple(f"{tonic} {mode}" for mode, own in zip(MODES, TONICS, strict=True) for tonic in own)
LOWEST, HIGHEST = 1, 127  # MIDI pitches
LONGEST = 4096  # steps of a piece that is read
ANY = np.int16(-32768)  # in a score that is asked for: whatever the model likes


@dataclass(frozen=True)
class Piece:
    """A piece in four voices: `score` int16 (steps, 4) as above, `key` its number (tonic + 12 for minor) or None."""

    score: np.ndarray
    key: int | None = None

    @property
    def key_name(self) -> str:
        """Such as "E♭ minor"; "" where it is not known."""
        return "" if self.key is None else KEYS[self.key]

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


def anything(steps: int) -> np.ndarray:
    """A score (steps, 4) that asks for nothing, to be filled in."""
    return np.full((steps, 4), ANY, np.int16)


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


def is_given(text: str) -> bool:
    """Does a voice stand before all others in a document?"""
    return any(GIVEN <= ord(each) < GIVEN + 4 for each in text[:2])


def key_of(name: str) -> int:
    """The number of a key by its name, such as "E♭ minor", "Eb minor", "f# major" or "C"; raises `Refusal` for no key."""
    words = name.replace("♭", "b").replace("♯", "#").split()
    tonic, mode = (words[0], (words[1:] or ["major"])[0].lower()) if 1 <= len(words) <= 2 else ("", "")
    pitch = "C D EF G A B".find(tonic[:1].upper()) if tonic else -1
    sign = {"": 0, "#": 1, "b": -1, "-": -1}.get(tonic[1:].lower())
    if pitch < 0 or sign is None or mode not in MODES or not tonic[:1].strip():
        raise Refusal(f"{name[:40]!r} is no key; write one such as C major, F# minor or Eb major.")
    return (pitch + sign) % 12 + 12 * MODES.index(mode)


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
    key = int(keys[0] - KEY) if len(keys) else None
    voices, pitches = notes // 256, notes % 256 // 2 * np.where(notes % 2, -1, 1)
    if (voices == np.arange(len(notes)) % 4).all():  # as every document of a set is
        return Piece(pitches[: len(notes) // 4 * 4].astype(np.int16).reshape(-1, 4), key)
    return Piece(_whole_steps(voices, pitches), key)


def _whole_steps(voices: np.ndarray, pitches: np.ndarray) -> np.ndarray:
    """int16 (steps, 4) of notes (n,) each, those that are not the next voice's left out."""
    steps: list[list[int]] = []
    for voice, pitch in zip(voices.tolist(), pitches.tolist(), strict=True):
        if voice == 0:
            steps.append([])
        if steps and voice == len(steps[-1]):
            steps[-1].append(pitch)
    whole = [each for each in steps if len(each) == 4]
    return np.array(whole, np.int16).reshape(-1, 4)


def _length_of_line(codes: np.ndarray, voice: int) -> int:
    """How many characters from the first on are of a given line: up to the first step, which begins with the soprano."""
    others = np.flatnonzero((codes - FIRST) // 256 != voice)
    end = int(others[0]) if len(others) else len(codes)
    return end - (1 if voice == 0 and end < len(codes) else 0)  # the soprano of the first step is of the same voice
