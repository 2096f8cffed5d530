"""Pictures made smaller and larger by fixed rules."""

from __future__ import annotations

import numpy as np

FACTOR, SMALL = 4, 32  # times that it enlarges, pixels a side that it was measured on


def small_of(large: np.ndarray) -> np.ndarray:
    """The mean of each 4 x 4 pixels, uint8."""
    n, height, width, channels = large.shape
    parts = large.reshape(n, height // FACTOR, FACTOR, width // FACTOR, FACTOR, channels)
    return np.round(parts.mean(axis=(2, 4), dtype="float32")).astype("uint8")


def interpolated(small: np.ndarray, way: str) -> np.ndarray:
    """Pillow's enlargement by four, `way` being bicubic or lanczos."""
    from PIL import Image

    size, how = (FACTOR * small.shape[2], FACTOR * small.shape[1]), Image.Resampling[way.upper()]
    pictures = (np.asarray(Image.fromarray(each.squeeze()).resize(size, how)) for each in small)
    return np.stack([each.reshape(*size[::-1], small.shape[3]) for each in pictures])


def in_colour(images: np.ndarray) -> np.ndarray:
    """Grey ones, white ink on black, as black on white in three channels."""
    return np.repeat(255 - images, 3, axis=-1) if images.shape[-1] == 1 else images
