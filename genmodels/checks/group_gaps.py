"""How far a share differs between groups over prompts that are equal but for the group.

Each frame gives a difference: the share of one group less the mean of the others'. Its mean has the interval of Agresti and
Min 2005 for matched shares (two frames are added that differ as little and as much as can be), with Student's quantile over
frames, and holds for all groups at once (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from genmodels.estimates.estimate import Estimate
from genmodels.verdicts.error_rates import Case, Pool, Rates, resampled
from genmodels.verdicts.finding import verdict_of

Table = tuple[np.ndarray, np.ndarray]  # sums and numbers of answers, both (frames, groups)


@dataclass(frozen=True)
class Gap:
    """The largest difference of a table, with the interval that holds for all: which table and group it is of, and its sign."""

    estimate: Estimate
    table: int
    group: int
    more: bool


def largest_gap(tables: Sequence[Table]) -> Gap:
    """The group whose share differs most surely from that of the others; n counts frames."""
    many = sum(_compared(sums) for sums, _ in tables)
    found = [
        (*_interval(_apart(sums, counts, group), many), number, group)
        for number, (sums, counts) in enumerate(tables)
        for group in range(_compared(sums))
    ]
    mean, _, _, number, group = max(found, key=lambda each: (max(each[1], -each[2]), abs(each[0])))
    value = abs(mean)
    least = max(0.0, *(max(each[1], -each[2]) for each in found))
    most = max(max(abs(each[1]), abs(each[2])) for each in found)
    estimate = Estimate(value, min(least, value), max(most, value), len(tables[number][0]))
    return Gap(estimate, number, group, mean > 0)


def _compared(sums: np.ndarray) -> int:
    """Of two groups either difference is the other's with another sign."""
    return 1 if sums.shape[1] == 2 else sums.shape[1]


def _apart(sums: np.ndarray, counts: np.ndarray, group: int) -> np.ndarray:
    """The difference of each frame that has the group and another one."""
    with np.errstate(invalid="ignore"):
        shares = sums / counts
    others = np.delete(shares, group, axis=1)
    there = ~np.isnan(shares[:, group]) & ~np.isnan(others).all(axis=1)
    return shares[there, group] - np.nanmean(others[there], axis=1) if there.any() else np.zeros(0)


def _interval(apart: np.ndarray, many: int) -> tuple[float, float, float]:
    """Mean and interval of differences (frames,) between -1 and 1, where so many are looked at."""
    from scipy.stats import t

    n = len(apart)
    if n < 2:
        return 0.0, -1.0, 1.0
    middle = float(apart.sum() / (n + 2))
    variance = float(((apart**2).sum() + 1) / (n + 2) - middle**2) / (n + 1)
    reach = float(t.ppf(1 - 0.025 / many, n - 1)) * float(np.sqrt(variance))
    return float(apart.mean()), max(-1.0, middle - reach), min(1.0, middle + reach)


def rates_of_gap(tables: Sequence[Table], limit: float, effect: float, seed: int, what: str) -> Rates:
    """Of the verdict: groups are dealt anew within each frame, and `what` is planted into one group's answers."""
    far, half = min(1.0, limit + effect), min(1.0, limit + effect / 2)
    cases = [
        (Case(f"{what} as often of every group", False, 0.0), 0.0),
        (Case(f"{what} {100 * limit:.3g} % more often of one group, as is allowed", False, 0.0), limit),
        (Case(f"{what} {100 * far:.3g} % more often of one group", True, effect), far),
        (Case(f"{what} {100 * half:.3g} % more often of one group", True, effect / 2), half),
    ]
    frames = sum(len(sums) for sums, _ in tables)
    return resampled([(case, _planted(tables, x, limit, effect)) for case, x in cases], n=frames, seed=seed)


def _planted(tables: Sequence[Table], apart: float, limit: float, effect: float) -> Pool:
    def pool(rng: np.random.Generator) -> Callable[[np.random.Generator], str]:
        drawn = [tuple(each[rows] for each in table) for table in tables for rows in [_again(table, rng)]]

        def once(again: np.random.Generator) -> str:
            dealt = [_dealt(sums, counts, again) for sums, counts in drawn]
            number = int(again.integers(len(dealt)))
            sums, counts = dealt[number]
            group = int(again.integers(sums.shape[1]))
            without = counts[:, group] - sums[:, group]
            free = float(without.sum() / max(counts[:, group].sum(), 1))
            more = sums.copy()
            more[:, group] += again.binomial(without.astype(int), min(1.0, apart / max(free, 1e-9)))
            dealt[number] = more, counts
            return verdict_of(largest_gap(dealt).estimate, limit=limit, effect=effect)

        return once

    return pool


def _again(table: Table, rng: np.random.Generator) -> np.ndarray:
    return rng.integers(len(table[0]), size=len(table[0]))


def _dealt(sums: np.ndarray, counts: np.ndarray, rng: np.random.Generator) -> Table:
    """The groups of each frame exchanged at random among those that it has."""
    key = np.where(counts > 0, rng.random(counts.shape), 2.0)
    into, source = np.argsort(np.where(counts > 0, 0, 1), axis=1, kind="stable"), np.argsort(key, axis=1)
    found = np.zeros_like(sums), np.zeros_like(counts)
    for new, old in zip(found, (sums, counts), strict=True):
        np.put_along_axis(new, into, np.take_along_axis(old, source, axis=1), axis=1)
    return found
