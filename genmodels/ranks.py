"""Two samples of numbers compared: by rank, and by how many lie below a limit."""

from __future__ import annotations

import numpy as np

from genmodels.findings import Estimate, clopper_pearson


def probability_lower(samples: np.ndarray, others: np.ndarray) -> Estimate:
    """P(one of `samples` (n,) is below one of `others` (m,)), ties half, 0.5 where they are alike; interval by DeLong et al. 1988."""
    n, m = len(samples), len(others)
    ordered = np.sort(others)
    above = m - (np.searchsorted(ordered, samples, "left") + np.searchsorted(ordered, samples, "right")) / 2
    ordered = np.sort(samples)
    below = (np.searchsorted(ordered, others, "left") + np.searchsorted(ordered, others, "right")) / 2
    value = float(above.mean() / m)
    variance = float((above / m).var(ddof=1) / n + (below / n).var(ddof=1) / m)
    reach = 1.959964 * max(float(np.sqrt(variance)), 0.5 / min(n, m))  # never of no width where they don't overlap at all
    return Estimate(value, max(0.0, value - reach), min(1.0, value + reach), n)


def data_copying_score(samples: np.ndarray, others: np.ndarray) -> float:
    """C_T in one cell: the Mann-Whitney statistic as standard deviations from what chance would give; negative is copying."""
    n, m = len(samples), len(others)
    value = probability_lower(samples, others).value
    return (0.5 - value) * n * m / float(np.sqrt(n * m * (n + m + 1) / 12))


def excess(k: int, n: int, by_chance: float, m: float, tail: float = 0.025) -> Estimate:
    """The share c of copies where k of n samples are near, and `by_chance` of m independent pictures that are no copies.

    Those that are no copies are near with a probability p, Beta(by_chance + 1/2, m - by_chance + 1/2); copies always
    are. The lower end is the c under which as many as k are improbable. The upper end is that of the share of near
    samples, k / n, since a model whose other samples are farther off may have fewer near ones than chance. `tail` is the
    error rate of either end.
    """
    from scipy.optimize import brentq
    from scipy.stats import beta, binom

    chance = beta.ppf((np.arange(2000) + 0.5) / 2000, by_chance + 0.5, m - by_chance + 0.5)

    def at_least(c: float) -> float:
        return float(binom.sf(k - 1, n, c + (1 - c) * chance).mean()) - tail

    low = brentq(at_least, 0, 1) if k and at_least(0) < 0 else 0.0
    high = clopper_pearson(k, n, 1 - 2 * tail).high
    expected = by_chance / m
    return Estimate(max(low, (k / n - expected) / (1 - expected)), low, high, n)
