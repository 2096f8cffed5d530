"""Kernel distance: how far two sets of examples are apart, 0 on average where they come from one distribution.

Paper: Binkowski et al. 2018, arXiv 1801.01401: the unbiased squared maximum mean discrepancy under the kernel

    k(x, y) = (x.y / dimensions + 1)^3

Being unbiased, it does not depend on n on average, and comes out slightly below 0 for half of all perfect models.
Where this differs: the paper repeats it on subsets; here all pairs are used, in blocks, and the interval, for another
sample of both sets, is the normal one of the jackknife over every example of every set, or every cluster of them. The
jackknife counts twice what lies in pairs of examples (Efron and Stein 1981), which is nearly all where two sets are
alike; that part is computed and counted once (`clusters`).
"""

from __future__ import annotations

import numpy as np

from genmodels.estimates.clusters import BOTH, Clusters, inverted, pairs_variance, slopes_variance
from genmodels.estimates.estimate import Estimate, normal_interval
from genmodels.metrics.metric import as_features, metric

ROWS, PAIRED = 256, 512  # examples in one block; of a set whose pairs are looked at


@metric("kid", better="lower", unit="squared discrepancy", low=-np.inf, paper="Binkowski et al. 2018, arXiv 1801.01401")
def kernel_distance(real: np.ndarray, fake: np.ndarray, clusters: Clusters | None = None) -> Estimate:
    """Kernel distance (unbiased squared MMD, cubic polynomial kernel) of all pairs.

    Both are uint8 pictures or float features of one shape, at least 3 of each. n is the number of generated examples.
    """
    real, fake = as_features(real, fake, least=3)
    clusters = clusters or Clusters.of(len(real), len(fake))
    within_real, within_fake, across = Within(real), Within(fake), Across(real, fake)
    value = within_real.mean + within_fake.mean - 2 * across.mean
    of_real, of_fake = (
        within_real.without_one() - 2 * across.without_row(),
        within_fake.without_one() - 2 * across.without_column(),
    )
    slopes = slopes_variance(jackknifed(of_real), jackknifed(of_fake), clusters)
    rows, columns = clusters.part(PAIRED)
    smaller = len(rows) * len(columns) / (len(real) * len(fake))  # the variance of pairs falls with the square of n
    part = Clusters.of(len(rows), len(columns), clusters.real[rows], clusters.fake[columns])
    pairs = pairs_variance(kernel, real[rows], fake[columns], part)[0] * smaller
    return inverted(value, slopes, pairs, None if clusters.shared else value, len(fake))


def kernel_distance_value(real: np.ndarray, fake: np.ndarray) -> float:
    """The kernel distance alone, for curves that show no interval; most of the work is the interval."""
    real, fake = as_features(real, fake, least=3)
    return Within(real).mean + Within(fake).mean - 2 * Across(real, fake).mean


def kernel(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The kernel of each of x (n, dimensions) with each of y (m, dimensions)."""
    return (x @ y.T / x.shape[1] + 1) ** 3


def kernel_distance_difference(
    real: np.ndarray, fake: np.ndarray, floor: np.ndarray, clusters: Clusters | None = None, paired: bool = False
) -> Estimate:
    """How much nearer `fake` is to `real` than `floor` is: KID(floor) - KID(fake), against the same real examples.

    An interval above 0 says that fake beats the floor. What the two distances share cancels, so it is narrower than
    the two intervals apart would suggest. `paired` says that row i of both answers the same prompt and seed.
    """
    floor = as_features(real, floor, least=3)[1]
    real, fake = as_features(real, fake, least=3)
    better, worse = Across(real, fake), Across(real, floor)
    within_better, within_worse = Within(fake), Within(floor)
    value = within_worse.mean - 2 * worse.mean - within_better.mean + 2 * better.mean
    clusters = clusters or Clusters.of(len(real), len(fake))
    of_real, of_fake = (
        2 * better.without_row() - 2 * worse.without_row(),
        2 * better.without_column() - within_better.without_one(),
    )
    of_floor = within_worse.without_one() - 2 * worse.without_column()
    variance = slopes_variance(jackknifed(of_real), jackknifed(of_fake + of_floor if paired else of_fake), clusters)
    variance += 0.0 if paired else float((jackknifed(of_floor) ** 2).sum())
    return normal_interval(value, variance, len(fake), BOTH)


class Within:
    """The kernel's mean over pairs of different examples of one set, and each time without one of them."""

    def __init__(self, x: np.ndarray) -> None:
        each = (np.einsum("ij,ij->i", x, x, dtype=np.float64) / x.shape[1] + 1) ** 3
        self.n, self.rows = len(x), _sums(x, x)[0] - each
        self.mean = float(self.rows.sum() / (self.n * (self.n - 1)))

    def without_one(self) -> np.ndarray:
        """The mean (n,) each time without one example."""
        return (self.rows.sum() - 2 * self.rows) / ((self.n - 1) * (self.n - 2))


class Across:
    """The kernel's mean over pairs from two sets, and each time without one example."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        self.n, self.m = len(x), len(y)
        self.rows, self.columns = _sums(x, y)
        self.mean = float(self.rows.sum() / (self.n * self.m))

    def without_row(self) -> np.ndarray:
        """The mean (n,) each time without one example of the first set."""
        return (self.rows.sum() - self.rows) / ((self.n - 1) * self.m)

    def without_column(self) -> np.ndarray:
        """The mean (m,) each time without one example of the second set."""
        return (self.rows.sum() - self.columns) / (self.n * (self.m - 1))


def jackknifed(without: np.ndarray) -> np.ndarray:
    """From the values of a statistic without each example (n,), what to square and add up to its variance."""
    return np.sqrt((len(without) - 1) / len(without)) * (without - without.mean())


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
