"""Variances of a measure of two sets from how it changes with the weight of each example, examples of a cluster together.

A measure T of two weighted sets is, near the weights 1 / n, a constant plus a sum over examples plus a sum over pairs of
examples (Hoeffding 1948). The infinitesimal jackknife (Efron 1982) counts the sum over pairs twice, which matters where
two sets are alike and the sum over examples vanishes. So the variance of the pairs is taken off once.
Clusters are what is drawn independently; a cluster may hold examples of both sets, as a drawing and what was made from its caption.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from genmodels.estimates.estimate import NORMAL, Estimate
from genmodels.refusal import Refusal

BOTH = "another sample of both"  # what an interval is of
SEED = 20262


@dataclass(frozen=True)
class Clusters:
    """The cluster of each real (n,) and each generated (m,) example, numbered from 0 over both."""

    real: np.ndarray
    fake: np.ndarray

    @classmethod
    def of(cls, n: int, m: int, real: np.ndarray | None = None, fake: np.ndarray | None = None) -> Clusters:
        """Every example its own where nothing is said; equal names in `real` (n,) and `fake` (m,) are one cluster."""
        for each, length in ((real, n), (fake, m)):
            if each is not None and np.shape(each) != (length,):
                raise Refusal(
                    f"There are {length} examples and clusters of the shape {np.shape(each)}; one name an example is needed."
                )
        if real is not None and fake is not None:
            numbers = np.unique(np.concatenate([np.asarray(real), np.asarray(fake)]), return_inverse=True)[1]
            return cls(numbers[:n], numbers[n:])
        first, second = (
            np.arange(size) if each is None else np.unique(each, return_inverse=True)[1]
            for each, size in ((real, n), (fake, m))
        )
        return cls(first, second + first.max() + 1)

    @property
    def count(self) -> int:
        """How many clusters there are in both sets."""
        return int(max(self.real.max(), self.fake.max())) + 1

    @property
    def least(self) -> int:
        """How many clusters the set has that has fewer."""
        return min(len(np.unique(self.real)), len(np.unique(self.fake)))

    @property
    def shared(self) -> bool:
        """Whether a cluster holds examples of both sets."""
        return bool(np.isin(self.real, self.fake).any())

    def part(self, most: int, seed: int = SEED) -> tuple[np.ndarray, np.ndarray]:
        """Rows of about `most` real and generated examples at most, whole clusters drawn at random."""
        rng = np.random.default_rng(seed)
        if self.shared:
            order = rng.permutation(self.count)
            sizes = np.maximum(*(np.bincount(each, minlength=len(order))[order] for each in (self.real, self.fake)))
            chosen = order[: np.searchsorted(np.cumsum(sizes), most) + 1]
            return np.flatnonzero(np.isin(self.real, chosen)), np.flatnonzero(np.isin(self.fake, chosen))
        return _part(self.real, most, rng), _part(self.fake, most, rng)


def _part(numbers: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    if len(numbers) <= most:
        return np.arange(len(numbers))
    names, numbers = np.unique(numbers, return_inverse=True)
    order = rng.permutation(len(names))
    chosen = order[: np.searchsorted(np.cumsum(np.bincount(numbers)[order]), most) + 1]
    return np.flatnonzero(np.isin(numbers, chosen))


def slopes_variance(real: np.ndarray, fake: np.ndarray, clusters: Clusters) -> float:
    """The jackknife's variance from the change that each real (n,) and each generated (m,) example makes, both about 0."""
    sums = np.bincount(clusters.real, real, clusters.count) + np.bincount(clusters.fake, fake, clusters.count)
    least = clusters.least
    joined = min(len(real), len(fake))
    return float((sums**2).sum()) * (least / (least - 1)) / (joined / (joined - 1))


def pairs_variance(
    kernels: Callable[[np.ndarray, np.ndarray], np.ndarray], real: np.ndarray, fake: np.ndarray, clusters: Clusters
) -> tuple[float, float]:
    """Variance and mean, were both sets alike, of sum_ij w_i w_j kernel(i, j), with w = 1 / n for real and -1 / m for generated examples.

    `kernels` gives (n, m) of two sets (n, dimensions), (m, dimensions).
    """
    sets = ((real, clusters.real, 1 / len(real)), (fake, clusters.fake, -1 / len(fake)))
    total = np.zeros((clusters.count, clusters.count))
    for x, rows, weight in sets:
        for y, columns, other in sets:
            kernel = kernels(x, y).astype(np.float64)
            kernel = (
                _centred(kernel)
                if x is y
                else kernel - kernel.mean(axis=0) - kernel.mean(axis=1, keepdims=True) + kernel.mean()
            )
            total[: rows.max() + 1, : columns.max() + 1] += weight * other * _added(_added(kernel, rows).T, columns).T
    own = np.diag(total)
    return 2 * float((total**2).sum() - (own**2).sum()), float(own.sum())


def _centred(kernel: np.ndarray) -> np.ndarray:
    """A kernel of one set (n, n) less its means over the others: what an example is to itself is no mean of anything."""
    own = np.diag(kernel).copy()
    means = (kernel.sum(axis=0) - own) / (len(own) - 1)
    kernel = kernel - means - means[:, None] + means.mean()
    np.fill_diagonal(kernel, own - 2 * means + means.mean())
    return kernel


def _added(values: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Sums of the rows of each number, (numbers, columns)."""
    order = np.argsort(numbers, kind="stable")
    found, first = np.unique(numbers[order], return_index=True)
    sums = np.zeros((numbers.max() + 1, values.shape[1]))
    sums[found] = np.add.reduceat(values[order], first, axis=0)
    return sums


def inverted(
    value: float, slopes: float, pairs: float, excess: float | None, n: int, least: float = -np.inf
) -> Estimate:
    """The estimate with the interval of all expected values that a test at 5 % does not refuse (as Wilson 1927 did for shares).

    Where both sets are alike only the `pairs` vary. Beyond that the variance grows in proportion to the expected
    `excess` over what two equal sets would give; the `slopes` hold the pairs twice.
    None as `excess` says that both sets are of the same drawings, so that nothing is known of two equal ones: plainly normal.
    """
    if slopes <= 0:
        return Estimate(value, value, value, n, BOTH)
    if excess is None or pairs <= 1e-9 * slopes:
        reach = NORMAL * float(np.sqrt(max(slopes - pairs, pairs)))
        return Estimate(value, max(least, value - reach), value + reach, n, BOTH)
    growth = max(slopes - 2 * pairs, 0.0) / max(excess, float(np.sqrt(pairs)))
    shift = NORMAL**2 * growth / 2
    reach = float(np.sqrt(shift**2 + NORMAL**2 * (pairs + growth * max(excess, 0.0))))
    return Estimate(value, max(least, min(value, value + shift - reach)), max(value, value + shift + reach), n, BOTH)
