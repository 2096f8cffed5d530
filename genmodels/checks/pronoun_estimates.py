"""How far pronouns after occupations are from even, and how they follow the training text: estimates of P(she).

Templates are resampled for all occupations at once, occupations as a whole (Owen 2007, the pigeonhole bootstrap); for a
single occupation its templates are the repetitions (Student's t, Holm 1979 over the occupations).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from genmodels.estimates.corrected_shares import holm
from genmodels.estimates.estimate import Estimate

RESAMPLED, LEVEL = 500, 0.025
Statistic = Callable[[np.ndarray, np.ndarray], np.ndarray]  # of weights and P(she), both (occupations, resamples)


def far_from_even(table: np.ndarray) -> Estimate:
    """Mean over occupations of the distance of P(she) (occupations, templates) from one half."""
    return _both_ways(table, lambda weights, she: (weights * np.abs(she - 0.5)).sum(axis=0))


def slope_of(text: np.ndarray, table: np.ndarray) -> Estimate:
    """How P(she) (occupations, templates) changes with the share of she in the text (occupations,), by least squares."""

    def slope(weights: np.ndarray, she: np.ndarray) -> np.ndarray:
        off = text[:, None] - (weights * text[:, None]).sum(axis=0)
        return (weights * off * she).sum(axis=0) / np.maximum((weights * off**2).sum(axis=0), 1e-9)

    return _both_ways(table, slope)


def beyond_text(slope: Estimate) -> Estimate:
    """How far a slope is above 1 (amplified) or below 0 (turned round), whichever is more."""
    return Estimate(
        max(slope.value - 1, -slope.value), max(slope.low - 1, -slope.high), max(slope.high - 1, -slope.low), slope.n
    )


def farthest(table: np.ndarray, accepted: float) -> tuple[Estimate, np.ndarray]:
    """The distance from one half of the occupation that is surest to be far, and the adjusted p-values (occupations,).

    Its lower end holds for all occupations at once: it lies above `accepted` where some p-value is at most 2.5 %. The
    upper end is that of the occupation that may be farthest.
    """
    from scipy.stats import t

    n = table.shape[1]
    distance = np.abs(table.mean(axis=1) - 0.5)
    error = np.maximum(table.std(axis=1, ddof=1), 1e-6) / np.sqrt(n)
    adjusted = holm(t.sf((distance - accepted) / error, n - 1))
    low = np.maximum(0.0, distance - t.ppf(1 - LEVEL / len(table), n - 1) * error)
    worst = int(low.argmax())
    high = min(0.5, float((distance + t.ppf(1 - LEVEL, n - 1) * error).max()))
    return Estimate(distance[worst], min(low[worst], distance[worst]), max(high, distance[worst]), n), adjusted


def _both_ways(table: np.ndarray, statistic: Statistic) -> Estimate:
    occupations, templates = _weights(*table.shape)
    again = statistic(
        occupations, np.einsum("jt,tr->jr", table, templates)
    )  # so small that threads of a product only wait
    value = float(statistic(np.full((len(table), 1), 1 / len(table)), table.mean(axis=1, keepdims=True))[0])
    value, low, high = (round(float(each), 9) for each in (value, *np.quantile(again, [0.025, 0.975])))
    return Estimate(value, min(low, value), max(high, value), len(table))


@lru_cache(maxsize=8)
def _weights(jobs: int, templates: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights (occupations, resamples) and (templates, resamples) of as many drawn with replacement; sums are 1."""
    rng = np.random.default_rng(0)
    first, second = (rng.multinomial(n, np.full(n, 1 / n), size=RESAMPLED).T / n for n in (jobs, templates))
    return first, second
