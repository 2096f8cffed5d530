"""Small pictures as where and in which direction their colours change: the same for a picture in other colours or light.

Small copies are uint8 (n, 64, 64, 3) of pictures of any size. Three maps of each, (n, 64, 64, 3): how strong a line is (0
to 1, a change as strong as the mean one of this picture is half a line), and its direction by the double angle (strength x
cosine, strength x sine), so that it does not matter which side is the darker one. They are kept as int8, 127 being 1.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

FULL = 127
FAINTEST = 0.01  # of 1: a mean change below which a picture is taken for blank, so that its noise makes no lines
BLOCK = 256  # pictures at once


def line_maps(small: np.ndarray) -> np.ndarray:
    """The maps, int8 (n, 64, 64, 3), of small copies (n, 64, 64, 3)."""
    found = np.empty(small.shape, np.int8)
    for part in blocks(len(small), BLOCK):
        found[part] = np.round(FULL * softened(_maps(softened(small[part].astype(np.float32) / 255))))
    return found


def _maps(x: np.ndarray) -> np.ndarray:
    across, down = np.zeros_like(x), np.zeros_like(x)
    across[:, :, 1:-1] = (x[:, :, 2:] - x[:, :, :-2]) / 2
    down[:, 1:-1] = (x[:, 2:] - x[:, :-2]) / 2
    xx, yy, xy = (np.einsum("nijc,nijc->nij", a, b) for a, b in ((across, across), (down, down), (across, down)))
    squared = xx + yy
    strength = np.sqrt(squared)
    mean = np.maximum(strength.mean(axis=(1, 2), keepdims=True), FAINTEST)
    line = strength / (strength + mean)
    by = line / np.maximum(squared, 1e-12)
    return np.stack([line, (xx - yy) * by, 2 * xy * by], axis=-1)


def softened(x: np.ndarray) -> np.ndarray:
    """Blurred by about a pixel, 1 2 1 across and down, the edges repeated: (n, side, side, channels)."""
    for axis in (1, 2):
        low = np.concatenate([x.take([0], axis), x.take(range(x.shape[axis] - 1), axis)], axis)
        high = np.concatenate([x.take(range(1, x.shape[axis]), axis), x.take([-1], axis)], axis)
        x = (low + 2 * x + high) / 4
    return x


def mirrored_maps(maps: np.ndarray) -> np.ndarray:
    """The maps of the mirrored pictures: lines that fall now rise."""
    return maps[:, :, ::-1] * np.array([1, 1, -1], np.int8)


def blocks(n: int, size: int) -> Iterator[slice]:
    """Slices of at most `size` that cover n rows in their order."""
    return (slice(start, min(start + size, n)) for start in range(0, n, size))
