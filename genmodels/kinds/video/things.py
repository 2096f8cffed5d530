"""What moves in a clip, cut out of its frames, and a small reader of it that is fitted in closed form.

The reader is a linear classifier by least squares (ridge regression on one of n) of the cut-out at 12 x 12 pixels and of
its colours. How often it is wrong is counted on clips that it was not fitted on (`measuring.video`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from genmodels.kinds.video.tracking import LEAST, SIDE, covered, grounds

CUT, LEVELS = 12, 4  # pixels of a cut-out; levels of a channel of which its colours are counted
FIRST = 4  # frames that are looked at where there are several things: before they meet
RIDGE = 1.0


def cut_out(clips: np.ndarray) -> Iterator[np.ndarray]:
    """Of each clip what stands for the thing that moves, float32 (cut-outs, features); none where nothing is seen."""
    masks = covered(clips)
    for clip, mask, ground in zip(clips, masks, grounds(clips), strict=True):
        rows = [_described(clip[number], part, ground) for number, part in _chosen(clip, mask)]
        yield np.stack(rows) if rows else np.zeros((0, CUT * CUT * 3 + LEVELS**3 + 2), np.float32)


def _chosen(clip: np.ndarray, mask: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Number of each frame that is looked at, and the mask of the thing in it: of several the one that changes most."""
    from scipy.ndimage import label

    least = LEAST * mask[0].size / SIDE**2
    parts = [_parts(label(each)[0], least) for each in mask]
    several = any(len(each) > 1 for each in parts[:FIRST])
    for number, own in enumerate(parts[:FIRST] if several else parts):
        if len(own) == 1:
            yield number, own[0]
        elif own:
            other = clip[min(number + 3, len(clip) - 1)].astype(np.float32)
            change = np.abs(other - clip[number]).max(axis=-1) > LEAST
            yield number, max(own, key=lambda part: float((change & part).sum() / part.sum()))


def _parts(labels: np.ndarray, least: float) -> list[np.ndarray]:
    """The connected parts of what is covered, without specks; labels count from 1."""
    counts = np.bincount(labels.ravel())
    return [labels == number for number in range(1, len(counts)) if counts[number] >= least]


def _described(frame: np.ndarray, part: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """A cut-out as numbers: its pixels, how much of it has which colour, its height and width."""
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    height, width = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    side = max(height, width)
    square = np.full((side, side, 3), np.round(ground), np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    inside = np.s_[rows[0] : rows[0] + height, columns[0] : columns[0] + width]
    square[top : top + height, left : left + width] = np.where(part[inside][..., None], frame[inside], square[0, 0])
    small = np.asarray(Image.fromarray(square).resize((CUT, CUT), Image.Resampling.BILINEAR), np.float32) / 127.5 - 1
    levels = frame[part] // (256 // LEVELS)
    colours = np.bincount(levels @ np.array([LEVELS**2, LEVELS, 1]), minlength=LEVELS**3) / part.sum()
    sizes = np.array([height, width]) * SIDE / frame.shape[0] / CUT
    return np.concatenate([small.ravel(), 4 * np.sqrt(colours), sizes]).astype(np.float32)


@dataclass(frozen=True)
class ThingReader:
    """Reads which thing moves: weights (features + 1, classes) of the classes by name."""

    classes: tuple[str, ...]
    weights: np.ndarray

    @classmethod
    def fitted(cls, clips: np.ndarray, names: np.ndarray) -> ThingReader:
        """On clips (n, frames, height, width, 3) whose things have names (n,)."""
        classes = tuple(sorted(set(names.tolist())))
        rows = list(cut_out(clips))
        x = _with_one(np.concatenate(rows))
        truth = np.repeat([classes.index(name) for name in names.tolist()], [len(each) for each in rows])
        inner = x.T @ x + RIDGE * np.eye(x.shape[1])
        return cls(classes, np.linalg.solve(inner, x.T @ np.eye(len(classes))[truth]))

    def read(self, clips: np.ndarray) -> np.ndarray:
        """The name of what moves in each clip (n,), by the mean over its frames; "" where nothing is seen."""
        found = [(_with_one(rows) @ self.weights).mean(axis=0) if len(rows) else None for rows in cut_out(clips)]
        return np.array(["" if each is None else self.classes[int(each.argmax())] for each in found])


def _with_one(rows: np.ndarray) -> np.ndarray:
    return np.concatenate([rows, np.ones((len(rows), 1), rows.dtype)], axis=1).astype(np.float64)
