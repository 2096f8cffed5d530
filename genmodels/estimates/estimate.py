"""An estimate: a number with its interval, and two ways to find one."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.refusal import Refusal

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A number with its interval [low, high], 95 % where nothing else is said, and the number n of examples behind it.

    `of` says what the interval is of: where the expected value lies that another sample (of both sets, of other documents)
    varies around, or what only these examples leave open.
    """

    value: float
    low: float
    high: float
    n: int
    of: str = "another sample"

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            object.__setattr__(self, name, float(getattr(self, name)))
        object.__setattr__(self, "n", int(self.n))
        if not all(map(math.isfinite, (self.value, self.low, self.high))) or not self.low <= self.high or self.n < 1:
            raise Refusal(
                f"An estimate came out as {self.value} in [{self.low}, {self.high}] with n = {self.n}, which means nothing;"
                " check that the data are finite and not all alike."
            )

    def __str__(self) -> str:
        return f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}], n = {self.n}"


def bootstrap(
    values: Any, statistic: Callable[[np.ndarray], float] = np.mean, seed: int = 0, repetitions: int = 1000
) -> Estimate:
    """`statistic` of `values` (n, ...) with the percentile interval of `repetitions` resamples (Efron 1979)."""
    values = np.asarray(values)
    n = len(values)
    if n < 2:
        raise Refusal(f"An interval needs at least 2 values and there are {n}; take more.")
    rng = np.random.default_rng(seed)
    again = [float(statistic(values[rng.integers(n, size=n)])) for _ in range(repetitions)]
    low, high = np.quantile(again, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(float(statistic(values)), low, high, n)


def clopper_pearson(k: int, n: int, confidence: float = CONFIDENCE) -> Estimate:
    """The share k / n with its exact interval (Clopper and Pearson 1934), which is never too narrow."""
    from scipy.stats import beta

    if not 0 <= k <= n or n < 1:
        raise Refusal(f"{k} of {n} is not a share; n must be at least 1 and k between 0 and n.")
    tail = (1 - confidence) / 2
    low = float(beta.ppf(tail, k, n - k + 1)) if k else 0.0
    high = float(beta.ppf(1 - tail, k + 1, n - k)) if k < n else 1.0
    return Estimate(k / n, low, high, n)
