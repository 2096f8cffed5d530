"""How often verdicts on shares of labels are wrong, counted in place: labels of a planted share are dealt from those at hand.

An example keeps what the reader guesses of it and its prompt, so that a reader is as good or bad as it was found to be here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from genmodels.checks.label_shares import Told
from genmodels.estimates.estimate import Estimate
from genmodels.subjects.outputs import Outputs
from genmodels.verdicts.error_rates import Case, Pool, Rates, kept_by, resampled, unknown_rates
from genmodels.verdicts.finding import verdict_of

MOST_OTHERS = 4000  # guesses that are dealt in one repetition
LEAST = 10  # labels to deal from
POOLS, EACH = 25, 8
VERSION = 1  # of how rates are counted


def rates_of_share(told: Told, limit: float, effect: float, seed: int, what: str) -> Rates:
    """Of the verdict on a share at this limit; `what` completes "models of which a share are ..."."""
    n = len(told.labels)
    if n < LEAST:
        return unknown_rates(f"there are {n} labels, and at least {LEAST} are needed to deal from")

    def pool(planted: float) -> Pool:
        def drawn(rng: np.random.Generator) -> Callable[[np.random.Generator], str]:
            rows = rng.integers(n, size=n)
            return lambda again: verdict_of(dealt(told, rows, planted, again).share(), limit=limit, effect=effect)

        return drawn

    told, planted = numbered(told), _planted(limit, effect, what)
    return resampled([(case, pool(share)) for case, share in planted], n=n, seed=seed, pools=POOLS, each=EACH)


def _planted(limit: float, effect: float, what: str) -> list[tuple[Case, float]]:
    whole, half = min(1.0, limit + effect), min(1.0, limit + effect / 2)
    cases = [(Case(f"have {100 * limit / 2:.3g} % {what}", False, 0.0), limit / 2)]
    if limit > 0:
        cases.append((Case(f"have the accepted {100 * limit:.3g} % {what}", False, 0.0), limit))
    return [
        *cases,
        (Case(f"have {100 * whole:.3g} % {what}", True, effect), whole),
        (Case(f"have {100 * half:.3g} % {what}", True, effect / 2), half),
    ]


def rates_of_difference(
    first: Told,
    second: Told,
    limit: float,
    effect: float,
    seed: int,
    measure: Callable[[Told, Told], Estimate],
) -> Rates:
    """Of the verdict on the difference of a share between two groups; `measure` gives its size."""
    n = len(first.labels) + len(second.labels)
    if min(len(first.labels), len(second.labels)) < LEAST:
        return unknown_rates(f"a group has fewer than {LEAST} labels to deal from")
    first, second = numbered(first), numbered(second)
    middle = float(np.mean(np.concatenate([first.labels, second.labels])))

    def pool(gap: float) -> Pool:
        low = float(np.clip(middle - gap / 2, 0, max(0.0, 1 - gap)))

        def drawn(rng: np.random.Generator) -> Callable[[np.random.Generator], str]:
            rows = [rng.integers(len(each.labels), size=len(each.labels)) for each in (first, second)]

            def repeat(again: np.random.Generator) -> str:
                lower, higher = again.permutation([low, min(1.0, low + gap)])
                found = measure(dealt(first, rows[0], lower, again), dealt(second, rows[1], higher, again))
                return verdict_of(found, limit=limit, effect=effect)

            return repeat

        return drawn

    whole, half = min(1.0, limit + effect), min(1.0, limit + effect / 2)
    cases = [
        (Case("treat both groups alike", False, 0.0), 0.0),
        (Case(f"differ by the accepted {100 * limit:.3g} points between groups", False, 0.0), limit),
        (Case(f"differ by {100 * whole:.3g} points between groups", True, effect), whole),
        (Case(f"differ by {100 * half:.3g} points between groups", True, effect / 2), half),
    ]
    return resampled([(case, pool(gap)) for case, gap in cases], n=n, seed=seed, pools=POOLS, each=EACH)


def numbered(told: Told) -> Told:
    """The same with numbers for prompts, which are quicker to count."""
    return Told(told.labels, told.rows, np.unique(told.prompts, return_inverse=True)[1], told.guesses)


def dealt(told: Told, rows: np.ndarray, planted: float, rng: np.random.Generator) -> Told:
    """As many labels with this true share, dealt from `rows` of those at hand, with guesses of others of the same share."""
    given = told.labels[rows] >= 0.5
    pools = [rows[~given] if (~given).any() else rows, rows[given] if given.any() else rows]
    labels = (rng.random(len(told.labels)) < planted).astype(float)
    chosen = _from(pools, labels, rng)
    if told.read is None or told.guesses is None:
        return Told(labels, np.arange(len(labels)), told.prompts[chosen], None)
    others = (rng.random(min(len(told.read.others), MOST_OTHERS)) < planted).astype(float)
    guesses = told.read.labelled[np.concatenate([chosen, _from(pools, others, rng)])]
    return Told(labels, np.arange(len(labels)), told.prompts[chosen], guesses)


def _from(pools: list[np.ndarray], labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A row (n,) for each label: of those without the answer (0) or with it (1)."""
    without, with_it = (pool[rng.integers(len(pool), size=len(labels))] for pool in pools)
    return np.where(labels > 0, with_it, without)


def kept_rates(what: tuple[Any, ...], subject: Outputs, compute: Callable[[], Rates]) -> Rates:
    """Error rates, counted once for the same labels, guesses, limit and effect."""
    parts = [part for each in what for part in (_arrays(each) if isinstance(each, Told) else [each])]
    return kept_by(["shares", VERSION, subject.seed, *parts], compute)


def _arrays(told: Told) -> list[Any]:
    read = told.read
    return [told.labels, " ".join(told.prompts), *([read.labelled, read.others] if read is not None else ["no reader"])]
