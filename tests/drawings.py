"""Drawings that tests mark, check and damage."""

from __future__ import annotations

import numpy as np


def drawing(size: int = 128, seed: int = 0) -> np.ndarray:
    """Discs of flat colours on white."""
    rng, image = np.random.default_rng(seed), np.full((size, size, 3), 255, np.uint8)
    y, x = np.mgrid[:size, :size]
    for _ in range(6):
        cy, cx, r = rng.integers(size), rng.integers(size), rng.integers(size // 10, size // 3)
        image[(y - cy) ** 2 + (x - cx) ** 2 < r**2] = rng.integers(256, size=3)
    return image
