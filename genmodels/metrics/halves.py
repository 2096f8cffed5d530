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
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.neighbours import nearest, squared_distances

DEALS, MOST, SEED = 64, 1024, 20261  # deals into halves; examples of a set that are dealt; of the deals
LISTED = 64  # neighbours of each example that are looked through for those of its own half


@dataclass(frozen=True)
class Halves:
    """Values of one measure on both halves of every deal, (deals, 2), and by how much the whole is larger than what was dealt."""

    values: np.ndarray
    larger: float

    @property
    def variance(self) -> float:
        """Of the measure at the whole size."""
        return float(((self.values[:, 0] - self.values[:, 1]) ** 2).mean()) / 4 / self.larger


@dataclass(frozen=True)
class Dealt:
    """The halves of the five measures of neighbours, and which real examples were recalled in each half."""

    of: dict[str, Halves]
    rows: np.ndarray  # (dealt,) which real examples were dealt
    half: np.ndarray  # (deals, dealt) in which half each is, 0 or 1
    recalled: np.ndarray  # (deals, 2, dealt) whether each lies in a ball of a generated example of that half

    def recall_of(self, among: np.ndarray) -> Halves:
        """Recall of those real examples alone that are `among` (n,)."""
        chosen = among[self.rows]
        half, recalled = self.half[:, chosen], self.recalled[:, :, chosen]
        return Halves(_paired(lambda a, c: _mean(recalled[:, c], half == a)), self.of["recall"].larger)


_kept: dict[Any, Dealt] = {}  # of the last pair of sets, which several measures share


def dealt(real: np.ndarray, fake: np.ndarray, k: int, clusters: np.ndarray | None = None) -> Dealt:
    """All measures on all halves of two sets of features (n, dimensions) and (m, dimensions); kept for the next measure."""
    sha = hashlib.sha256()
    for array in (real, fake, np.array([]) if clusters is None else clusters):
        sha.update(np.ascontiguousarray(array).tobytes())
    key = sha.hexdigest(), real.shape, fake.shape, k
    if key not in _kept:
        _kept.clear()
        _kept[key] = _deal(real, fake, k, clusters)
    return _kept[key]


def _deal(real: np.ndarray, fake: np.ndarray, k: int, clusters: np.ndarray | None) -> Dealt:
    rng = np.random.default_rng(SEED)
    numbers = np.arange(len(real)) if clusters is None else np.unique(clusters, return_inverse=True)[1]
    rows, columns = _part(numbers, rng), _part(np.arange(len(fake)), rng)
    larger = (len(real) / len(rows) * len(fake) / len(columns)) ** 0.5
    real, fake, numbers = real[rows], fake[columns], np.unique(numbers[rows], return_inverse=True)[1]
    around_real, around_fake, to_real = _Lists(real, real), _Lists(fake, fake), _Lists(fake, real)
    between = np.concatenate([block.copy() for _, block in squared_distances(real, fake)])  # (n, m)
    found: list[tuple[np.ndarray, ...]] = []
    for _ in range(DEALS):
        a, c = _halved(numbers, rng), _halved(np.arange(len(fake)), rng)
        balls, others = around_real.kth(a, a, k), around_fake.kth(c, c, k)
        inside = _counts(between < balls[:, None], a, c)  # of real balls by half (2, m); of fakes in them by half (2, n)
        recalled = _counts(between < others, a, c)[1] > 0
        among = np.sqrt(around_real.kth(a, a, 1))
        reached = np.sqrt(np.stack([to_real.kth(np.full(len(fake), half), a, 1) for half in (0, 1)]))
        found.append((a, c, *inside, recalled, among, reached))
    a, c, balls, held, recalled, among, reached = (np.stack(each) for each in zip(*found, strict=True))
    of = {
        "precision": _paired(lambda i, j: _mean(balls[:, i] > 0, c == j)),
        "recall": _paired(lambda i, j: _mean(recalled[:, j], a == i)),
        "density": _paired(lambda i, j: _mean(balls[:, i], c == j) / k),
        "coverage": _paired(lambda i, j: _mean(held[:, j] > 0, a == i)),
        "nearest": _paired(lambda i, j: _mean(reached[:, i], c == j) / np.maximum(_mean(among, a == i), 1e-30)),
    }
    return Dealt({name: Halves(values, larger) for name, values in of.items()}, rows, a, recalled)


class _Lists:
    """The nearest references of each query, nearest first, so that those of one half can be picked out."""

    def __init__(self, queries: np.ndarray, references: np.ndarray) -> None:
        own = queries is references
        self.index, distances = nearest(queries, references, min(LISTED + own, len(references)))
        self.squared = distances**2
        if own:  # no example is a neighbour of itself, and of copies any one may come first
            self.squared = np.where(self.index == np.arange(len(queries))[:, None], np.inf, self.squared)
            order = np.argsort(self.squared, axis=1, kind="stable")
            self.index, self.squared = (np.take_along_axis(each, order, 1)[:, :-1] for each in (self.index, self.squared))

    def kth(self, sides: np.ndarray, halves: np.ndarray, k: int) -> np.ndarray:
        """Squared distance from each query to its k-th nearest reference whose half is its own side (or the last listed one)."""
        counted = np.cumsum(halves[self.index] == sides[:, None], axis=1, dtype=np.int16)
        place = np.minimum((counted < k).sum(axis=1), self.index.shape[1] - 1)
        return self.squared[np.arange(len(place)), place]


def _part(numbers: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rows of at most `MOST` examples, or little more: whole clusters in an order drawn at random."""
    if len(numbers) <= MOST:
        return np.arange(len(numbers))
    order = rng.permutation(numbers.max() + 1)
    sizes = np.bincount(numbers)[order]
    chosen = order[: np.searchsorted(np.cumsum(sizes), MOST) + 1]
    return np.flatnonzero(np.isin(numbers, chosen))


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


def _paired(value: Any) -> np.ndarray:
    """(2 x deals, 2): each half of the real examples with a half of the generated ones, in both ways that use all."""
    return np.concatenate([np.stack([value(0, c), value(1, 1 - c)], axis=1) for c in (0, 1)])


def _mean(values: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """The mean over the last axis of those that are `chosen`."""
    return (values * chosen).sum(axis=-1) / np.maximum(chosen.sum(axis=-1), 1)
