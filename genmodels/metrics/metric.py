"""What a metric is: a function of two arrays, real and fake, that returns an `Estimate`.

Both arrays are pictures, uint8 (n, height, width, channels), or features of any kind, floats (n, dimensions). Pictures
are turned into features by one fixed function; a number is only comparable with one of the same protocol.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.estimates.clusters import Clusters
from genmodels.estimates.estimate import Estimate
from genmodels.kinds.image.features import check_pictures, features
from genmodels.refusal import Refusal
from genmodels.registry import Registry

METRICS = Registry("metric")


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
    kinds: tuple[str, ...] = ("image",)  # of example that it is measured on

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


def metric(
    name: str,
    *,
    better: str,
    paper: str,
    unit: str = "",
    low: float = 0.0,
    high: float = np.inf,
    kinds: tuple[str, ...] = ("image",),
) -> Callable[[Callable[..., Estimate]], Callable[..., Estimate]]:
    """Decorator: enter a function (real, fake) -> Estimate in `METRICS`; the function itself stays as it was."""
    if better not in ("lower", "higher"):
        raise ValueError(f"better is {better!r}; it must be 'lower' or 'higher'.")

    def enter(function: Callable[..., Estimate]) -> Callable[..., Estimate]:
        METRICS.add(name)(Metric(name, function, better, unit, low, high, paper, kinds))
        return function

    return enter


def metrics_of(kind: str) -> dict[str, Metric]:
    """The metrics that are measured on such examples, by name."""
    return {name: each for name, each in METRICS.items() if kind in each.kinds}


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
