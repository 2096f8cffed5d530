"""Kernel distance: how far two sets of examples are apart, 0 on average where they come from one distribution.

Paper: Binkowski et al. 2018, arXiv 1801.01401: the unbiased squared maximum mean discrepancy under the kernel

    k(x, y) = (x.y / dimensions + 1)^3

Being unbiased, it does not depend on n on average, and comes out slightly below 0 for half of all perfect models.
Where this differs: the paper repeats it on subsets; here all pairs are used, in blocks, and the interval is the
normal one of the delete-one jackknife over every example of every set, which errs on the wide side (Efron and
Stein 1981).
"""

from __future__ import annotations

import numpy as np

from genmodels.findings import Estimate
from genmodels.metrics import as_features, metric

ROWS = 256
NORMAL = 1.959964  # 97.5 % quantile


@metric("kid", better="lower", unit="squared discrepancy", low=-np.inf, paper="Binkowski et al. 2018, arXiv 1801.01401")
def kernel_distance(real: np.ndarray, fake: np.ndarray) -> Estimate:
    """Kernel distance (unbiased squared MMD, cubic polynomial kernel) of all pairs.

    Both are uint8 pictures or float features of one shape, at least 3 of each. n is the number of generated examples.
    """
    real, fake = as_features(real, fake, least=3)
    within_real, within_fake, across = Within(real), Within(fake), Across(real, fake)
    value = within_real.mean + within_fake.mean - 2 * across.mean
    variance = jackknife(within_real.without_one() - 2 * across.without_row())
    variance += jackknife(within_fake.without_one() - 2 * across.without_column())
    return _normal(value, variance, len(fake))


def kernel_distance_difference(real: np.ndarray, fake: np.ndarray, floor: np.ndarray) -> Estimate:
    """How much nearer `fake` is to `real` than `floor` is: KID(floor) - KID(fake), against the same real examples.

    An interval above 0 says that fake beats the floor. What the two distances share cancels, so it is narrower than
    the two intervals apart would suggest.
    """
    floor = as_features(real, floor, least=3)[1]
    real, fake = as_features(real, fake, least=3)
    better, worse = Across(real, fake), Across(real, floor)
    within_better, within_worse = Within(fake), Within(floor)
    value = within_worse.mean - 2 * worse.mean - within_better.mean + 2 * better.mean
    variance = jackknife(2 * better.without_row() - 2 * worse.without_row())
    variance += jackknife(within_worse.without_one() - 2 * worse.without_column())
    variance += jackknife(within_better.without_one() - 2 * better.without_column())
    return _normal(value, variance, len(fake))


class Within:
    """The kernel's mean over pairs of different examples of one set, and each time without one of them."""

    def __init__(self, x: np.ndarray) -> None:
        each = (np.einsum("ij,ij->i", x, x, dtype=np.float64) / x.shape[1] + 1) ** 3
        self.n, self.rows = len(x), _sums(x, x)[0] - each
        self.mean = float(self.rows.sum() / (self.n * (self.n - 1)))

    def without_one(self) -> np.ndarray:
        return (self.rows.sum() - 2 * self.rows) / ((self.n - 1) * (self.n - 2))


class Across:
    """The kernel's mean over pairs from two sets, and each time without one example."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        self.n, self.m = len(x), len(y)
        self.rows, self.columns = _sums(x, y)
        self.mean = float(self.rows.sum() / (self.n * self.m))

    def without_row(self) -> np.ndarray:
        return (self.rows.sum() - self.rows) / ((self.n - 1) * self.m)

    def without_column(self) -> np.ndarray:
        return (self.rows.sum() - self.columns) / (self.n * (self.m - 1))


def jackknife(without: np.ndarray) -> float:
    """Variance of a statistic from its values without each example (n,)."""
    n = len(without)
    return float((n - 1) / n * ((without - without.mean()) ** 2).sum())


def _sums(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sums of the kernel over y for each x, and over x for each y."""
    rows, columns = np.empty(len(x)), np.zeros(len(y))
    for start in range(0, len(x), ROWS):
        kernel = (x[start : start + ROWS] @ y.T).astype(np.float64)
        kernel /= x.shape[1]
        kernel += 1
        kernel *= kernel * kernel
        rows[start : start + ROWS] = kernel.sum(axis=1)
        columns += kernel.sum(axis=0)
    return rows, columns


def _normal(value: float, variance: float, n: int) -> Estimate:
    reach = NORMAL * float(np.sqrt(variance))
    return Estimate(value, value - reach, value + reach, n)
