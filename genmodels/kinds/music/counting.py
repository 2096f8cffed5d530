"""What is counted in pieces: pitch classes, intervals, harmonies, crossed voices and parallels.

Histograms of pitch classes and of intervals as in Yang and Lerch 2020 (Neural Computing and Applications 32). Parallel fifths and octaves are what Fux forbids
(Gradus ad Parnassum, 1725): two voices that both move and lie a perfect fifth, or an octave or unison, apart before and after.
Crossing is a higher voice that sounds below a lower one.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from genmodels.kinds.music.lines import notes_of
from genmodels.kinds.music.notation import Piece

OCTAVE = 12
PAIRS = tuple(combinations(range(4), 2))  # of voices, the higher first


def pitch_classes(piece: Piece) -> np.ndarray:
    """How many notes have each pitch class (12,), counted from the tonic where the key is known, else from C."""
    tonic = 0 if piece.key is None else piece.key % OCTAVE
    pitches = [note.pitch - tonic for voice in range(4) for note in notes_of(piece, voice)]
    return np.bincount(np.array(pitches, int) % OCTAVE, minlength=OCTAVE)


def intervals(piece: Piece) -> np.ndarray:
    """How often a voice moves by -12 to 12 semitones (25,) from one note to the next; larger ones count as an octave."""
    moves = [np.diff([note.pitch for note in notes_of(piece, voice)]) for voice in range(4)]
    return np.bincount(np.clip(np.concatenate(moves).astype(int), -OCTAVE, OCTAVE) + OCTAVE, minlength=2 * OCTAVE + 1)


def harmonies(piece: Piece) -> np.ndarray:
    """How many steps hold each set of pitch classes above the lowest one that sounds (4096,), as bits; silence is 0."""
    pitches = abs(piece.score.astype(int))
    lowest = np.where(pitches > 0, pitches, 999).min(axis=1, keepdims=True)
    bits = np.where(pitches > 0, 1 << ((pitches - lowest) % OCTAVE), 0)
    return np.bincount(np.bitwise_or.reduce(bits, axis=1), minlength=1 << OCTAVE)


def crossings(piece: Piece) -> tuple[int, int]:
    """In how many steps a higher voice sounds below a lower one, of how many in which two voices sound."""
    pitches = abs(piece.score.astype(int))
    crossed, several = np.zeros(len(pitches), bool), np.zeros(len(pitches), bool)
    for high, low in PAIRS:
        both = (pitches[:, high] > 0) & (pitches[:, low] > 0)
        several |= both
        crossed |= both & (pitches[:, high] < pitches[:, low])
    return int(crossed.sum()), int(several.sum())


def parallels(piece: Piece) -> tuple[int, int, int]:
    """How many moves of two voices are parallel fifths, how many parallel octaves or unisons, and of how many moves:
    steps at which both go to another pitch."""
    pitches = abs(piece.score.astype(int))
    before, after = pitches[:-1], pitches[1:]
    moved = (before > 0) & (after > 0) & (before != after)
    fifths = octaves = moves = 0
    for high, low in PAIRS:
        both = moved[:, high] & moved[:, low]
        was, now = abs(before[:, high] - before[:, low]), abs(after[:, high] - after[:, low])  # crossed voices too
        same = both & (np.sign(after[:, high] - before[:, high]) == np.sign(after[:, low] - before[:, low]))
        same &= was % OCTAVE == now % OCTAVE
        fifths += int((same & (now % OCTAVE == 7)).sum())
        octaves += int((same & (now % OCTAVE == 0)).sum())
        moves += int(both.sum())
    return fifths, octaves, moves
