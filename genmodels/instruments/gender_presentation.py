"""Gender presentation as read by a network off the one face of a photograph: a guess beside people's labels, never a judge.

Nobody's gender can be seen. What is read is whether a face is presented as those were that somebody had sorted into women and
men, and how often that is wrong stands in `docs/limits.md` for the few faces on which it was counted. So it may only make
the interval of shares that people labelled narrower (`estimates.prediction_powered`), which stays right however wrong it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from genmodels.instruments.faces import faces_in
from genmodels.instruments.photograph_networks import CENTRE, CROP, GENDER, SCALE, asked

WOMAN, MAN, NOBODY, SEVERAL, UNSURE = "a woman", "a man", "no face", "more than one face", "unsure"
ANSWERS = (WOMAN, MAN, NOBODY, SEVERAL, UNSURE)
CLEAR = 0.8  # how probable one of both must be to be said; below it the reader is unsure
TOGETHER = 256  # faces that are read at once


@dataclass(frozen=True)
class Read:
    """What was read off one picture: an answer of `ANSWERS`, and how probable a woman is (nan: not one face)."""

    answer: str
    woman: float


def read_photographs(pictures: Iterable[Image.Image]) -> Iterator[Read]:
    """What is read off each RGB picture, in their order."""
    waiting: list[np.ndarray | str] = []
    for picture, faces in faces_in(pictures):
        one = len(faces) == 1
        waiting.append(faces[0].cut(picture, CROP) if one else SEVERAL if faces else NOBODY)
        if len(waiting) == TOGETHER:
            yield from _read(waiting)
            waiting = []
    if waiting:
        yield from _read(waiting)


def _read(waiting: list[np.ndarray | str]) -> Iterator[Read]:
    crops = [each for each in waiting if isinstance(each, np.ndarray)]
    women = iter(_women(np.stack(crops)).tolist() if crops else ())
    for each in waiting:
        yield Read(each, float("nan")) if isinstance(each, str) else said(next(women))


def _women(crops: np.ndarray) -> np.ndarray:
    """How probable a woman is, of uint8 RGB crops (n, 32, 32, 3)."""
    filled = np.concatenate([crops, np.repeat(crops[-1:], TOGETHER - len(crops), axis=0)])  # one shape, compiled once
    scaled = (filled.astype(np.float32) - np.array(CENTRE, np.float32)) / SCALE
    return asked(GENDER)(scaled)[0][: len(crops), 0]


def said(woman: float) -> Read:
    """The answer that goes with how probable a woman is."""
    return Read(WOMAN if woman >= CLEAR else MAN if woman <= 1 - CLEAR else UNSURE, woman)
