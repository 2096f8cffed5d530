"""The U-Net of the benches of clips, as numbers: its sizes and noise, so that all sides film the same.

As `pictures`, whose weights by name it takes: numpy alone. The network is that of `VideoDiffusion` as the gallery trains it, on
16 frames of 32 x 32.
"""

from __future__ import annotations

import numpy as np

from genmodels.bench import pictures

FRAMES, SIDE, CHANNELS, FOLD = 16, 32, 3, 4
WIDTHS, HEADS = (64, 128, 256), 4
BATCH = 16
LEAST_NOISE = 0.2  # as in `VideoDiffusion`
WAVES = 6  # speeds in which the number of a frame is told


def told() -> tuple[np.ndarray, np.ndarray]:
    """States (2, LENGTH, TEXT) of what is asked for and of what is held against it, and their means (2, TEXT)."""
    states = np.random.default_rng(2).standard_normal((2, pictures.LENGTH, pictures.TEXT), dtype="float32")
    return states, states.mean(axis=1)


def noise() -> np.ndarray:
    """(1, FRAMES, SIDE, SIDE, CHANNELS) of what filming begins from with the seed 0."""
    drawn = np.random.default_rng(0).standard_normal((1, FRAMES, SIDE, SIDE, CHANNELS), dtype="float32")
    return (np.sin(pictures.MOST_NOISE) * drawn).astype("float32")


def numbers() -> np.ndarray:
    """The number of each frame as sines and cosines, (FRAMES, 2 WAVES)."""
    angles = np.linspace(0, np.pi, FRAMES, dtype="float32")[:, None] * 2.0 ** np.arange(WAVES)
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype("float32")


def rotations(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Cosines and sines (FRAMES, size / 2) by which queries and keys of that size are turned."""
    half = size // 2
    turned = np.arange(FRAMES, dtype="float32")[:, None] * 10_000.0 ** -(np.arange(half, dtype="float32") / half)
    return np.cos(turned).astype("float32"), np.sin(turned).astype("float32")
