"""Measures of sets of molecules as MOSES defines them (Polykovskiy et al. 2020, arXiv 1811.12823), with intervals.

The intervals are for other generated molecules beside the same reference: MOSES's references are given, and large.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from genmodels.estimates.estimate import Estimate, bootstrap, normal_interval
from genmodels.kinds.molecule.likeness import mean_likeness, most_alike

REPETITIONS = 100  # resamples of generated molecules


def internal_diversity(prints: np.ndarray) -> tuple[Estimate, Estimate]:
    """IntDiv and IntDiv2: one less the mean likeness of all pairs, each with itself too, and by the root of squares.

    The pairs share molecules, so that the spread is twice that of each molecule's mean.
    """
    means, squares = mean_likeness(prints)
    return _of_pairs(means), _of_pairs(np.sqrt(squares))


def _of_pairs(alike: np.ndarray) -> Estimate:
    value = 1 - float(alike.mean())
    return normal_interval(value, 4 * float(alike.var()) / len(alike), len(alike))


def nearest_likeness(prints: np.ndarray, others: np.ndarray) -> Estimate:
    """SNN: the mean likeness of each molecule to the most like of the others."""
    return bootstrap(most_alike(prints, others))


def likeness_of_counts(found: Sequence[Sequence[str]], known: Mapping[str, int]) -> Estimate | None:
    """Frag and Scaf: the cosine between how often parts (fragments, or a scaffold) occur in generated molecules and in others.

    `found` are the parts of each molecule. None where either side has no part.
    """
    from scipy.sparse import csr_matrix

    if not known or not any(found):
        return None
    names = {name: number for number, name in enumerate(dict.fromkeys([*known, *(n for f in found for n in f)]))}
    places = [names[name] for each in found for name in each]
    ends = np.concatenate([[0], np.cumsum([len(each) for each in found])])
    table = csr_matrix((np.ones(len(places)), places, ends), shape=(len(found), len(names)))
    table.sum_duplicates()
    theirs = np.zeros(len(names))
    theirs[: len(known)] = list(known.values())
    theirs /= np.linalg.norm(theirs)

    def cosine(weights: np.ndarray) -> float:
        counts = weights @ table
        return float(counts @ theirs / max(float(np.linalg.norm(counts)), 1e-12))

    return _resampled(len(found), cosine, most=1.0)


def counted(found: Sequence[Sequence[str]]) -> dict[str, int]:
    """How often each part occurs."""
    return dict(Counter(name for each in found for name in each))


def distance(values: np.ndarray, others: np.ndarray) -> Estimate:
    """Wasserstein's distance between a property of generated molecules and of others, in its unit."""
    values, others = np.sort(np.asarray(values, "float64")), np.sort(np.asarray(others, "float64"))
    every = np.concatenate([values, others])
    order = np.argsort(every, kind="stable")
    steps = np.diff(every[order])
    theirs = (np.cumsum(order >= len(values)) / len(others))[:-1]

    def apart(weights: np.ndarray) -> float:
        added = np.concatenate([weights, np.zeros(len(others))])[order]
        return float(np.abs(np.cumsum(added)[:-1] / weights.sum() - theirs) @ steps)

    return _resampled(len(values), apart, most=float("inf"))


def _resampled(n: int, statistic: Callable[[np.ndarray], float], most: float) -> Estimate:
    """A statistic of weights (n,) of molecules, with the interval of a normal distribution by the spread of resamples.

    A distance and a cosine move one way by resampling alone, so that percentiles would leave the value out.
    """
    rng = np.random.default_rng(0)
    value = statistic(np.ones(n))
    again = [statistic(np.bincount(rng.integers(n, size=n), minlength=n).astype(float)) for _ in range(REPETITIONS)]
    wide = normal_interval(value, float(np.var(again)), n)
    return Estimate(value, max(0.0, wide.low), min(most, wide.high), n)
