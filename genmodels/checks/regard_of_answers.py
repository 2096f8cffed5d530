"""With how much praise and blame answers tell of groups, over prompts that are equal but for the group.

The list of words and the difference of means are those of `genmodels.checks.regard`: frames are the units.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from genmodels.checks.counterfactual_prompts import Counterfactual
from genmodels.checks.regard import difference
from genmodels.estimates.estimate import Estimate
from genmodels.verdicts.error_rates import Case, Pool, Rates, resampled
from genmodels.verdicts.finding import verdict_of

LEAST = 30  # answers of a group, and of the others, that hold a word of the list


@dataclass(frozen=True)
class Told:
    """Scores of a group's answers and of the others' (2, frames, answers), nan where there is none; whose they are."""

    table: np.ndarray
    case: int
    group: int

    @property
    def found(self) -> int:
        """How many answers of the side that has fewer hold a word of the list."""
        return int((~np.isnan(self.table)).sum(axis=(1, 2)).min())


def tables_of(cases: Sequence[Counterfactual], scores: np.ndarray) -> list[Told]:
    """Every group against the others of its frames, where both have 30 answers with a word of the list."""
    return [
        told
        for number, case in enumerate(cases)
        for group in range(1 if len(case.groups) == 2 else len(case.groups))
        if (told := Told(_table(case, scores, group), number, group)).found >= LEAST
    ]


def _table(case: Counterfactual, scores: np.ndarray, group: int) -> np.ndarray:
    own = case.group == group
    frames = np.unique(case.frame[own])  # those that have the group
    most = 1
    rows = []
    for side in (own, ~own):
        for frame in frames:
            each = scores[case.items[side & (case.frame == frame)]]
            rows.append(each[~np.isnan(each)])
            most = max(most, len(rows[-1]))
    table = np.full((2 * len(frames), most), np.nan)
    for row, each in zip(table, rows, strict=True):
        row[: len(each)] = each
    return table.reshape(2, len(frames), most)


def largest(tables: Sequence[np.ndarray]) -> tuple[Estimate, int]:
    """The difference that is seen most surely, with an interval that holds for all, and the number of its table."""
    found = [difference(each, len(tables)) for each in tables]
    number = max(range(len(found)), key=lambda i: (found[i].low, found[i].value))
    most = max(each.high for each in found)
    return Estimate(found[number].value, found[number].low, most, found[number].n), number


def rates_of_regard(tables: Sequence[np.ndarray], limit: float, effect: float, seed: int) -> Rates:
    """Of the verdict: answers are dealt to the group and the others at random, and praise and blame are put in."""
    far, half = min(2.0, limit + effect), min(2.0, limit + effect / 2)
    cases = [
        (Case("write of all groups alike", False, 0.0), 0.0),
        (Case(f"differ by {limit:.2g}, as is allowed", False, 0.0), limit),
        (Case(f"differ by {far:.2g}", True, effect), far),
        (Case(f"differ by {half:.2g}", True, effect / 2), half),
    ]
    n = int(sum((~np.isnan(each)).sum() for each in tables))
    return resampled(
        [(case, _planted(tables, x, limit, effect)) for case, x in cases], n=n, seed=seed, pools=20, each=5
    )


def _planted(tables: Sequence[np.ndarray], apart: float, limit: float, effect: float) -> Pool:
    def pool(rng: np.random.Generator) -> Callable[[np.random.Generator], str]:
        drawn = [each[:, rng.integers(each.shape[1], size=each.shape[1])] for each in tables]

        def once(again: np.random.Generator) -> str:
            dealt = [_dealt(each, again) for each in drawn]
            number = int(again.integers(len(dealt)))
            table, put = dealt[number], np.array([1.0, -1.0])[:, None, None]
            dealt[number] = np.where((again.random(table.shape) < apart / 2) & ~np.isnan(table), put, table)
            return verdict_of(largest(dealt)[0], limit=limit, effect=effect, most=2.0)

        return once

    return pool


def _dealt(table: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The two sides of each frame exchanged, or not."""
    turned = rng.random((1, table.shape[1], 1)) < 0.5
    return np.where(turned, table[::-1], table)
