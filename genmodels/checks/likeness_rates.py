"""How often verdicts on the likeness of outputs are wrong, counted on the pictures they are compared with.

Innocents are pictures of the first half, dealt anew by families, in place of outputs; culprits are the same with a part that
is made odd, a region of balls that is left empty, or distances that are made smaller.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from genmodels.checks.likeness import Held, empty_balls, less_varied, missed, odd
from genmodels.estimates.estimate import Estimate
from genmodels.verdicts.error_rates import Case, Pool, Rates, resampled
from genmodels.verdicts.finding import verdict_of

POOLS, EACH = 20, 5
Planted = Callable[
    [np.random.Generator, np.ndarray, np.ndarray, float], Estimate
]  # rows in place of outputs, and of others


def rates_of(held: Held, part: str, limit: float, effect: float, seed: int) -> Rates:
    """Of the verdict on "odd", "missed" or "less varied"."""
    says = {
        "odd": "give {} odd pictures more than there are",
        "missed": "leave out {} of what there is",
        "less varied": "vary by {} less",
    }[part]
    far, half = min(1.0, limit + effect), min(1.0, limit + effect / 2)
    cases = [
        (Case("draw as what they are compared with was drawn", False, 0.0), 0.0),
        (Case(says.format(f"the accepted {limit:.0%}"), False, 0.0), limit),
        (Case(says.format(f"{far:.0%}"), True, effect), far),
        (Case(says.format(f"{half:.0%}"), True, effect / 2), half),
    ]
    measure = {"odd": _odd, "missed": _missed, "less varied": _less_varied}[part](held)
    n = len(held.odd[0])
    pooled = [(case, _pool(held, measure, planted, limit, effect)) for case, planted in cases]
    return resampled(pooled, n=n, seed=seed, pools=POOLS, each=EACH)


def _pool(held: Held, measure: Planted, planted: float, limit: float, effect: float) -> Pool:
    numbers = np.unique(held.families[0], return_inverse=True)[1]
    rows = np.split(np.argsort(numbers, kind="stable"), np.cumsum(np.bincount(numbers))[:-1])

    def drawn(rng: np.random.Generator, wanted: int) -> np.ndarray:
        return np.concatenate([rows[i] for i in rng.integers(len(rows), size=len(rows))])[:wanted]

    def pool(rng: np.random.Generator) -> Callable[[np.random.Generator], str]:
        others = drawn(rng, len(numbers))

        def once(again: np.random.Generator) -> str:
            found = measure(again, drawn(again, len(numbers)), others, planted)
            return verdict_of(found, limit=limit, effect=effect)

        return once

    return pool


def _odd(held: Held) -> Planted:
    def measure(rng: np.random.Generator, ours: np.ndarray, others: np.ndarray, planted: float) -> Estimate:
        flags, families = held.odd[1], held.families[0]
        free = max(1e-9, 1 - float(flags.mean()))
        return odd(
            flags[ours] | (rng.random(len(ours)) < planted / free), flags[others], families[ours], families[others]
        )

    return measure


def _missed(held: Held) -> Planted:
    def measure(rng: np.random.Generator, ours: np.ndarray, others: np.ndarray, planted: float) -> Estimate:
        inside, families = held.inside[1], held.families[1]
        empty, natural = (empty_balls(inside, each) for each in (ours, others))
        region = np.zeros(len(empty), bool)
        full = np.flatnonzero(~empty)
        region[rng.permutation(full)[: round(planted * len(empty))]] = True
        return missed(empty | region, natural, families)

    return measure


def _less_varied(held: Held) -> Planted:
    def measure(rng: np.random.Generator, ours: np.ndarray, others: np.ndarray, planted: float) -> Estimate:
        apart, families = held.apart[1], held.families[0]
        smaller = apart[np.ix_(ours, ours)] * (1 - planted)
        return less_varied(smaller, apart[np.ix_(others, others)], families[ours], families[others])

    return measure
