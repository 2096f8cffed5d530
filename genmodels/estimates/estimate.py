"""An estimate: a number with its interval, and four ways to find one."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from genmodels.estimates.rounding import between
from genmodels.refusal import Refusal

CONFIDENCE = 0.95
NORMAL = 1.959964  # 97.5 % quantile of the normal distribution


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

    def said(self, *, percent: bool = False, n: bool = True) -> str:
        """For people: "39 % (32 % to 46 %, n = 60)", with the digits that the interval allows."""
        return between(self.value, self.low, self.high, self.n if n else 0, percent=percent)

    def __str__(self) -> str:
        return f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}], n = {self.n}"


def bootstrap(
    values: np.ndarray, statistic: Callable[[np.ndarray], float] = np.mean, seed: int = 0, repetitions: int = 1000
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


def normal_interval(value: float, variance: float, n: int, of: str = "another sample") -> Estimate:
    """A value with the 95 % interval of a normal distribution of that variance, the same on both sides."""
    reach = NORMAL * float(np.sqrt(variance))
    return Estimate(value, value - reach, value + reach, n, of)


def adjusted_share(count: float, n: float) -> tuple[float, float]:
    """A share and its variance after one case of either outcome was added, so that neither 0 nor 1 has none (Agresti and Caffo 2000)."""
    share = (count + 1) / (n + 2)
    return share, share * (1 - share) / (n + 2)


def difference_of_shares(k: int, n: int, others: int, m: int) -> Estimate:
    """k / n less others / m, from -1 to 1, with the 95 % interval of Agresti and Caffo 2000."""
    (p, first), (q, second) = adjusted_share(k, n), adjusted_share(others, m)
    value, reach = k / n - others / m, NORMAL * float(np.sqrt(first + second))
    return Estimate(value, max(-1.0, min(value, p - q - reach)), min(1.0, max(value, p - q + reach)), n)
