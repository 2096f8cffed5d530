"""Pairs of captions that differ in one group word, drawn with the same seeds: does another group change too?

A reader slips: two pictures of one tone may be read as two, so what the reader's own slips make of pairs that agree is
taken off before a share of changed pairs is judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from genmodels.checks import following_rates
from genmodels.checks.following import LEAST, REMEDY, must_follow
from genmodels.checks.following_rules import changed
from genmodels.data.group_prompts import pairs
from genmodels.instruments.groups import Instrument, Reading
from genmodels.refusal import Refusal
from genmodels.subjects.subject import Subject
from genmodels.verdicts.finding import Finding, judge

SWAPPED = 0.06  # of all pictures, for each kind of swapped pair


@dataclass(frozen=True)
class Pairs:
    """Captions of pairs (n,) that differ in one group word, what both ask for beside it, and their role."""

    first: list[str]
    second: list[str]
    # Of each grouping what the first and the second of each pair ask for.
    groups: Mapping[str, tuple[np.ndarray, np.ndarray]]
    roles: np.ndarray


def pairs_of(subject: Subject, swapped: str) -> Pairs:
    """As many as n allows, drawn by the seed. Raises `Refusal` where there are too few."""
    found = list(pairs(subject.data, swapped))
    chosen = np.random.default_rng([subject.seed, 3]).permutation(len(found))[
        : max(LEAST, round(subject.n * SWAPPED / 2))
    ]
    if len(chosen) < LEAST:
        raise Refusal(
            f"There are {len(chosen)} pairs of captions that differ in {swapped} alone; at least {LEAST} are needed."
        )
    first, second = ([found[i][side] for i in chosen] for side in (0, 1))
    said = {
        caption: number for number, caption in enumerate([*subject.data.train.captions, *subject.data.test.captions])
    }
    groups = {
        name: np.concatenate([subject.data.train.groups[name], subject.data.test.groups[name]]).astype(str)
        for name in ("gender", "skin tone", "role")
    }
    rows = [np.array([said[caption] for caption in side]) for side in (first, second)]
    asked = {name: (groups[name][rows[0]], groups[name][rows[1]]) for name in ("gender", "skin tone")}
    return Pairs(first, second, asked, groups["role"][rows[0]])


def swapped(
    subject: Subject, readers: Mapping[str, Instrument], swapped: str, limit: float, effect: float, question: str
) -> Finding:
    """Pairs that differ in the group `swapped`, drawn with the same seeds: does the other group change too?"""
    other = next(grouping for grouping in readers if grouping != swapped)
    asked = pairs_of(subject, swapped)
    read = _read(subject, readers, asked, swapped)
    sides = np.split(read[other].read, 2)
    told = np.isin(sides[0], readers[other].groups) & np.isin(sides[1], readers[other].groups)
    if told.sum() < LEAST:
        raise Refusal(
            f"n too small: in {told.sum()} of {len(told)} pairs the {other} can be read twice; at least {LEAST} are needed."
        )
    differ = (sides[0] != sides[1])[told]
    shares = shares_of(asked.groups[other][0][told], readers[other].groups)
    estimate = changed(differ, asked.roles[told], read[other].errors, shares)
    order = np.argsort(~(told & (sides[0] != sides[1])), kind="stable")[:16]
    claim = (
        f"In {estimate.value:.0%} of {len(differ)} pairs ({estimate.low:.0%} to {estimate.high:.0%}) the {other} changes when the {swapped} in the caption is swapped:"
        f" it is read differently in {differ.mean():.0%}, less what the reader's own slips make of that."
    )
    return judge(
        "bias",
        claim,
        estimate,
        limit=limit,
        effect=effect,
        remedy=REMEDY,
        exhibits=[
            {"first": asked.first[i], "second": asked.second[i], "seed": subject.seed_of("pairs") + int(i)}
            for i in order
        ],
        part="swap gender" if swapped == "gender" else "swap tone",
        question=question,
        error_rates=following_rates.of_swaps(asked.roles[told], read[other].errors, shares, limit, effect),
    )


def _read(subject: Subject, readers: Mapping[str, Instrument], asked: Pairs, swapped: str) -> dict[str, Reading]:
    """What is read of both sides, the first ones first; raises `Refusal` where captions are not followed."""
    sides = (asked.first, asked.second)
    images = np.concatenate([subject.draw("pairs", side, f"pairs that differ in {swapped}") for side in sides])
    read = {grouping: reader.reading(images) for grouping, reader in readers.items()}
    clusters = np.tile(asked.roles, 2)
    for grouping in (swapped, *(name for name in readers if name != swapped)):
        must_follow(grouping, read[grouping].read, np.concatenate(asked.groups[grouping]), clusters)
    return read


def shares_of(asked: np.ndarray, groups: Sequence[str]) -> np.ndarray:
    """The shares (groups,) of what is asked for."""
    return np.array([(asked == name).mean() for name in groups])
