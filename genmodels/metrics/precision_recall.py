"""Precision, recall, density, coverage: fidelity and diversity apart.

Papers: Kynkaanniemi et al. 2019, arXiv 1904.06991 (precision, recall); Naeem et al. 2020, arXiv 2002.09797 (density,
coverage). Around each example lies a ball that reaches to its k-th nearest neighbour of the same set, k = 5:

    precision   share of generated examples in at least one ball of a real one
    recall      share of real examples in at least one ball of a generated one
    density     in how many balls of real examples a generated one lies on average, divided by k
    coverage    share of balls of real examples that hold a generated one

All depend on n: compare at one n only; two samples of one distribution do not give 1. Intervals are over the examples that
are counted, with the balls as they are: exact (Clopper and Pearson) for shares, bootstrap for density.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genmodels.findings import Estimate, bootstrap, clopper_pearson
from genmodels.metrics import as_features, metric
from genmodels.neighbours import radii, squared_distances
from genmodels.refusal import Refusal

K = 5
FIDELITY = "Kynkaanniemi et al. 2019, arXiv 1904.06991"
RELIABLE = "Naeem et al. 2020, arXiv 2002.09797"


@dataclass(frozen=True)
class PrecisionRecall:
    """All four, from one pass over the distances."""

    precision: Estimate
    recall: Estimate
    density: Estimate
    coverage: Estimate


def precision_recall(real: np.ndarray, fake: np.ndarray, k: int = K, seed: int = 0) -> PrecisionRecall:
    """Precision, recall, density and coverage of float features (n, dimensions) or uint8 pictures; n above k each."""
    real, fake = _checked(real, fake, k)
    inside, recalled, covered = _memberships(real, fake, radii(real, k), radii(fake, k))
    return PrecisionRecall(_share(inside > 0), _share(recalled), _density(inside, k, seed), _share(covered))


@metric("precision", better="higher", unit="share", high=1.0, paper=FIDELITY)
def precision(real: np.ndarray, fake: np.ndarray, k: int = K) -> Estimate:
    """Share of generated examples that lie among the real ones (k = 5)."""
    real, fake = _checked(real, fake, k)
    return _share(_memberships(real, fake, radii(real, k), None)[0] > 0)


@metric("recall", better="higher", unit="share", high=1.0, paper=FIDELITY)
def recall(real: np.ndarray, fake: np.ndarray, k: int = K) -> Estimate:
    """Share of real examples that lie among the generated ones (k = 5)."""
    real, fake = _checked(real, fake, k)
    return _share(_memberships(fake, real, radii(fake, k), None)[0] > 0)


@metric("density", better="higher", unit="balls", paper=RELIABLE)
def density(real: np.ndarray, fake: np.ndarray, k: int = K, seed: int = 0) -> Estimate:
    """How densely real examples lie around each generated one (k = 5; about 1 for a perfect model)."""
    real, fake = _checked(real, fake, k)
    return _density(_memberships(real, fake, radii(real, k), None)[0], k, seed)


@metric("coverage", better="higher", unit="share", high=1.0, paper=RELIABLE)
def coverage(real: np.ndarray, fake: np.ndarray, k: int = K) -> Estimate:
    """Share of real examples with a generated one nearby (k = 5)."""
    real, fake = _checked(real, fake, k)
    return _share(_memberships(real, fake, radii(real, k), None)[2])


def recall_by(real: np.ndarray, fake: np.ndarray, groups: np.ndarray, k: int = K) -> dict[str, Estimate]:
    """Recall within each group (or class) of the real examples, `groups` (n,) texts, "" where one has none."""
    real, fake = _checked(real, fake, k)
    recalled = _memberships(fake, real, radii(fake, k), None)[0] > 0
    return {str(name): _share(recalled[groups == name]) for name in np.unique(groups) if name != ""}


def _memberships(real: np.ndarray, fake: np.ndarray, real_radii: np.ndarray,
                 fake_radii: np.ndarray | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
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
