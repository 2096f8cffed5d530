"""The pairs of one finding in two audits: which output of the one answers what an output of the other answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from genmodels.estimates.paired import Difference, paired
from genmodels.estimates.splits import families
from genmodels.refusal import Refusal
from genmodels.review.kept_items import Kept

LEAST = 0.5  # of either side's items that must be in a pair


class Side(Protocol):
    """What is asked of an audit to pair its items."""

    @property
    def items(self) -> Mapping[tuple[str, str, str], Kept]:
        """By audit, part and series."""

    @property
    def outputs(self) -> str:
        """The SHA-256 of what was brought."""

    @property
    def seal(self) -> str:
        """The seal of the plan that it answers."""


@dataclass(frozen=True)
class Paired:
    """The differences of a finding by pairs, by series, and in words how they were found; or why there are none."""

    differences: tuple[tuple[str, Difference], ...]
    said: str


def by_pairs(key: tuple[str, str], first: Side, second: Side, seed: int) -> Paired:
    """The finding's difference by pairs, of each series that both have; none where too few pairs are found."""
    mine = {series: each for (*name, series), each in first.items.items() if tuple(name) == key}
    other = {series: each for (*name, series), each in second.items.items() if tuple(name) == key}
    if not mine or not other:
        return Paired((), f"The {'first' if not mine else 'second'} audit kept no items of it.")
    by_id = bool((first.seal and first.seal == second.seal) or (first.outputs and first.outputs == second.outputs))
    found, said = list[tuple[str, Difference]](), ""
    for series in (each for each in mine if each in other):
        if mine[series].rule != other[series].rule:
            return Paired((), "What counts as yes was found anew in each audit and came out otherwise.")
        try:
            made, said = _compared(mine[series], other[series], by_id, seed)
        except Refusal as refusal:
            return Paired((), str(refusal))
        found.append((series, made))
    return Paired(tuple(found), said or "The two audits looked at other groups.")


def _compared(mine: Kept, other: Kept, by_id: bool, seed: int) -> tuple[Difference, str]:
    keys = [dict(zip(*_keyed(each, by_id), strict=True)) for each in (mine, other)]
    both = [key for key in keys[0] if key in keys[1]]
    few = min(len(both) / max(len(each.values), 1) for each in (mine, other))
    if few < LEAST:
        how = "id" if by_id else "prompt and number"
        raise Refusal(
            f"By {how} only {len(both):,} pairs are found among {len(mine.values):,} and {len(other.values):,}."
        )
    rows = [np.array([each[key] for key in both], int) for each in keys]
    units = families(*([side.units[i] for i in at] for side, at in zip((mine, other), rows, strict=True)))
    made = paired(mine.values[rows[0]], other.values[rows[1]], units, size=mine.size, seed=seed)
    how = "id of the question" if by_id else "prompt and number"
    noun = "sets of prompts" if mine.size else f"outputs, by {how}"
    left = [len(each.values) - len(both) for each in (mine, other)]
    told = f"{len(both):,} pairs of {noun}."
    return made, told + (f" {left[0]:,} and {left[1]:,} are in no pair." if any(left) else "")


def _keyed(kept: Kept, by_id: bool) -> tuple[list[str], list[int]]:
    """The keys of its items and their places; without those that have no key, and of equal ones the first."""
    first: dict[str, int] = {}
    for place, key in enumerate(kept.ids if by_id else kept.prompts):
        if key:
            first.setdefault(key, place)
    return list(first), list(first.values())
