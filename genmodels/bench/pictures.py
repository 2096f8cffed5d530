"""The U-Net of the benches of pictures, as numbers: its sizes, weights and noise, so that all sides draw the same.

Knows numpy alone, because the sides run in different environments. The network is that of `Diffusion` with its default
knobs on 32 x 32 x 3 pictures; layers are named as there, kernels laid out as Keras has them.
"""

from __future__ import annotations

import zlib

import numpy as np

SIDE, CHANNELS, FOLD = 32, 3, 2
WIDTHS, HEADS = (48, 96, 192), 4
LENGTH, TEXT = 24, 128  # pieces of a prompt, and the numbers that stand for each
PICTURES, STEPS, GUIDANCE, MOST_NOISE = 4, 10, 2.0, 1.55
BATCH, RATE, BETAS, DECAY, AVERAGE = 64, 1e-3, (0.9, 0.99), 0.01, 0.999


def weight(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """The kernel of a layer, float32: normal numbers of its own, scaled by the root of how many inputs it has."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    inputs = np.prod(shape[:-1]) if not name.startswith("up_") else shape[-1]
    return (rng.standard_normal(shape) / np.sqrt(inputs)).astype("float32")


def told() -> tuple[np.ndarray, np.ndarray]:
    """States (2 PICTURES, LENGTH, TEXT) of what is asked for and, in the second half, held against it, and their means."""
    states = np.random.default_rng(1).standard_normal((2 * PICTURES, LENGTH, TEXT), dtype="float32")
    return states, states.mean(axis=1)


def noise() -> np.ndarray:
    """(PICTURES, SIDE, SIDE, CHANNELS) of standard normal noise, each picture from its own seed."""
    return np.stack(
        [
            np.random.default_rng(seed).standard_normal((SIDE, SIDE, CHANNELS), dtype="float32")
            for seed in range(PICTURES)
        ]
    )


def angles() -> np.ndarray:
    """The STEPS + 1 angles from MOST_NOISE down to 0."""
    return np.linspace(MOST_NOISE, 0.0, STEPS + 1)


def speeds() -> np.ndarray:
    """The 16 frequencies by which the angle is told to the network."""
    return np.exp(np.linspace(0, np.log(200), 16)).astype("float32")


def eight_bit(clean: np.ndarray) -> list[list[int]]:
    """Pictures in [-1, 1] as whole numbers from 0 to 255, one row a picture."""
    return np.round((np.clip(clean, -1, 1) + 1) * 127.5).astype(int).reshape(len(clean), -1).tolist()
