"""Two samples of numbers compared: by rank, and by how many lie below a limit."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from genmodels.estimates.estimate import NORMAL, Estimate, clopper_pearson


def probability_lower(
    samples: np.ndarray, others: np.ndarray, clusters: tuple[np.ndarray, np.ndarray] | None = None
) -> Estimate:
    """P(one of `samples` (n,) is below one of `others` (m,)), ties half, 0.5 where they are alike.

    The interval is that of DeLong et al. 1988; where `clusters` gives the family of each of both, that of Obuchowski 1997
    over families, with a quantile of Student's distribution for as many degrees of freedom as the families allow.
    """
    n, m = len(samples), len(others)
    above, below = placements(samples, others)
    value = float(above.mean())
    if clusters is None:
        variance, quantile = float(above.var(ddof=1) / n + below.var(ddof=1) / m), NORMAL
        least = 0.5 / min(n, m)  # never of no width where they don't overlap at all
    else:
        variance, freedom, families = over_families(above - value, below - value, *clusters)
        quantile, least = student(freedom), 0.5 / families
    reach = max(quantile * float(np.sqrt(variance)), NORMAL * least)
    return Estimate(value, max(0.0, value - reach), min(1.0, value + reach), n)


def placements(samples: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each of `samples` (n,) the share of `others` (m,) above it, and for each of those the share of samples below it; ties half."""
    n, m = len(samples), len(others)
    ordered = np.sort(others)
    above = m - (np.searchsorted(ordered, samples, "left") + np.searchsorted(ordered, samples, "right")) / 2
    ordered = np.sort(samples)
    below = (np.searchsorted(ordered, others, "left") + np.searchsorted(ordered, others, "right")) / 2
    return above / m, below / n


def over_families(
    ours: np.ndarray, theirs: np.ndarray, our_family: np.ndarray, their_family: np.ndarray
) -> tuple[float, float, float]:
    """Variance of mean(ours) + mean(theirs), each of mean 0, over families that may be on both sides; its degrees of freedom; families.

    Families of unlike sizes count as fewer: as many equal ones as would weigh as much. The degrees of freedom are those
    of Satterthwaite 1946; families are the fewer of both sides.
    """
    parts, freedoms, numbers, found = [], [], [], []
    for values, family in ((ours, our_family), (theirs, their_family)):
        names, inverse, sizes = np.unique(np.asarray(family), return_inverse=True, return_counts=True)
        total = np.bincount(inverse, values, len(names)) / len(values)
        effective = max(len(values) ** 2 / float((sizes.astype(float) ** 2).sum()), 1.0 + 1e-9)
        left = np.maximum(
            1 - sizes / len(values), 1e-3
        )  # as if each family were left out in turn, which is wide enough for few
        parts.append(float(((total / left) ** 2).sum()) * (len(names) - 1) / len(names) if effective > 1.01 else 1.0)
        freedoms.append(max(effective - 1, 0.5))
        numbers.append(effective)
        found.append((names, total))
    _, here, there = np.intersect1d(found[0][0], found[1][0], assume_unique=True, return_indices=True)
    shared = 2 * float(found[0][1][here] @ found[1][1][there])
    variance = sum(parts)
    freedom = (
        variance**2 / max(sum(part**2 / each for part, each in zip(parts, freedoms, strict=True)), 1e-300)
        if variance
        else min(freedoms)
    )
    return max(variance + shared, 0.0), freedom, min(numbers)


def student(freedom: float) -> float:
    """The 97.5 % quantile of Student's distribution, of a degree less: families are skewed, and Satterthwaite's are too many then."""
    from scipy.stats import t

    return float(t.ppf(0.975, max(freedom - 1, 1.0)))


def data_copying_score(samples: np.ndarray, others: np.ndarray) -> float:
    """C_T in one cell: the Mann-Whitney statistic as standard deviations from what chance would give; negative is copying."""
    n, m = len(samples), len(others)
    value = probability_lower(samples, others).value
    return (0.5 - value) * n * m / float(np.sqrt(n * m * (n + m + 1) / 12))


def at_least(k: int, n: int, by_chance: float, m: float, share: float = 0.0) -> float:
    """The probability that k or more of n samples are near where `share` of them are copies, which always are.

    The others are near with a probability p, of which `by_chance` of m independent pictures say: Beta(by_chance + 1/2, m -
    by_chance + 1/2), Jeffreys' prior.
    """
    from scipy.stats import betabinom, binom

    if not share:
        return float(betabinom.sf(k - 1, n, by_chance + 0.5, m - by_chance + 0.5))
    return float(binom.sf(k - 1, n, share + (1 - share) * _chances(by_chance, m)).mean())


@lru_cache(maxsize=64)
def _chances(by_chance: float, m: float) -> np.ndarray:
    """Quantiles of the probability with which a picture that is no copy is near."""
    from scipy.stats import beta

    return beta.ppf((np.arange(2000) + 0.5) / 2000, by_chance + 0.5, m - by_chance + 0.5)


def excess(k: int, n: int, by_chance: float, m: float, tail: float = 0.025) -> Estimate:
    """The share c of copies where k of n samples are near, and `by_chance` of m independent pictures that are no copies.

    The lower end is the c under which as many as k are improbable (`at_least`). The upper end is that of the share of near
    samples, k / n, since a model whose other samples are farther off may have fewer near ones than chance. `tail` is the
    error rate of either end.
    """
    from scipy.optimize import brentq

    low = 0.0
    if k and at_least(k, n, by_chance, m) < tail:
        low = (
            float(brentq(lambda c: at_least(k, n, by_chance, m, c) - tail, 1e-9, 1))
            if at_least(k, n, by_chance, m, 1e-9) < tail
            else 1e-9
        )
    high = clopper_pearson(k, n, 1 - 2 * tail).high
    expected = by_chance / m
    return Estimate(max(low, (k / n - expected) / (1 - expected)), low, high, n)
