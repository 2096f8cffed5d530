"""Metrics: one file each, functions of two arrays, real and fake, that return an `Estimate`.

Both arrays are pictures, uint8 (n, height, width, channels), or features of any kind, floats (n, dimensions). Pictures
are turned into features by `features`, one fixed function; a number is only comparable with one of the same protocol.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.estimates.clusters import Clusters
from genmodels.findings import Estimate
from genmodels.refusal import Refusal
from genmodels.registry import Registry

METRICS = Registry("metric")
PROTOCOL = "pixels-16+gradients v1"  # the name of `features`: a change of one digit in it is a new version
GRID, CELLS = 16, 8


@dataclass(frozen=True)
class Metric:
    """A metric with what must be known to read its number; calling it measures."""

    name: str
    function: Callable[..., Estimate]
    better: str  # "lower" or "higher"
    unit: str
    low: float
    high: float
    paper: str

    def __call__(self, real: np.ndarray, fake: np.ndarray, clusters: Clusters | None = None) -> Estimate:
        """The metric of fake against real; raises `Refusal` where the arrays don't allow it.

        The interval is for another sample of both sets; `clusters` say which examples belong together.
        """
        return self.function(real, fake) if clusters is None else self.function(real, fake, clusters=clusters)

    def about(self) -> dict[str, Any]:
        """Summary, direction, unit, range (None: unbounded), paper."""
        bounds = [bound if np.isfinite(bound) else None for bound in (self.low, self.high)]
        summary = (self.function.__doc__ or "").strip().splitlines()[0]
        return {"summary": summary, "better": self.better, "unit": self.unit, "range": bounds, "paper": self.paper}


def metric(name: str, *, better: str, paper: str, unit: str = "", low: float = 0.0,
           high: float = np.inf) -> Callable[[Callable[..., Estimate]], Callable[..., Estimate]]:  # fmt: skip
    """Decorator: enter a function (real, fake) -> Estimate in `METRICS`; the function itself stays as it was."""
    if better not in ("lower", "higher"):
        raise ValueError(f"better is {better!r}; it must be 'lower' or 'higher'.")

    def enter(function: Callable[..., Estimate]) -> Callable[..., Estimate]:
        METRICS.add(name)(Metric(name, function, better, unit, low, high, paper))
        return function

    return enter


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


def check_pictures(images: Any) -> None:
    """Raise `Refusal` unless `images` are uint8 (n, height, width, channels) with n of at least 1."""
    shape, kind = getattr(images, "shape", ()), getattr(images, "dtype", type(images).__name__)
    if len(shape) != 4 or kind != np.uint8 or not all(shape):
        raise Refusal(f"Pictures have the shape {shape} and type {kind}; uint8 (n, height, width, channels) is needed.")


def as_features(real: np.ndarray, fake: np.ndarray, least: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Both arrays as floats (n, dimensions); raises `Refusal` for unlike, too few or non-finite ones."""
    real, fake = np.asarray(real), np.asarray(fake)
    if real.dtype == np.uint8 or fake.dtype == np.uint8:
        for pictures in (real, fake):
            check_pictures(pictures)
    if real.shape[1:] != fake.shape[1:] or real.ndim not in (2, 4):
        raise Refusal(
            f"Real examples have the shape {real.shape[1:]} and generated ones {fake.shape[1:]}; they must be alike."
        )
    if min(len(real), len(fake)) < least:
        raise Refusal(
            f"There are {len(real)} real and {len(fake)} generated examples; at least {least} of each are needed."
        )
    if real.dtype == np.uint8:
        return features(real), features(fake)
    if real.ndim != 2 or real.dtype.kind != "f" or fake.dtype.kind != "f":
        raise Refusal(f"Features have the shape {real.shape} and type {real.dtype}; floats (n, dimensions) are needed.")
    precision = np.float32 if real.dtype == fake.dtype == np.float32 else np.float64
    real, fake = real.astype(precision, copy=False), fake.astype(precision, copy=False)
    if not (np.isfinite(real).all() and np.isfinite(fake).all()):
        raise Refusal("Features are not all finite numbers; look for NaN in what made them.")
    return real, fake


from genmodels.metrics import frechet, kernel_distance, likelihood, nearest, precision_recall, texts  # noqa: E402, F401  (registration)
