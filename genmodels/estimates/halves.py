"""How far measures of neighbours would move with another sample of both sets: what independent halves of both say.

Such measures don't bootstrap: a copy of an example in a resample is its own nearest neighbour and shrinks every ball.
Halves have no copies. Both sets are dealt into two halves, by whole clusters where examples belong together, and the
two values come from independent samples of half the size; half their mean squared difference is the variance at half
the size, and half of that the variance at the whole size, because what depends on neighbours alone varies as 1 / n
(subsampling: Politis and Romano 1994; why 1 / n: Penrose and Yukich 2001). Of sets above `MOST` examples, a part of
that many is dealt, and the variance brought to the whole size by the same rule.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.estimates.clusters import BOTH, Clusters
from genmodels.estimates.estimate import NORMAL, Estimate
from genmodels.estimates.neighbours import squared_distances

K = 5  # neighbours
DEALS, MOST, SEED = 64, 1024, 20261  # deals into halves; examples of a set that are dealt; of the deals
TAIL = 0.025
LISTED = 64  # neighbours of each example that are looked through for those of its own half


@dataclass(frozen=True)
class Halves:
    """Values of one measure on both halves of every deal, (deals, 2), and by how much the whole is larger than what was dealt."""

    values: np.ndarray
    larger: float
    freedom: int  # degrees of freedom of the variance: the clusters of the smaller set less one, and no more than deals

    @property
    def variance(self) -> float:
        """Of the measure at the whole size, the greater the fewer clusters it was learned from (Student 1908)."""
        from scipy.stats import t

        student = float(t.ppf(1 - TAIL, self.freedom)) / NORMAL
        return student**2 * float(((self.values[:, 0] - self.values[:, 1]) ** 2).mean()) / 4 / self.larger

    def share(self, value: float, n: int) -> Estimate:
        """A share of n examples with the interval of as many independent ones as would vary as much (Jeffreys' prior)."""
        from scipy.stats import beta

        spread, variance = float((self.values * (1 - self.values)).mean()), self.variance
        number = spread / variance if variance > 0 and spread > 0 else n * 1.0
        held, rest = value * number, (1 - value) * number
        low = float(beta.ppf(TAIL, held + 0.5, rest + 0.5)) if value > 0 else 0.0
        high = float(beta.ppf(1 - TAIL, held + 0.5, rest + 0.5)) if value < 1 else 1.0
        return Estimate(value, min(low, value), max(high, value), n, BOTH)

    def positive(self, value: float, n: int, most: float, wider: float = 1.0) -> Estimate:
        """A number above 0 with an interval in proportion to it; where no half has any, `most` is the upper end.

        `wider` is what the spread of halves falls short of by, found in worlds that are known.
        """
        mean = float(self.values.mean())
        if mean <= 0 or value <= 0:
            return Estimate(value, 0.0, max(most, value), n, BOTH)
        reach = float(np.exp(wider * NORMAL * np.sqrt(self.variance) / mean))
        return Estimate(value, value / reach, value * reach, n, BOTH)


@dataclass(frozen=True)
class Dealt:
    """The halves of the five measures of neighbours, and which real examples were recalled in each half."""

    of: dict[str, Halves]
    rows: np.ndarray  # (dealt,) which real examples were dealt
    half: np.ndarray  # (deals, dealt) in which half each is, 0 or 1
    recalled: np.ndarray  # (deals, 2, dealt) whether each lies in a ball of a generated example of that half
    both: bool  # whether either half of the real examples may be held against either of the generated ones

    def recall_of(self, among: np.ndarray) -> Halves:
        """Recall of those real examples alone that are `among` (n,)."""
        chosen = among[self.rows]
        half, recalled = self.half[:, chosen], self.recalled[:, :, chosen]
        return Halves(
            _paired(lambda a, c: _mean(recalled[:, c], half == a), self.both),
            self.of["recall"].larger,
            self.of["recall"].freedom,
        )


_kept: dict[Any, Dealt] = {}  # of the last pair of sets, which several measures share


def dealt(real: np.ndarray, fake: np.ndarray, k: int, clusters: Clusters) -> Dealt:
    """All measures on all halves of two sets of features (n, dimensions) and (m, dimensions); kept for the next measure."""
    sha = hashlib.sha256()
    for array in (real, fake, clusters.real, clusters.fake):
        sha.update(np.ascontiguousarray(array).tobytes())
    key = sha.hexdigest(), real.shape, fake.shape, k
    if key not in _kept:
        _kept.clear()
        _kept[key] = _deal(real, fake, k, clusters)
    return _kept[key]


def _deal(real: np.ndarray, fake: np.ndarray, k: int, clusters: Clusters) -> Dealt:
    rng = np.random.default_rng(SEED)
    rows, columns = clusters.part(MOST, SEED)
    larger = float(np.sqrt(len(real) / len(rows) * len(fake) / len(columns)))
    real, fake, clusters = real[rows], fake[columns], Clusters(clusters.real[rows], clusters.fake[columns])
    between = _squared(real, fake)
    around_real, around_fake, to_real = (
        _Lists(_squared(real), True),
        _Lists(_squared(fake), True),
        _Lists(between.T, False),
    )
    found: list[tuple[np.ndarray, ...]] = []
    for _ in range(DEALS):
        a, c = _sides(clusters, rng)
        balls, others = around_real.kth(a, a, k), around_fake.kth(c, c, k)
        inside, held = _counts(
            between < balls[:, None], a, c
        )  # of real balls by half (2, m); of fakes in them by half (2, n)
        recalled = _counts(between < others, a, c)[1] > 0
        among = np.sqrt(around_real.kth(a, a, 1))
        reached = np.sqrt(np.stack([to_real.kth(np.full(len(fake), half), a, 1) for half in (0, 1)]))
        found.append((a, c, inside, held, recalled, among, reached))
    a, c, inside, held, recalled, among, reached = (np.stack(each) for each in zip(*found, strict=True))
    both, least = not clusters.shared, 1e-3 * float(among.mean()) + 1e-30
    of = {
        "precision": _paired(lambda i, j: _mean(inside[:, i] > 0, c == j), both),
        "recall": _paired(lambda i, j: _mean(recalled[:, j], a == i), both),
        "density": _paired(lambda i, j: _mean(inside[:, i], c == j) / k, both),
        "coverage": _paired(lambda i, j: _mean(held[:, j] > 0, a == i), both),
        "nearest": _paired(lambda i, j: _mean(reached[:, i], c == j) / np.maximum(_mean(among, a == i), least), both),
    }
    return Dealt(
        {name: Halves(values, larger, min(DEALS, clusters.least - 1)) for name, values in of.items()},
        rows,
        a,
        recalled,
        both,
    )


class _Lists:
    """The nearest references of each query, nearest first, so that those of one half can be picked out."""

    def __init__(self, squared: np.ndarray, own: bool) -> None:
        if own:
            np.fill_diagonal(squared, np.inf)  # no example is a neighbour of itself
        count = min(LISTED, squared.shape[1] - own)
        index = np.argpartition(squared, count - 1, axis=1)[:, :count]
        order = np.argsort(np.take_along_axis(squared, index, 1), axis=1, kind="stable")
        self.index = np.take_along_axis(index, order, 1)
        self.squared = np.take_along_axis(squared, self.index, 1)

    def kth(self, sides: np.ndarray, halves: np.ndarray, k: int) -> np.ndarray:
        """Squared distance from each query to its k-th nearest reference whose half is its own side (or the last listed one)."""
        counted = np.cumsum(halves[self.index] == sides[:, None], axis=1, dtype=np.int16)
        place = np.minimum((counted < k).sum(axis=1), self.index.shape[1] - 1)
        return self.squared[np.arange(len(place)), place]


def _squared(x: np.ndarray, y: np.ndarray | None = None) -> np.ndarray:
    return np.concatenate([block.copy() for _, block in squared_distances(x, x if y is None else y)])


def _sides(clusters: Clusters, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """0 or 1 for each real and each generated example: clusters in both sets go to one side with both."""
    if clusters.shared:
        numbers = np.unique(np.concatenate([clusters.real, clusters.fake]), return_inverse=True)[1]
        side = _halved(numbers, rng)
        return side[: len(clusters.real)], side[len(clusters.real) :]
    first, second = (_halved(np.unique(each, return_inverse=True)[1], rng) for each in (clusters.real, clusters.fake))
    return first, second


def _halved(numbers: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """0 or 1 for each example: half of the clusters, drawn at random, to each side."""
    side = np.zeros(numbers.max() + 1, np.int8)
    side[rng.permutation(len(side))[: len(side) // 2]] = 1
    return side[numbers]


def _counts(within: np.ndarray, a: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of a table (n, m) the sums over rows of each half, (2, m), and over columns of each half, (2, n)."""
    ones = within.astype(np.float32)
    rows, columns = (np.stack([side == 0, side == 1]).astype(np.float32) for side in (a, c))
    return rows @ ones, (ones @ columns.T).T


def _paired(value: Callable[[int, int], np.ndarray], both: bool) -> np.ndarray:
    """(deals, 2) or (2 x deals, 2): each half of the real examples with a half of the generated ones, in the ways that use all."""
    return np.concatenate([np.stack([value(0, c), value(1, 1 - c)], axis=1) for c in ((0, 1) if both else (0,))])


def _mean(values: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """The mean over the last axis of those that are `chosen`."""
    return (values * chosen).sum(axis=-1) / np.maximum(chosen.sum(axis=-1), 1)
