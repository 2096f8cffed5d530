"""Generators that learned nothing; what beats none of them has learned nothing either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Parrot:
    """Repeats pictures, uint8 (n, height, width, channels): perfect to every measure of quality if they are training pictures.

    `noise` is the root mean square of the normal noise added to each pixel, 1 being the range from black to white.
    """

    pictures: np.ndarray
    noise: float = 0.0

    def sample(self, n: int, *, seed: int, given: Sequence[int | str] | None = None) -> np.ndarray:
        """n pictures, each drawn anew; `given` is ignored."""
        rng = np.random.default_rng(seed)
        chosen = self.pictures[rng.integers(len(self.pictures), size=n)]
        if not self.noise:
            return chosen
        noisy = chosen + 255 * self.noise * rng.standard_normal(chosen.shape, dtype="float32")
        return np.clip(np.round(noisy), 0, 255).astype(np.uint8)


@dataclass(frozen=True)
class Noise:
    """Every pixel drawn evenly from 0 to 255; `shape` is (height, width, channels)."""

    shape: tuple[int, ...]

    def sample(self, n: int, *, seed: int, given: Sequence[int | str] | None = None) -> np.ndarray:
        """n pictures of noise; `given` is ignored."""
        return np.random.default_rng(seed).integers(256, size=(n, *self.shape), dtype=np.uint8)


@dataclass(frozen=True)
class TrainingMean:
    """The mean of the training pictures, uint8 (n, height, width, channels), again and again."""

    pictures: np.ndarray

    def sample(self, n: int, *, seed: int, given: Sequence[int | str] | None = None) -> np.ndarray:
        """n times the same picture; `seed` and `given` are ignored."""
        mean = np.round(self.pictures.mean(axis=0, dtype=np.float64)).astype(np.uint8)
        return np.repeat(mean[None], n, axis=0)
