"""Ratios of sums over documents, or other clusters, with intervals that know that what lies in one cluster is alike."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from genmodels.estimates.estimate import Estimate
from genmodels.refusal import Refusal


def ratio(
    over: np.ndarray, under: np.ndarray, clusters: np.ndarray | None = None, told: Callable[[float], float] = float
) -> Estimate:
    """`told` (rising) of sum(over) / sum(under), both (n,), with an interval for other clusters (n,); each its own where none are given.

    The jackknife over clusters (Tukey 1958) with Student's quantile. n counts clusters. Raises `Refusal` for fewer than 2.
    """
    clusters = np.arange(len(over)) if clusters is None else np.unique(clusters, return_inverse=True)[1]
    a, b = (np.bincount(clusters, np.asarray(each, float)) for each in (over, under))
    if len(a) < 2:
        raise Refusal(f"An interval needs at least 2 documents and there is {len(a)}; take more.")
    value, reach = float(a.sum() / b.sum()), jackknifed_reach((a.sum() - a) / (b.sum() - b))
    return Estimate(told(value), told(value - reach), told(value + reach), len(a))


def jackknifed_reach(without: np.ndarray, freedom: float | None = None) -> float:
    """Half of the 95 % interval of a statistic from its values without each cluster (k,).

    Student's degrees of `freedom`, where they aren't given, are about half of k where all clusters move it alike, and fewer where a few do nearly all
    (as Satterthwaite 1946): 1.5 times the number of equal squares that would vary as much, less one; found by simulation.
    """
    from scipy.stats import t

    k, squares = len(without), (without - without.mean()) ** 2
    if not squares.sum() > 0:
        return 0.0
    if freedom is None:
        freedom = 1.5 * float(squares.sum() ** 2 / (squares**2).sum()) - 1
    return float(t.ppf(0.975, max(1.0, freedom)) * np.sqrt((k - 1) / k * squares.sum()))
