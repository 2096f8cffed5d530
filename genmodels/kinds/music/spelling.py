"""How pitches are written: which of the letters that a MIDI pitch may have a key asks for, and where a sign must stand.

Letters lie on the line of fifths ... B♭ F C G D A E B F♯ ... at -2, -1, 0, 1 ...; of the twelve pitch classes a key writes the
twelve neighbours that its raised and lowered degrees are among (as Temperley 2001, The Cognition of Basic Musical Structures,
chapter 5, explains the choice).
"""

from __future__ import annotations

from dataclasses import dataclass

LETTERS = "FCGDAEB"  # from -1 on, again and again
FIFTHS = (  # of each mode, the sharps (or, below 0, flats) of the key of each tonic
    (0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5),
    (-3, 4, -1, -6, 1, -4, 3, -2, 5, 0, -5, 2),
)
LOWEST_OF = (-3, -5)  # of each mode, the first of the twelve neighbours, counted from the tonic
OF_TONIC = (0, 3)  # of each mode, where the tonic lies, counted from the number of sharps


@dataclass(frozen=True)
class Spelled:
    """A written pitch: its letter, how many semitones a sign raises it, and its octave (4 has middle C)."""

    letter: str
    raised: int
    octave: int

    @property
    def name(self) -> str:
        """Such as "B♭4"."""
        return f"{self.letter}{'♭' * -self.raised or '♯' * self.raised}{self.octave}"


def sharps(key: int | None) -> int:
    """The signs of a key: so many sharps, or flats below 0; none where it is not known."""
    return 0 if key is None else FIFTHS[key // 12][key % 12]


def spelled(pitch: int, key: int | None = None) -> Spelled:
    """How a MIDI pitch is written in a key.

    >>> spelled(70).name, spelled(70, 11).name
    ('B♭4', 'A♯4')
    """
    mode = 0 if key is None else key // 12
    lowest = sharps(key) + OF_TONIC[mode] + LOWEST_OF[mode]
    place = lowest + (7 * pitch - lowest) % 12  # 7 is its own inverse modulo 12
    raised = (place + 1) // 7
    return Spelled(LETTERS[(place + 1) % 7], raised, (pitch - raised) // 12 - 1)


def signature(key: int | None) -> dict[str, int]:
    """The letters that the signs at the beginning of each line raise or lower.

    >>> signature(5), signature(2)
    ({'B': -1}, {'F': 1, 'C': 1})
    """
    number = sharps(key)
    return {each: 1 for each in LETTERS[: max(number, 0)]} | {each: -1 for each in LETTERS[::-1][: max(-number, 0)]}
