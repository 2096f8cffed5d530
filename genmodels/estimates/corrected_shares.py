"""Shares of classes among what was read by something that errs, corrected for its errors.

A reader that takes some women for men finds too few women. With M the table of how often a true class (row) is read as
each class (column), the shares p that were drawn are seen as q = p M, so that p = q M^-1 (Rogan and Gladen 1978, for two
classes; the same in matrices for more). M is counted on a few real pictures and is uncertain itself: the interval is
that of draws of q and of each row of M from their Dirichlet posteriors (as Lang and Reiczigel 2014 do for two classes),
with a prior weight of one picture, divided evenly among the classes. Where several M may be the right one, the interval
holds for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from genmodels.estimates.clustered import effective_number
from genmodels.estimates.estimate import Estimate
from genmodels.refusal import Refusal


@dataclass(frozen=True)
class Errors:
    """What a reader of `classes` gets wrong: `counts` (classes, classes), true by read, as of independent pictures."""

    classes: tuple[str, ...]
    counts: np.ndarray

    @property
    def rates(self) -> np.ndarray:
        """(classes, classes): the share of each true class (row) that is read as each class; smoothed by the prior."""
        smoothed = self.counts + 1 / self.counts.shape[1]
        return smoothed / smoothed.sum(axis=1, keepdims=True)

    def draw(self, rng: np.random.Generator, n: int) -> np.ndarray:
        """(n, classes, classes) draws of the rates from their posterior."""
        grains = rng.standard_gamma(np.broadcast_to(self.counts + 1 / self.counts.shape[1], (n, *self.counts.shape)))
        return grains / np.maximum(grains.sum(axis=2, keepdims=True), 1e-300)


def errors_of(true: np.ndarray, read: np.ndarray, clusters: np.ndarray, classes: Sequence[str]) -> Errors:
    """The errors of a reader on real pictures (n,) it never saw; pictures of one cluster are alike and count for less.

    By how much a class tells by its errors; a class without any is taken to be like the others.
    Raises `Refusal` for a class of which there is no picture, because its errors are then unknown.
    """
    counts = np.array([[np.sum((true == name) & (read == other)) for other in classes] for name in classes], float)
    for name, among in zip(classes, counts.sum(axis=1), strict=True):
        if not among:
            raise Refusal(
                f"There is no real held-out picture of {name!r} to count the reader's errors on; hold some out."
            )
    right = (read == true).astype(float)
    independent = np.array(
        [effective_number(right[true == name], clusters[true == name]) / (true == name).sum() for name in classes]
    )
    without = np.array([right[true == name].all() for name in classes])
    if without.any() and not without.all():
        independent[without] = independent[~without].mean()
    return Errors(tuple(classes), counts * independent[:, None])


DRAWS = 2000
LEVEL = 0.03  # nominal rate of false alarms of a finding on shares


@dataclass(frozen=True)
class Shares:
    """Corrected shares (classes,) of n pictures, and draws (tables, draws, classes) from their posterior under each table of errors."""

    classes: tuple[str, ...]
    value: np.ndarray
    draws: np.ndarray
    n: int

    def estimate(self, name: str, level: float = 0.05) -> Estimate:
        """The share of a class with its (1 - level) interval, which holds whichever table of errors is the right one."""
        column = self.classes.index(name)
        low, high = np.quantile(self.draws[..., column], [level / 2, 1 - level / 2], axis=1)
        value = float(self.value[column])
        return Estimate(value, min(low.min(), value), max(high.max(), value), self.n)

    def among(self, names: Sequence[str]) -> Shares:
        """The shares among some of the classes."""
        columns = [self.classes.index(name) for name in names]
        value, draws = self.value[columns], self.draws[..., columns]
        n = max(1, round(self.n * float(value.sum())))
        return Shares(
            tuple(names), value / max(value.sum(), 1e-9), draws / np.maximum(draws.sum(axis=-1, keepdims=True), 1e-9), n
        )

    def gap(self, reference: Mapping[str, float], level: float = LEVEL) -> tuple[Estimate, str]:
        """The largest distance of a share from its reference (0 to 1), and which class it is of.

        The (1 - level) interval holds for all classes at once (Bonferroni): it begins above 0 only if one of them is
        off. With two classes one distance is the other, so that there is nothing to correct.
        """
        tests = 1 if len(self.classes) == 2 else len(self.classes)
        found = {}
        for name in self.classes:
            share, expected = self.estimate(name, level / tests), reference[name]
            low, high = share.low - expected, share.high - expected
            found[name] = Estimate(abs(share.value - expected), max(0.0, low, -high), max(abs(low), abs(high)), self.n)
        name = max(found, key=lambda each: (found[each].low, found[each].value))
        return found[name], name


def corrected(read: np.ndarray, errors: Errors | Sequence[Errors], seed: int = 0, draws: int = DRAWS) -> Shares:
    """The shares of classes among pictures read as `read` (n,), corrected for the reader's errors.

    Of several tables of errors the first gives the value, and all of them the interval.
    """
    if not len(read):
        raise Refusal("No picture was read, so there are no shares; draw some.")
    tables = [errors] if isinstance(errors, Errors) else list(errors)
    counts = np.array([(read == name).sum() for name in tables[0].classes], float)
    return solved(counts, inverses(tables, draws, seed), tables[0], seed)


def inverses(tables: Sequence[Errors], draws: int, seed: int = 0) -> np.ndarray:
    """Draws of M^-1 (tables, draws, classes, classes): what shares as read are multiplied with."""
    rng = np.random.default_rng([seed, 7])
    return np.stack([_inverse(each.draw(rng, draws)) for each in tables])


def solved(counts: np.ndarray, inverted: np.ndarray, first: Errors, seed: int = 0) -> Shares:
    """The shares behind `counts` (classes,) of pictures as read, by draws of the inverse of each table of errors."""
    rng = np.random.default_rng([seed, 8])
    seen = rng.dirichlet(counts + 1 / len(counts), size=inverted.shape[:2])
    shares = np.einsum("tdc,tdck->tdk", seen, inverted)
    value = (counts / counts.sum()) @ _inverse(first.rates[None])[0]
    return Shares(
        first.classes,
        _on_simplex(value[None])[0],
        _on_simplex(shares.reshape(-1, len(counts))).reshape(shares.shape),
        int(counts.sum()),
    )


def _inverse(rates: np.ndarray) -> np.ndarray:
    """The inverses of matrices (n, classes, classes); of one that has none, which tells nothing, a wild one."""
    near = np.abs(np.linalg.det(rates)) < 1e-9
    return np.linalg.inv(rates + near[:, None, None] * 1e-6 * np.eye(rates.shape[-1]))


def p_value(k: int, n: int, expected: float, errors: Errors | Sequence[Errors]) -> float:
    """How improbable k of n read as the first of two classes are if its share is `expected`; two-sided.

    The share that is read is uncertain by the reader's two error rates, so k is beta-binomial: the Beta distribution has
    the mean and the variance that their posteriors give it. Of several tables of errors the largest p.
    """
    tables = [errors] if isinstance(errors, Errors) else errors
    return max(_tails(n, expected, *_right_and_wrong(each))[k] for each in tables)


def _right_and_wrong(errors: Errors) -> tuple[float, ...]:
    """How often the first class was read right and wrongly, and the second was read as the first and right."""
    (hit, miss), (false, true) = errors.counts[:2, :2]
    return hit, miss, false, true


@lru_cache(maxsize=512)
def _tails(n: int, expected: float, hit: float, miss: float, false: float, true: float) -> np.ndarray:
    """The p-values (n + 1,) of every count."""
    from scipy.stats import betabinom, binom

    (right, of_right), (wrong, of_wrong) = (_beta(hit, miss), _beta(false, true))
    mean, variance = expected * right + (1 - expected) * wrong, expected**2 * of_right + (1 - expected) ** 2 * of_wrong
    size = mean * (1 - mean) / variance - 1 if variance > 0 else np.inf
    k = np.arange(n + 1)
    found = binom(n, mean) if size > 1e7 else betabinom(n, mean * size, (1 - mean) * size)
    return np.minimum(1.0, 2 * np.minimum(found.cdf(k), found.sf(k - 1)))


def _beta(found: float, missed: float) -> tuple[float, float]:
    """Mean and variance of a rate after so many were found and missed."""
    a, b = found + 0.5, missed + 0.5
    return a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1))


def holm(p: np.ndarray) -> np.ndarray:
    """p-values (n,) corrected for their number (Holm 1979): reject those up to the level, and that rate holds for all."""
    order = np.argsort(p)
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(steps, 1)
    return adjusted


def detectable(
    n: int, tests: int, expected: float, errors: Errors | Sequence[Errors], level: float = LEVEL, power: float = 0.8
) -> float | None:
    """The smallest distance from `expected` that n pictures show in `power` of all cases, tested `tests` times; None: none."""
    from scipy.stats import binom

    tables = [errors] if isinstance(errors, Errors) else list(errors)
    flagged = np.max([_tails(n, expected, *_right_and_wrong(each)) for each in tables], axis=0) <= level / tests
    (right, _), (wrong, _) = (_beta(*tables[0].counts[row, :2]) for row in (0, 1))
    for distance in np.arange(0.01, max(expected, 1 - expected) + 0.005, 0.01):
        shares = [share for share in (expected - distance, expected + distance) if -1e-9 <= share <= 1 + 1e-9]
        caught = [
            binom.pmf(np.arange(n + 1), n, share * (right if right > wrong else 1 - wrong) + (1 - share) * wrong)[
                flagged
            ].sum()
            for share in shares
        ]
        if caught and min(caught) >= power:
            return float(round(distance, 2))
    return None


def _on_simplex(shares: np.ndarray) -> np.ndarray:
    """The nearest shares (n, classes) that are not negative and add up to 1 (Duchi et al. 2008)."""
    descending = -np.sort(-shares, axis=1)
    over = np.cumsum(descending, axis=1) - 1
    counted = (descending * np.arange(1, shares.shape[1] + 1) > over).sum(axis=1)
    shift = over[np.arange(len(shares)), counted - 1] / counted
    return np.maximum(shares - shift[:, None], 0)
