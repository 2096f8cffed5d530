"""Shares of groups among pictures, read by an instrument whose errors were counted, and corrected for them.

A reader that takes some women for men finds too few women. With M the table of how often a true class (row) is read as
each class (column), the shares p that were drawn are seen as q = p M, so that p = q M^-1 (Rogan and Gladen 1978, for two
classes; the same in matrices for more). M is counted on a few real pictures and is uncertain itself: the interval is
that of draws of q and of each row of M from their Dirichlet posteriors (as Lang and Reiczigel 2014 do for two classes),
with a prior weight of one picture, divided evenly among the classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from genmodels.findings import Estimate
from genmodels.reading_groups import effective_number, open_reader
from genmodels.refusal import Refusal
from genmodels.runs import RunStore

DRAWS = 4000
LEVEL = 0.03  # nominal rate of false alarms of a finding on shares


@dataclass(frozen=True)
class Errors:
    """What a reader of `classes` gets wrong: `counts` (classes, classes), true by read, as of independent pictures."""

    classes: tuple[str, ...]
    counts: np.ndarray

    @property
    def rates(self) -> np.ndarray:
        """(classes, classes): the share of each true class (row) that is read as each class; smoothed by the prior."""
        return _posterior_mean(self.counts)

    def draw(self, rng: np.random.Generator, n: int) -> np.ndarray:
        """(n, classes, classes) draws of the rates from their posterior."""
        return np.stack([rng.dirichlet(row + 1 / len(row), size=n) for row in self.counts], axis=1)


def errors_of(true: np.ndarray, read: np.ndarray, clusters: np.ndarray, classes: Sequence[str]) -> Errors:
    """The errors of a reader on real pictures (n,) it never saw; pictures of one cluster are alike and count for less.

    By how much a class tells by its errors; a class without any is taken to be like the others.
    Raises `Refusal` for a class of which there is no picture, because its errors are then unknown.
    """
    counts = np.array([[np.sum((true == name) & (read == other)) for other in classes] for name in classes], float)
    for name, among in zip(classes, counts.sum(axis=1), strict=True):
        if not among:
            raise Refusal(f"There is no real held-out picture of {name!r} to count the reader's errors on; hold some out.")
    right = (read == true).astype(float)
    independent = np.array([effective_number(right[true == name], clusters[true == name]) / (true == name).sum() for name in classes])
    without = np.array([right[true == name].all() for name in classes])
    if without.any() and not without.all():
        independent[without] = independent[~without].mean()
    return Errors(tuple(classes), counts * independent[:, None])


@dataclass(frozen=True)
class Shares:
    """Corrected shares (classes,) of n pictures, and draws (draws, classes) from their posterior."""

    classes: tuple[str, ...]
    value: np.ndarray
    draws: np.ndarray
    n: int

    def estimate(self, name: str, level: float = 0.05) -> Estimate:
        """The share of a class with its (1 - level) interval."""
        column = self.classes.index(name)
        low, high = np.quantile(self.draws[:, column], [level / 2, 1 - level / 2])
        value = float(self.value[column])
        return Estimate(value, min(low, value), max(high, value), self.n)

    def among(self, names: Sequence[str]) -> Shares:
        """The shares among some of the classes."""
        columns = [self.classes.index(name) for name in names]
        value, draws = self.value[columns], self.draws[:, columns]
        n = max(1, round(self.n * float(value.sum())))
        return Shares(tuple(names), value / max(value.sum(), 1e-9), draws / np.maximum(draws.sum(axis=1, keepdims=True), 1e-9), n)

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


def corrected(read: np.ndarray, errors: Errors, seed: int = 0, draws: int = DRAWS) -> Shares:
    """The shares of classes among pictures read as `read` (n,), corrected for the reader's errors."""
    if not len(read):
        raise Refusal("No picture was read, so there are no shares; draw some.")
    counts = np.array([(read == name).sum() for name in errors.classes], float)
    rng = np.random.default_rng([seed, 7])
    seen = rng.dirichlet(counts + 1 / len(counts), size=draws)
    solved = np.linalg.solve(errors.draw(rng, draws).transpose(0, 2, 1), seen[:, :, None])[:, :, 0]
    value = np.linalg.solve(errors.rates.T, counts / counts.sum())
    return Shares(errors.classes, _on_simplex(value[None])[0], _on_simplex(solved), len(read))


