"""The rule that says which of brought outputs are copies, and how often chance makes a picture as near as that.

What chance does is counted twice, and both counts are put together. Pictures that nobody copied are as near as honest
outputs are to training pictures. And outputs are as near to pictures that nobody copied as honest ones are to training
pictures, as many of either given: a copy is near to what the model learned from and to nothing else (as Meehan, Chaudhuri
and Dasgupta 2020 compare both distances). One half of the families that nobody copied finds the distance that counts for
one half of the outputs, and the other half says how often chance undercuts it, and the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from genmodels.checks.copying import TAIL
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.estimates.ranks import at_least, excess
from genmodels.kinds.image.copied_ways import RECOLOURED, WAYS

KINDS = ("copies", "recoloured")
MEASURE = {"copies": "colours", "recoloured": "lines"}
DISTANCES = tuple(np.round(np.geomspace(0.02, 0.9, 24), 4).tolist())  # among which the one is found that counts
NEARLY = 0.97  # of how often copies are found at best
SURE, SKEWED = 2.6, 2.5  # standard deviations, and pictures, beyond chance from which a verdict accuses


@dataclass(frozen=True)
class Nearest:
    """How far off n pictures are by each kind of copy (n,), the family of the picture each is nearest to, and whether it is a training picture."""

    far: Mapping[str, np.ndarray]
    hits: np.ndarray
    training: np.ndarray

    def take(self, rows: np.ndarray) -> Nearest:
        """Some of them."""
        return Nearest({kind: each[rows] for kind, each in self.far.items()}, self.hits[rows], self.training[rows])

    def beside(self, other: Nearest) -> Nearest:
        """These, and others behind them."""
        far = {kind: np.concatenate([each, other.far[kind]]) for kind, each in self.far.items()}
        return Nearest(far, np.concatenate([self.hits, other.hits]), np.concatenate([self.training, other.training]))


@dataclass(frozen=True)
class Scores:
    """The f pictures that each of n pictures comes nearest to, the nearest first: how far off by each kind of copy, and their families, (n, f) each.

    Families of training pictures are 0 to `drawings` - 1; those of pictures that nobody copied come behind them.
    """

    far: Mapping[str, np.ndarray]
    hits: np.ndarray
    drawings: int

    def take(self, rows: np.ndarray) -> Scores:
        """Some of them."""
        return Scores({kind: each[rows] for kind, each in self.far.items()}, self.hits[rows], self.drawings)

    def nearest(self, known: np.ndarray, own: np.ndarray | None = None) -> Nearest:
        """The nearest of training pictures and of the families `known` of those that nobody copied, but for the `own` (n,) one.

        Where none of them was near enough to be looked at, it is infinitely far.
        """
        training = self.hits < self.drawings
        allowed = training | np.isin(self.hits - self.drawings, known)
        if own is not None:
            allowed &= self.hits != self.drawings + own[:, None]
        row, column = np.arange(len(allowed)), allowed.argmax(axis=1)
        none = ~allowed.any(axis=1)
        far = {kind: np.where(none, np.inf, each[row, column]) for kind, each in self.far.items()}
        return Nearest(far, self.hits[row, column], training[row, column] | none)


@dataclass(frozen=True)
class Held:
    """Outputs (n,) and pictures that nobody copied (m,) with their families: distances as shares of the one that counts.

    `training` and `others_training` say whether they are nearest to a training picture; there are `odds` of these to each
    other picture that is searched, 0 where none is.
    """

    ours: np.ndarray
    hits: np.ndarray
    training: np.ndarray
    others: np.ndarray
    others_training: np.ndarray
    names: np.ndarray
    odds: float

    def counts(self) -> tuple[int, int, int, float]:
        """k near of n outputs, and how many of m families are so by chance.

        Pictures near to variants of one drawing, and variants of one drawing that are near, may be one accident: they count once.
        """
        near, m = self.ours < 1, float(len(np.unique(self.names)))
        by_chance = len(np.unique(self.names[(self.others < 1) & self.others_training]))
        if self.odds:
            by_chance += len(np.unique(self.hits[near & ~self.training]))
            m += len(self.ours) / self.odds
        return len(np.unique(self.hits[near & self.training])), len(self.ours), by_chance, m

    @property
    def near(self) -> int:
        """How many outputs are near to a training picture."""
        return int(((self.ours < 1) & self.training).sum())

    @property
    def share(self) -> Estimate:
        """The share of outputs that are copies beyond chance, with its 99 % interval."""
        k, n, by_chance, m = self.counts()
        low = excess(k, n, by_chance, m, TAIL).low
        near, chance = self.near / len(self.ours), by_chance / m
        high = clopper_pearson(self.near, len(self.ours), 1 - 2 * TAIL).high
        value = max(low, (near - chance) / max(1 - chance, 1e-9), 0.0)
        return Estimate(value, low, max(high, value), len(self.ours))

    def verdict(self, limit: float, effect: float) -> str:
        """The verdict that the share would get, without the share."""
        k, n, by_chance, m = self.counts()
        if k * m > by_chance * n and at_least(k, n, by_chance, m, limit) < TAIL:
            return "fail"
        high = clopper_pearson(self.near, len(self.ours), 1 - 2 * TAIL).high
        return "not measured" if high > limit + effect else "pass"


@dataclass(frozen=True)
class Rule:
    """How pictures that nobody copied (m,), of which those of one name are alike, say what a copy is.

    The half `first` (m,) finds one of the `distances` and the other half another. There are `odds` training pictures to each
    of those that are searched, 0 where they are not searched.
    """

    kind: str
    unseen: Nearest
    names: np.ndarray
    first: np.ndarray
    distances: tuple[float, float]
    odds: float

    @classmethod
    def of(
        cls,
        kind: str,
        unseen: Nearest,
        names: np.ndarray,
        plants: Mapping[str, Nearest],
        odds: float,
        n: int,
        effect: float,
        rng: np.random.Generator,
    ) -> Rule:
        """The rule for n outputs of which a share of `effect` may be copies as `plants` are."""
        each = np.unique(names)
        first = np.isin(names, rng.permutation(each)[: len(each) // 2])
        planted = [plants[way].far[kind][plants[way].training] for way in ways_of(kind)]
        more, share = (n / odds, odds / (1 + odds)) if odds else (0.0, 1.0)
        far = unseen.far[kind]
        one, other = (distance_of(far[half], names[half], planted, n, effect, share, more) for half in (first, ~first))
        return cls(kind, unseen, names, first, (one, other), odds)

    def held(self, ours: Nearest) -> Held:
        """Outputs (n,), judged by either distance in turn."""
        one, other = self.distances
        turns = np.where(np.random.default_rng(len(ours.hits)).permutation(len(ours.hits)) % 2 == 0, one, other)
        others = self.unseen.far[self.kind] / np.where(self.first, other, one)
        return Held(
            ours.far[self.kind] / turns,
            ours.hits,
            ours.training,
            others,
            self.unseen.training,
            self.names,
            self.odds,
        )


def ways_of(kind: str) -> list[str]:
    """The ways in which copies of that kind are made."""
    return [way for way in WAYS if (way in RECOLOURED) == (kind == "recoloured")]


def distance_of(
    unseen: np.ndarray,
    names: np.ndarray,
    planted: Sequence[np.ndarray],
    n: int,
    effect: float,
    share: float = 1.0,
    more: float = 0.0,
) -> float:
    """Below what distance a picture counts as a copy: the greatest at which a share `effect` of copies is found nearly as often as at any.

    How often is told from what these pictures that nobody copied (m,) do, of which those of one name are alike; as many again
    and `more` will be counted. A `share` of the pictures that they are near to are training pictures. `planted` are the
    distances of copies made in each way, over which the mean is taken.
    """
    nearest = np.full(len(names), np.inf)
    np.minimum.at(nearest, np.unique(names, return_inverse=True)[1], unseen)
    m = len(np.unique(names))
    by_chance = share * (np.searchsorted(np.sort(nearest), DISTANCES) + 0.5) / (m + 1)
    found = np.stack([np.searchsorted(np.sort(each), DISTANCES) / max(len(each), 1) for each in planted])
    out = _power(n * effect, found, n * by_chance, n / (2 * m + more)).mean(axis=0)
    return max(distance for distance, each in zip(DISTANCES, out, strict=True) if each >= NEARLY * max(out))


def _power(copies: float, caught: np.ndarray, by_chance: np.ndarray, times: float) -> np.ndarray:
    """About how often so many copies, of which a share (ways, distances) is near, are found beside those that are near `by_chance` (distances,).

    Chance is counted among the n-th part of n `times`. The normal distribution; `SKEWED` is what it lacks for small counts.
    """
    from scipy.special import ndtr

    needed = SURE * np.sqrt(by_chance * (1 + times)) + SKEWED
    near = copies * caught
    return np.asarray(ndtr((near - needed) / np.sqrt(by_chance + near * (1 - caught) + 0.5)))
