"""Precision, recall, density, coverage: fidelity and diversity apart.

Papers: Kynkaanniemi et al. 2019, arXiv 1904.06991 (precision, recall); Naeem et al. 2020, arXiv 2002.09797 (density,
coverage). Around each example lies a ball that reaches to its k-th nearest neighbour of the same set, k = 5:

    precision   share of generated examples in at least one ball of a real one
    recall      share of real examples in at least one ball of a generated one
    density     in how many balls of real examples a generated one lies on average, divided by k
    coverage    share of balls of real examples that hold a generated one

All depend on n: compare at one n only; two samples of one distribution do not give 1. Intervals are for another sample of
both sets (`halves`). `of_these` keeps both sets and counts examples: exact (Clopper and Pearson) for shares, bootstrap for
density; that says how sure the number is for these pictures, and is too narrow for any others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from genmodels.estimates.clusters import BOTH, Clusters
from genmodels.estimates.estimate import Estimate, bootstrap, clopper_pearson
from genmodels.estimates.halves import K, dealt
from genmodels.estimates.neighbours import radii, squared_distances
from genmodels.metrics.metric import as_features, metric
from genmodels.refusal import Refusal

WIDER = 1.1  # of the interval of density: a half of a tight cluster fills its balls less unevenly than the whole
FIDELITY = "Kynkaanniemi et al. 2019, arXiv 1904.06991"
RELIABLE = "Naeem et al. 2020, arXiv 2002.09797"


@dataclass(frozen=True)
class PrecisionRecall:
    """All four, from one pass over the distances."""

    precision: Estimate
    recall: Estimate
    density: Estimate
    coverage: Estimate


def precision_recall(
    real: np.ndarray, fake: np.ndarray, k: int = K, clusters: Clusters | None = None
) -> PrecisionRecall:
    """Precision, recall, density and coverage of float features (n, dimensions) or uint8 pictures; n above k each.

    `clusters` say which examples belong together (variants of one drawing); intervals are for another sample of both.
    """
    real, fake = _checked(real, fake, k)
    inside, recalled, covered = _memberships(real, fake, radii(real, k), radii(fake, k))
    about = _Intervals(real, fake, k, clusters)
    return PrecisionRecall(
        about.share("precision", inside > 0),
        about.share("recall", recalled),
        about.density(inside),
        about.share("coverage", covered),
    )


def of_these(real: np.ndarray, fake: np.ndarray, k: int = K, seed: int = 0) -> PrecisionRecall:
    """The same numbers with intervals for these pictures: the balls as they are, the counted examples drawn again."""
    real, fake = _checked(real, fake, k)
    inside, recalled, covered = _memberships(real, fake, radii(real, k), radii(fake, k))
    four = _share(inside > 0), _share(recalled), _density(inside, k, seed), _share(covered)
    return PrecisionRecall(*(replace(each, of="these pictures") for each in four))


@metric("precision", better="higher", unit="share", high=1.0, paper=FIDELITY)
def precision(real: np.ndarray, fake: np.ndarray, k: int = K, clusters: Clusters | None = None) -> Estimate:
    """Share of generated examples that lie among the real ones (k = 5)."""
    real, fake = _checked(real, fake, k)
    return _Intervals(real, fake, k, clusters).share("precision", _memberships(real, fake, radii(real, k), None)[0] > 0)


@metric("recall", better="higher", unit="share", high=1.0, paper=FIDELITY)
def recall(real: np.ndarray, fake: np.ndarray, k: int = K, clusters: Clusters | None = None) -> Estimate:
    """Share of real examples that lie among the generated ones (k = 5)."""
    real, fake = _checked(real, fake, k)
    return _Intervals(real, fake, k, clusters).share("recall", _memberships(fake, real, radii(fake, k), None)[0] > 0)


@metric("density", better="higher", unit="balls", paper=RELIABLE)
def density(real: np.ndarray, fake: np.ndarray, k: int = K, clusters: Clusters | None = None) -> Estimate:
    """How densely real examples lie around each generated one (k = 5; about 1 for a perfect model)."""
    real, fake = _checked(real, fake, k)
    return _Intervals(real, fake, k, clusters).density(_memberships(real, fake, radii(real, k), None)[0])


@metric("coverage", better="higher", unit="share", high=1.0, paper=RELIABLE)
def coverage(real: np.ndarray, fake: np.ndarray, k: int = K, clusters: Clusters | None = None) -> Estimate:
    """Share of real examples with a generated one nearby (k = 5)."""
    real, fake = _checked(real, fake, k)
    return _Intervals(real, fake, k, clusters).share("coverage", _memberships(real, fake, radii(real, k), None)[2])


def coverage_value(real: np.ndarray, fake: np.ndarray, k: int = K) -> float:
    """The coverage alone, for curves that show no interval; most of the work is the interval."""
    real, fake = _checked(real, fake, k)
    return float(_memberships(real, fake, radii(real, k), None)[2].mean())


def recall_by(
    real: np.ndarray, fake: np.ndarray, groups: np.ndarray, k: int = K, clusters: Clusters | None = None
) -> dict[str, Estimate]:
    """Recall within each group (or class) of the real examples, `groups` (n,) texts, "" where one has none.

    The interval says how much another sample of both would move it: other generated ones, and other real ones of the group.
    """
    real, fake = _checked(real, fake, k)
    recalled = _memberships(fake, real, radii(fake, k), None)[0] > 0
    about = _Intervals(real, fake, k, clusters)
    return {str(name): about.recall_of(recalled, groups == name) for name in np.unique(groups) if name != ""}


class _Intervals:
    """Intervals for another sample of both sets; where there are too few examples for two halves, wide ones."""

    def __init__(self, real: np.ndarray, fake: np.ndarray, k: int, clusters: Clusters | None) -> None:
        clusters = clusters or Clusters.of(len(real), len(fake))
        enough = min(len(real), len(fake)) >= 4 * k and clusters.least >= 4
        self.few = min(len(real), len(fake), clusters.least)
        self.k, self.dealt = k, dealt(real, fake, k, clusters) if enough else None

    def share(self, name: str, flags: np.ndarray) -> Estimate:
        return self.dealt.of[name].share(float(flags.mean()), len(flags)) if self.dealt else _of_few(flags, self.few)

    def density(self, inside: np.ndarray) -> Estimate:
        most = clopper_pearson(0, len(inside)).high / self.k
        if self.dealt:
            return self.dealt.of["density"].positive(float(inside.mean()) / self.k, len(inside), most, WIDER)
        alone = _density(inside, self.k, 0)
        return Estimate(
            alone.value,
            max(0.0, alone.value - 2 * (alone.value - alone.low)),
            alone.value + 2 * (alone.high - alone.value),
            alone.n,
            BOTH,
        )

    def recall_of(self, recalled: np.ndarray, among: np.ndarray) -> Estimate:
        if self.dealt is None or among[self.dealt.rows].sum() < 4:
            return _of_few(recalled[among], self.few)
        return self.dealt.recall_of(among).share(float(recalled[among].mean()), int(among.sum()))


def _of_few(flags: np.ndarray, few: int) -> Estimate:
    """The share with the exact interval of half as many as there are in the smaller set, since both sets vary."""
    few, share = max(1, min(few, len(flags)) // 2), float(flags.mean())
    low, high = clopper_pearson(math.floor(share * few), few).low, clopper_pearson(math.ceil(share * few), few).high
    return Estimate(share, low, high, len(flags), BOTH)


def _memberships(
    real: np.ndarray, fake: np.ndarray, real_radii: np.ndarray, fake_radii: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """In how many real balls each fake lies (m,); which reals lie in a fake ball (n,); which real balls hold a fake (n,)."""
    inside = np.empty(len(fake), np.int64)
    recalled, covered = np.zeros(len(real), bool), np.zeros(len(real), bool)
    for part, squared in squared_distances(fake, real):
        within = squared < real_radii
        inside[part] = np.count_nonzero(within, axis=1)
        covered |= within.any(axis=0)
        if fake_radii is not None:
            recalled |= (squared < fake_radii[part, None]).any(axis=0)
    return inside, recalled, covered


def _share(flags: np.ndarray) -> Estimate:
    return clopper_pearson(int(flags.sum()), len(flags))


def _density(inside: np.ndarray, k: int, seed: int) -> Estimate:
    if inside.any():
        return bootstrap(inside / k, seed=seed)
    return Estimate(
        0.0, 0.0, clopper_pearson(0, len(inside)).high / k, len(inside)
    )  # resampling zeros would give no width


def _checked(real: np.ndarray, fake: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    if k < 1:
        raise Refusal(f"k is {k}; the number of neighbours must be at least 1.")
    return as_features(real, fake, least=k + 1)
