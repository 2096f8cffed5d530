"""Piano rolls as pictures: time to the right, pitch upwards, a colour for each voice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genmodels.kinds.music.lines import notes_of
from genmodels.kinds.music.notation import Piece

COLOURS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#AA4499",
)  # soprano first; told apart by the colour-blind (Okabe and Ito 2008)
LOW, HIGH = 33, 84  # MIDI pitches on a sheet, between which choirs sing
WIDE, TALL = 4, 3  # pixels of a step and of a semitone
PAPER, BLACK_KEY, BAR = 255, 244, 214  # greys
BLACK = (1, 3, 6, 8, 10)  # pitch classes of the black keys
GAP = 6  # pixels between two rolls of a sheet


def roll(piece: Piece, steps: int, bar: int = 8) -> np.ndarray:
    """A piece as uint8 (height, steps * 4, 3), as far as it goes; an upright line every `bar` steps, and each note begins darker."""
    rows = np.repeat(np.arange(HIGH, LOW - 1, -1), TALL)
    picture = np.full((len(rows), steps * WIDE, 3), PAPER, np.uint8)
    picture[np.isin(rows % 12, BLACK)] = BLACK_KEY
    picture[:, :: bar * WIDE] = BAR
    for voice in (3, 2, 1, 0):
        colour = np.array([int(COLOURS[voice][place : place + 2], 16) for place in (1, 3, 5)], np.uint8)
        for note in notes_of(piece, voice):
            if LOW <= note.pitch <= HIGH and note.start < steps:
                top, left = (HIGH - note.pitch) * TALL, note.start * WIDE
                picture[top : top + TALL, left : min(note.end, steps) * WIDE] = colour
                picture[top : top + TALL, left] = colour // 2
    return picture


def rolls(pieces: Sequence[Piece], columns: int = 2, bar: int = 8) -> np.ndarray:
    """Pieces as one sheet, uint8 (height, width, 3): a roll each, all as long as the longest."""
    steps = max([len(piece.score) for piece in pieces] + [bar])
    shown = [np.pad(roll(piece, steps, bar), ((0, GAP), (0, GAP), (0, 0)), constant_values=PAPER) for piece in pieces]
    empty = np.full_like(shown[0], PAPER)
    shown += [empty] * (-len(shown) % columns)
    sheet = np.concatenate([np.concatenate(shown[i : i + columns], axis=1) for i in range(0, len(shown), columns)])
    return sheet[:-GAP, :-GAP]
