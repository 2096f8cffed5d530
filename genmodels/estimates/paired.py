"""What lies between two things that were asked the same: a value of either a pair, and pairs that belong together.

Three ways, all of which keep what belongs together in one unit (answers to one prompt, copies of one picture):

- yes or no, each pair its own unit: McNemar's test, exact (a sign test on the pairs that changed), with the interval of Agresti
  and Min 2005 for matched shares;
- anything else that is averaged: the test by exchanging the two within whole units (Fisher 1935, exact where nothing changed), with
  Student's interval over units, to which as much is added as one changed pair brings;
- the size of a gap, whatever its sign: the same test of how much larger the gap is, with the bootstrap over units.

McNemar 1947, Psychometrika 12; Agresti and Min 2005, Statistics in Medicine 24; Holm 1979 for several at once is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from genmodels.estimates.estimate import CONFIDENCE, NORMAL, Estimate
from genmodels.refusal import Refusal

EXCHANGES, RESAMPLES = 9999, 2000
FEW = 12  # units that changed, of which all exchanges are looked at
AT_ONCE = 4_000_000  # signs that are drawn together
SEEN = 0.8  # share of cases in which the smallest difference that is told is found
LEVEL = 1 - CONFIDENCE


@dataclass(frozen=True)
class Difference:
    """The second less the first, with its 95 % interval; p of the test that nothing lies between them, two-sided.

    `pairs` were compared, of so many independent `units`; `error` is the standard error; `changed` counts yes or no pairs that
    differ where each is a unit of its own, else -1. `first` and `second` are the means over the pairs, or what was compared.
    """

    value: float
    low: float
    high: float
    p: float
    pairs: int
    units: int
    error: float
    changed: int
    how: str
    first: float
    second: float

    def smallest_seen(self, level: float = LEVEL) -> float | None:
        """The smallest difference that this test would have found in 80 % of cases at this n, at a level; None where it finds none, or where nothing varied."""
        from scipy.stats import norm, t

        if self.changed >= 0:
            return _smallest_of_shares(self.pairs, self.changed, level)
        if not self.error or 2.0 ** (1 - self.units) > level:  # even if all units changed the same way
            return None
        freedom = max(self.units - 1, 1)
        return float(t.ppf(1 - level / 2, freedom) + norm.ppf(SEEN)) * self.error


def paired(
    first: np.ndarray,
    second: np.ndarray,
    units: np.ndarray | None = None,
    *,
    size: bool = False,
    seed: int = 0,
) -> Difference:
    """Compares pairs (n,) whose `units` (n,) say what belongs together (None: each pair by itself).

    `size`: what counts is the size of the mean, not its sign. Raises `Refusal` for fewer than two units.
    """
    first, second = np.asarray(first, float), np.asarray(second, float)
    n, apart = len(first), second - first
    numbers = np.arange(n) if units is None else np.unique(np.asarray(units), return_inverse=True)[1]
    many = int(numbers.max()) + 1 if n else 0
    if many < 2:
        raise Refusal(f"A difference needs at least 2 independent units and there are {many}; take more.")
    sums = np.bincount(numbers, apart, many)
    rng = np.random.default_rng([seed, 77])
    if size:
        return _of_sizes(first, second, numbers, sums, rng)
    flags = bool(np.isin(first, (0, 1)).all() and np.isin(second, (0, 1)).all())
    means = float(first.mean()), float(second.mean())
    if flags and many == n:
        return _mcnemar(int((apart > 0).sum()), int((apart < 0).sum()), n, means)
    value, error, freedom = _mean(sums, n, flags)
    reach = _student(freedom) * error
    middle = sums.sum() / (n + 2) if flags else value
    low, high = min(value, middle - reach), max(value, middle + reach)
    if flags:
        low, high = max(-1.0, low), min(1.0, high)
    p = _exchanged(sums, np.abs, rng)
    return Difference(value, low, high, p, n, many, error, -1, "exchanging the two within whole units", *means)


def unpaired(first: Estimate, second: Estimate) -> Difference | None:
    """The difference of two independent estimates from their intervals; None where one has no width, so that nothing can be tested."""
    from scipy.stats import norm

    value = second.value - first.value
    sides = (first.high - first.value, second.value - second.low)
    others = (first.value - first.low, second.high - second.value)
    if min(first.high - first.low, second.high - second.low) <= 0:
        return None
    low, high = value - float(np.hypot(*sides)), value + float(np.hypot(*others))
    towards = sides if value > 0 else others
    error = max(float(np.hypot(*towards)) / NORMAL, 1e-12)
    p = float(2 * norm.sf(abs(value) / error))
    n = min(first.n, second.n)
    middle = float(np.hypot((first.high - first.low) / 2, (second.high - second.low) / 2)) / NORMAL
    return Difference(
        value,
        low,
        high,
        min(1.0, p),
        n,
        n,
        middle,
        -1,
        "the two intervals, as of independent samples",
        first.value,
        second.value,
    )


def _mcnemar(gained: int, lost: int, n: int, means: tuple[float, float]) -> Difference:
    """Of n pairs so many went from no to yes, and from yes to no."""
    from scipy.stats import binom

    changed = gained + lost
    p = min(1.0, 2 * float(binom.cdf(min(gained, lost), changed, 0.5))) if changed else 1.0
    value, middle = (gained - lost) / n, (gained - lost) / (n + 2)
    error = float(np.sqrt(max((changed + 1) - (gained - lost) ** 2 / (n + 2), 0.0))) / (n + 2)
    low, high = max(-1.0, min(value, middle - NORMAL * error)), min(1.0, max(value, middle + NORMAL * error))
    return Difference(value, low, high, p, n, n, error, changed, "McNemar's test, exact", *means)


def _mean(sums: np.ndarray, n: int, flags: bool) -> tuple[float, float, int]:
    """Mean difference, its standard error over units, and their degrees of freedom."""
    many, more = len(sums), 1.0 if flags else 0.0
    spread = (sums**2).sum() + more - sums.sum() ** 2 / many
    error = float(np.sqrt(max(spread, 0.0) * many / (many - 1))) / (n + 2 * more)
    return float(sums.sum() / n), error, many - 1


def _student(freedom: int) -> float:
    from scipy.stats import t

    return float(t.ppf(1 - LEVEL / 2, freedom))


def _of_sizes(
    first: np.ndarray, second: np.ndarray, numbers: np.ndarray, sums: np.ndarray, rng: np.random.Generator
) -> Difference:
    """How much larger the second mean is, whatever the signs of the two."""
    n, many = len(first), len(sums)
    total = float((first + second).sum())

    def larger(apart: np.ndarray) -> np.ndarray:
        return (np.abs(total + apart) - np.abs(total - apart)) / (2 * n)

    value = float(larger(sums.sum()[None])[0])
    p = _exchanged(sums, lambda apart: np.abs(larger(apart)), rng)
    one, two = (np.bincount(numbers, each, many) for each in (first, second))
    counts = np.bincount(numbers, minlength=many).astype(float)
    drawn = rng.multinomial(many, np.full(many, 1 / many), RESAMPLES).astype(float)
    again = (np.abs(drawn @ two) - np.abs(drawn @ one)) / (drawn @ counts)
    low, high = np.quantile(again, [LEVEL / 2, 1 - LEVEL / 2])
    how = "exchanging the two within whole units, of the size of the gap"
    low, high = min(value, float(low)), max(value, float(high))
    means = abs(float(first.mean())), abs(float(second.mean()))
    return Difference(value, low, high, p, n, many, float(again.std()), -1, how, *means)


def _exchanged(sums: np.ndarray, statistic: Callable[[np.ndarray], np.ndarray], rng: np.random.Generator) -> float:
    """The share of ways to exchange the two within units that bring at least as much as was found; all ways where they are few."""
    changed = np.round(sums[np.abs(sums) > 1e-12], 9)
    found = float(statistic(np.array([sums.sum()]))[0]) - 1e-9
    if len(changed) <= FEW:
        signs = 1 - 2 * ((np.arange(2 ** len(changed))[:, None] >> np.arange(len(changed))) & 1)
        return float((statistic(signs @ changed) >= found).mean())
    sizes, counts = np.unique(np.abs(changed), return_counts=True)
    totals = np.zeros(EXCHANGES)
    step = max(1, AT_ONCE // EXCHANGES)
    for begin in range(0, len(sizes), step):  # of units that changed alike it is a number that goes up
        part = slice(begin, begin + step)
        up = rng.binomial(counts[part], 0.5, (EXCHANGES, len(counts[part])))
        totals += (2 * up - counts[part]) @ sizes[part]
    return float(((statistic(totals) >= found).sum() + 1) / (EXCHANGES + 1))


def _smallest_of_shares(n: int, changed: int, level: float) -> float | None:
    """Of McNemar's test, by its exact power where as many pairs change as did here, or as the difference itself needs."""
    usual = (changed + 1) / (n + 2)
    low, high = 0.0, 1.0
    if _power(n, 1.0, 1.0, level) < SEEN:
        return None
    for _ in range(25):
        middle = (low + high) / 2
        low, high = (low, middle) if _power(n, max(usual, middle), middle, level) >= SEEN else (middle, high)
    return high


def _power(n: int, changed: float, difference: float, level: float) -> float:
    """How often McNemar's exact test finds a difference where a share `changed` of n pairs change."""
    from scipy.stats import binom

    reach = 8 * np.sqrt(n * changed * (1 - changed)) + 8
    counts = np.arange(max(0, int(n * changed - reach)), min(n, int(n * changed + reach)) + 1)
    least = binom.isf(level / 2, counts, 0.5) + 1  # so many of the changed pairs go one way where it finds something
    least = np.where(2 * binom.sf(least - 2, counts, 0.5) <= level, least - 1, least)
    up = (1 + difference / changed) / 2
    finds = binom.sf(least - 1, counts, up) + binom.cdf(counts - least, counts, up)
    return float((binom.pmf(counts, n, changed) * np.where(least <= counts, finds, 0.0)).sum())
