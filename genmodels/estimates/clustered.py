"""Means and ratios of values of which some belong together: intervals over clusters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.estimates.ratios import jackknifed_reach
from genmodels.refusal import Refusal


def clustered(values: np.ndarray, clusters: np.ndarray | Sequence[object]) -> Estimate:
    """The mean of `values` (n,) from 0 to 1 with a 95 % interval that knows that values of one cluster are alike.

    The exact interval of as many independent values as would vary as much (Korn and Graubard 1998): near 0 and 1 a
    bootstrap would be too narrow. n counts clusters. Raises `Refusal` for fewer than 2 of them.
    """
    from scipy.stats import beta

    k, mean = len(_by_cluster(values, clusters)[0]), float(np.mean(values))
    if k < 2:
        raise Refusal(f"An interval over combinations needs at least 2 of them and there are {k}; take more.")
    effective = effective_number(values, clusters)
    found, missed = mean * effective, (1 - mean) * effective
    low = float(beta.ppf(0.025, found, missed + 1)) if found > 0 else 0.0
    high = float(beta.ppf(0.975, found + 1, missed)) if missed > 0 else 1.0
    return Estimate(mean, min(low, mean), max(high, mean), k)


def effective_number(values: np.ndarray, clusters: np.ndarray | Sequence[object]) -> float:
    """As many independent values from 0 to 1 as vary as much as these (n,); where all are alike, one a cluster."""
    sums, counts = _by_cluster(values, clusters)
    k, n, mean = len(sums), len(values), float(np.mean(values))
    variance = k / max(k - 1, 1) * float(((sums - mean * counts) ** 2).sum()) / n**2
    return min(n, mean * (1 - mean) / variance) if variance > 0 else k


def share_over(flags: np.ndarray, clusters: np.ndarray | Sequence[object]) -> tuple[Estimate, int]:
    """The share of `flags` (n,) with its exact interval, and as how many independent ones they vary.

    Where every cluster has one value that is the interval of Clopper and Pearson, else that of `clustered`. n counts flags.
    """
    flags, clusters = np.asarray(flags, float), np.asarray(clusters)
    if len(np.unique(clusters)) == len(flags):
        return clopper_pearson(int(flags.sum()), len(flags)), len(flags)
    found = clustered(flags, clusters)
    return Estimate(found.value, found.low, found.high, len(flags)), max(1, round(effective_number(flags, clusters)))


def clustered_ratio(
    over: np.ndarray,
    over_clusters: np.ndarray | Sequence[object],
    under: np.ndarray,
    under_clusters: np.ndarray | Sequence[object],
) -> Estimate:
    """The mean of `over` as a share of the mean of `under`, with an interval for other clusters, which are the same on both sides.

    The jackknife over clusters of the logarithm, brought to the scale of square roots, with Student's quantile; a percentile bootstrap is too narrow
    for few clusters. Where one side is 0, or all alike, the ends are those of the shares by themselves. n counts clusters.
    """
    names = sorted({*map(str, over_clusters)} & {*map(str, under_clusters)})
    (a, na), (b, nb) = (_by_cluster(*each, names) for each in ((over, over_clusters), (under, under_clusters)))
    if len(names) < 2:
        raise Refusal(f"An interval over combinations needs at least 2 of them and there are {len(names)}; take more.")
    value = float((a.sum() / na.sum()) / max(b.sum() / nb.sum(), 1e-9))
    with np.errstate(divide="ignore", invalid="ignore"):
        without = np.log((a.sum() - a) / (na.sum() - na)) - np.log((b.sum() - b) / (nb.sum() - nb))
    reach = jackknifed_reach(without, freedom=len(names) - 1) if np.isfinite(without).all() else 0.0
    if reach:
        return Estimate(value, value * max(0.0, 1 - reach / 2) ** 2, value * (1 + reach / 2) ** 2, len(names))
    among = [np.isin(np.asarray(clusters).astype(str), names) for clusters in (over_clusters, under_clusters)]
    first, second = (
        clustered(np.asarray(v)[chosen], np.asarray(c)[chosen])
        for v, c, chosen in zip((over, under), (over_clusters, under_clusters), among, strict=True)
    )
    low, high = first.low / max(second.high, 1e-9), first.high / max(second.low, 1e-9)
    return Estimate(value, min(low, value), max(high, value), len(names))


def _by_cluster(
    values: np.ndarray, clusters: np.ndarray | Sequence[object], names: Sequence[str] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Sum and number of the values of each cluster, or of each of `names` (sorted)."""
    values, clusters = np.asarray(values, float), np.asarray(clusters)
    if names is not None or not np.issubdtype(clusters.dtype, np.integer):
        clusters = clusters.astype(str)
    if names is not None:
        among = np.isin(clusters, names)
        values, clusters = values[among], clusters[among]
    found, inverse = np.unique(clusters, return_inverse=True)
    return np.bincount(inverse, values, len(found)), np.bincount(inverse, minlength=len(found)).astype(float)
