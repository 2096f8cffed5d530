"""What no model knows of an example: how much ink, how many edges, how many bytes. The baseline of membership.

Where such a number tells training from held-out examples, both sides are unlike, and a loss that tells them apart as well
says nothing about memory. Each gives one number an example, (n,).
"""

from __future__ import annotations

import zlib

import numpy as np

from genmodels.checks.laid_pictures import small
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.image.files import png_bytes
from genmodels.kinds.text.examples import Texts

COMPONENTS = 20  # principal components of both sides together; what they leave of a picture is its rest


def blind(examples: Examples | Texts, index: np.ndarray) -> dict[str, np.ndarray]:
    """Numbers (n,) by name of the examples at `index`; of texts the windows at `index`."""
    if isinstance(examples, Texts):
        return _of_texts(examples.batch(examples.context * np.asarray(index))[0])
    return _of_pictures(examples.images[index])


def _of_pictures(images: np.ndarray) -> dict[str, np.ndarray]:
    scaled = images.astype(np.float32) / 255
    edges = sum(np.abs(np.diff(scaled, axis=axis)).mean(axis=(1, 2, 3)) for axis in (1, 2))
    return {
        "ink": 1 - scaled.mean(axis=(1, 2, 3)),
        "edges": np.asarray(edges),
        "bytes as PNG": np.array([len(png_bytes(each)) for each in images], float),
    }


def _of_texts(windows: np.ndarray) -> dict[str, np.ndarray]:
    packed = [np.ascontiguousarray(window, "<i2").tobytes() for window in windows]
    return {
        "different tokens": np.array([len(np.unique(window)) for window in windows], float),
        "bytes packed": np.array([len(zlib.compress(each, 6)) for each in packed], float),
        "mean token": windows.mean(axis=1),
    }


def rests(ours: np.ndarray, theirs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What 20 principal components of both sides together leave of pictures, uint8 (n, ...) and (m, ...): (n,) and (m,)."""
    flat = np.concatenate([small(images).reshape(len(images), -1) for images in (ours, theirs)])
    flat = flat - flat.mean(axis=0)
    values, vectors = np.linalg.eigh(flat.T @ flat if flat.shape[1] <= len(flat) else flat @ flat.T)
    if flat.shape[1] > len(flat):
        vectors = flat.T @ vectors[:, -COMPONENTS:] / np.sqrt(np.maximum(values[-COMPONENTS:], 1e-9))
    best = vectors[:, -COMPONENTS:]
    rest = np.sqrt(np.maximum((flat**2).sum(axis=1) - ((flat @ best) ** 2).sum(axis=1), 0))
    return rest[: len(ours)], rest[len(ours) :]
