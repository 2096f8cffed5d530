"""Pictures as numbers that are fitted on nothing: layout and edges."""

from __future__ import annotations

import numpy as np

from genmodels.refusal import Refusal

PROTOCOL = "pixels-16+gradients v1"  # the name of `features`: a change of one digit in it is a new version
GRID, CELLS = 16, 8


def features(images: np.ndarray) -> np.ndarray:
    """Pictures uint8 (n, height, width, channels) as float32 (n, channels * 384), fitted on nothing.

    256 numbers a channel are the picture averaged over a 16x16 grid, in [-1, 1]; 128 are twice the root mean square
    difference of neighbouring pixels, across and down, in each of 8x8 cells, so that blur counts as well as layout.
    Numbers at different picture sizes are not comparable, since a difference of neighbours depends on the size.
    """
    check_pictures(images)
    if min(images.shape[1:3]) < 2:
        raise Refusal(f"Pictures are {images.shape[1]}x{images.shape[2]}; at least 2x2 pixels are needed.")
    chunks = [_features(images[start : start + 256]) for start in range(0, len(images), 256)]
    return np.concatenate(chunks)


def _features(images: np.ndarray) -> np.ndarray:
    x = np.asarray(images, np.float32) / 255
    layout = 2 * averaged(x, GRID) - 1
    across = np.sqrt(averaged(np.diff(x, axis=2) ** 2, CELLS))
    down = np.sqrt(averaged(np.diff(x, axis=1) ** 2, CELLS))
    return np.concatenate([part.reshape(len(x), -1) for part in (layout, 2 * across, 2 * down)], axis=1)


def averaged(x: np.ndarray, cells: int) -> np.ndarray:
    """Averages over cells x cells equal rectangles, pixels shared by their overlap: (n, cells, cells, channels)."""
    rows, columns = _overlap(x.shape[1], cells), _overlap(x.shape[2], cells)
    x = np.tensordot(x, rows, axes=(1, 1))  # (n, width, channels, cells)
    x = np.tensordot(x, columns, axes=(1, 1))  # (n, channels, cells, cells)
    return np.maximum(x.transpose(0, 2, 3, 1), 0)


def _overlap(size: int, cells: int) -> np.ndarray:
    """(cells, size): the share of each pixel in each cell; rows add up to 1."""
    edges = np.arange(cells + 1) * size / cells
    pixels = np.arange(size)
    shared = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    return (np.maximum(shared, 0) * cells / size).astype(np.float32)


def check_pictures(images: np.ndarray) -> None:
    """Raise `Refusal` unless `images` are uint8 (n, height, width, channels) with n of at least 1."""
    shape, kind = getattr(images, "shape", ()), getattr(images, "dtype", type(images).__name__)
    if len(shape) != 4 or kind != np.uint8 or not all(shape):
        raise Refusal(f"Pictures have the shape {shape} and type {kind}; uint8 (n, height, width, channels) is needed.")