def p_value(k: int, n: int, expected: float, errors: Errors) -> float:
    """How improbable k of n read as the first of two classes are if its share is `expected`; exact, two-sided.

    The largest over all error rates that are not themselves improbable (99.9 %, as Berger and Boos 1994 do).
    """
    from scipy.stats import beta, binom

    (hit, miss), (false, true) = errors.counts
    right = [beta.ppf(q, hit + 0.5, miss + 0.5) for q in (0.0005, 0.9995)]
    wrong = [beta.ppf(q, false + 0.5, true + 0.5) for q in (0.0005, 0.9995)]
    low, high = (expected * a + (1 - expected) * b for a, b in zip(right, wrong, strict=True))
    seen = float(np.clip(k / n, low, high))
    return float(min(1.0, 2 * min(binom.cdf(k, n, seen), binom.sf(k - 1, n, seen))))


def holm(p: np.ndarray) -> np.ndarray:
    """p-values (n,) corrected for their number (Holm 1979): reject those up to the level, and that rate holds for all."""
    order = np.argsort(p)
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(steps, 1)
    return adjusted


def detectable(n: int, tests: int, expected: float, errors: Errors, level: float = LEVEL, power: float = 0.8) -> float | None:
    """The smallest distance from `expected` that n pictures show in `power` of all cases, tested `tests` times; None: none."""
    from scipy.stats import binom

    flagged = np.array([p_value(k, n, expected, errors) <= level / tests for k in range(n + 1)])
    rates = errors.rates
    for distance in np.arange(0.01, max(expected, 1 - expected) + 0.005, 0.01):
        shares = [share for share in (expected - distance, expected + distance) if -1e-9 <= share <= 1 + 1e-9]
        caught = [binom.pmf(np.arange(n + 1), n, share * rates[0, 0] + (1 - share) * rates[1, 0])[flagged].sum() for share in shares]
        if caught and min(caught) >= power:
            return float(round(distance, 2))
    return None


def _posterior_mean(counts: np.ndarray) -> np.ndarray:
    smoothed = counts + 1 / counts.shape[1]
    return smoothed / smoothed.sum(axis=1, keepdims=True)


def _on_simplex(shares: np.ndarray) -> np.ndarray:
    """The nearest shares (n, classes) that are not negative and add up to 1 (Duchi et al. 2008)."""
    descending = -np.sort(-shares, axis=1)
    over = np.cumsum(descending, axis=1) - 1
    counted = (descending * np.arange(1, shares.shape[1] + 1) > over).sum(axis=1)
    shift = over[np.arange(len(shares)), counted - 1] / counted
    return np.maximum(shares - shift[:, None], 0)


INSTRUMENTS = {"gender": "reader-gender", "skin tone": "reader-skin"}  # grouping to the run of the gallery that reads it


@dataclass(frozen=True)
class Instrument:
    """A reader with the real held-out pictures that its errors are counted on."""

    reader: Any
    images: np.ndarray
    true: np.ndarray
    clusters: np.ndarray
    roles: frozenset[str]  # of which every class has a drawing of its own, so that it can be read

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.reader.classes)

    @cached_property
    def read(self) -> np.ndarray:
        """What it reads of its own held-out pictures (n,)."""
        return self.reader.read(self.images)

    @cached_property
    def errors(self) -> Errors:
        return errors_of(self.true, self.read, self.clusters, self.classes)


@lru_cache(maxsize=4)
def instrument(grouping: str) -> Instrument:
    """The reader of a grouping that ships with the project; raises `Refusal` where there is none."""
    if grouping not in INSTRUMENTS:
        raise Refusal(f"Nobody reads the grouping {grouping[:40]!r} off pictures; there are readers for: {', '.join(INSTRUMENTS)}.")
    reader = open_reader(INSTRUMENTS[grouping])
    data = RunStore.default()[INSTRUMENTS[grouping]].experiment.make_source().load()
    names = np.array(reader.classes)
    seen: dict[str, set[int]] = {}
    for part in (data.train, data.test):
        for role, label in zip(part.groups["role"], part.labels, strict=True):
            seen.setdefault(str(role), set()).add(int(label))
    roles = frozenset(role for role, labels in seen.items() if len(labels) == len(names))
    return Instrument(reader, data.test.images, names[data.test.labels], data.test.groups["role"], roles)
