"""Where faces are in photographs, found by a network (YuNet) that ships with the project.

A picture is laid into a square of 320 pixels, so a face that takes less than about a thirtieth of its longer side is not
seen. What was measured of it stands in `docs/limits.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from PIL import Image

from genmodels.instruments.photograph_networks import FACES, MAPS, STRIDES, asked

SIDE = 320  # pixels of the square that a picture is laid into
SURE = 0.85  # how probable a face must be to count; chosen on half of the faces on which errors were counted
OVERLAP = 0.3  # of two boxes (intersection over union) that are taken for one face
TOGETHER = 16  # pictures that are looked at at once


@dataclass(frozen=True)
class Face:
    """A face: left, top, width and height in pixels of its picture, and how probable it is (0 to 1)."""

    left: float
    top: float
    width: float
    height: float
    score: float

    def cut(self, picture: Image.Image, side: int) -> np.ndarray:
        """The square around it, of its larger side, as uint8 RGB (side, side, 3); what lies outside the picture is black."""
        size = max(self.width, self.height)
        left, top = self.left + (self.width - size) / 2, self.top + (self.height - size) / 2
        box = round(left), round(top), round(left + size), round(top + size)
        return np.asarray(picture.crop(box).resize((side, side), Image.Resampling.BILINEAR))


def faces_in(pictures: Iterable[Image.Image]) -> Iterator[tuple[Image.Image, list[Face]]]:
    """Each RGB picture with the faces in it, the surest first."""
    rest = iter(pictures)
    while few := list(islice(rest, TOGETHER)):
        yield from zip(few, _found(few), strict=True)


def _found(pictures: Sequence[Image.Image]) -> list[list[Face]]:
    laid = np.zeros((TOGETHER, SIDE, SIDE, 3), np.float32)
    scales = [SIDE / max(each.size) for each in pictures]
    for row, each, scale in zip(laid, pictures, scales, strict=False):
        width, height = (max(1, round(side * scale)) for side in each.size)
        small = np.asarray(each.convert("RGB").resize((width, height), Image.Resampling.BILINEAR))
        row[:height, :width] = small[:, :, ::-1]  # it was taught blue, green, red
    maps = asked(FACES)(laid)
    return [_faces([each[number] for each in maps], scale) for number, scale in enumerate(scales)]


def _faces(maps: Sequence[np.ndarray], scale: float) -> list[Face]:
    """The faces of one picture, from the maps of it: a cell's box is told from the cell's place, in cells."""
    rows = []
    for number, stride in enumerate(STRIDES):
        face, box, whole = (maps[len(STRIDES) * place + number] for place in range(len(MAPS)))
        score = np.sqrt(_probable(face[..., 0]) * _probable(whole[..., 0]))
        for y, x in zip(*np.nonzero(score >= SURE), strict=True):
            dx, dy, width, height = box[y, x]
            width, height = np.exp(width) * stride, np.exp(height) * stride
            left, top = (x + dx) * stride - width / 2, (y + dy) * stride - height / 2
            rows.append([left, top, width, height, score[y, x]])
    kept = list[list[float]]()
    for row in sorted(rows, key=lambda each: -each[4]):
        if all(_overlap(row, each) < OVERLAP for each in kept):
            kept.append(row)
    found = [([float(value) / scale for value in row[:4]], float(row[4])) for row in kept]
    return [Face(left, top, width, height, score) for (left, top, width, height), score in found]


def _probable(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(logits, -60, 60)))


def _overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Intersection over union of two boxes (left, top, width, height)."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    both = max(0.0, width) * max(0.0, height)
    return both / (one[2] * one[3] + other[2] * other[3] - both)
