"""Which training clip a clip is nearest to, and how near held-out clips are: what is new and what is a copy.

Clips are compared frame by frame at 8 x 8 pixels, by the root mean square of their differences (0 to 1). So the same thing on
the same way is near, and the same thing elsewhere is not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.kinds.image.examples import Examples
from genmodels.refusal import Refusal

SMALL = 8  # pixels of a side at which clips are compared
BESIDE = 200  # held-out clips that stand beside


@dataclass(frozen=True)
class Nearest:
    """The training clip that is nearest: uint8 (frames, height, width, 3), its caption and number, and how far it is, 0 to 1."""

    clip: np.ndarray
    caption: str
    number: int
    distance: float


class KnownClips:
    """The training clips of a set, made small once."""

    def __init__(self, data: Dataset) -> None:
        self.train = data.train
        self._small = small(data.train)
        chosen = np.unique(np.linspace(0, len(data.test) - 1, min(BESIDE, len(data.test))).astype(int))
        self.held_out = np.array([float(self._far(each).min()) for each in small(data.test.take(chosen))])

    def nearest(self, clip: np.ndarray) -> Nearest:
        """The training clip nearest to a clip, uint8 (frames, height, width, 3); raises `Refusal` for one of another shape."""
        if clip.shape != self.train.images.shape[1:]:
            raise Refusal(
                f"The clip has the shape {clip.shape}, and training clips have {self.train.images.shape[1:]}; they can't be compared."
            )
        far = self._far(small(Examples(clip[None]))[0])
        number = int(far.argmin())
        said = self.train.captions[number] if self.train.captions else ""
        return Nearest(self.train.images[number], said, number, float(far[number]))

    def _far(self, each: np.ndarray) -> np.ndarray:
        squares = np.einsum("nd,nd->n", self._small, self._small) - 2 * (self._small @ each) + each @ each
        return np.asarray(np.sqrt(np.maximum(squares, 0) / len(each)))


def small(examples: Examples) -> np.ndarray:
    """Clips (n, frames, height, width, 3) as rows of numbers from 0 to 1, all frames at 8 x 8, float32."""
    n, frames, height, width, channels = examples.images.shape
    down, across = max(1, height // SMALL), max(1, width // SMALL)
    rows = np.empty((n, frames * (height // down) * (width // across) * channels), np.float32)
    for number, clip in enumerate(examples.images):
        cut = clip[:, : height // down * down, : width // across * across].astype(np.float32)
        pooled = cut.reshape(frames, height // down, down, width // across, across, channels).mean((2, 4))
        rows[number] = pooled.ravel() / 255
    return rows
