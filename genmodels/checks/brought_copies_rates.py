"""How often the verdicts on brought copies are wrong: copies are planted among the pictures that nobody copied.

These are dealt by families, anew for every pool, into what says what a copy is and what an honest model draws. Copies are
training pictures changed in each way: half of them tell the rule what a copy is, the others are planted. Nothing is
searched again: what was found is dealt out, and judged by the very rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from genmodels.checks.brought_copies import LEAST_FAMILIES, Brought, Searched
from genmodels.checks.brought_copies_rule import Rule, Scores, ways_of
from genmodels.kinds.image.copied_ways import AS_THEY_ARE
from genmodels.verdicts.error_rates import Case, Pool, Rates, resampled, unknown_rates
from genmodels.verdicts.finding import Finding

LEAST_TRAINING = 50
POOLS, EACH = 20, 5
REFERENCE = 2 / 3  # of the families say what chance does
CRUDE = 0.05  # the share of copies that nobody should miss
FOUND = 0.8  # of planted copies, from which a pass means something


class Dealt(Protocol):
    """What is dealt out: so many outputs, among pictures that nobody copied of the families `known`, and copies by their way."""

    @property
    def n(self) -> int:
        """How many outputs there are."""

    @property
    def known(self) -> np.ndarray:
        """The families of pictures that nobody copied that may be dealt."""

    @property
    def searched(self) -> Searched:
        """What is searched."""

    @property
    def plants(self) -> Mapping[str, Scores]:
        """Copies of training pictures, by the way they were made."""


def why_not(brought: Brought) -> str:
    """Why nothing can be planted, "" where it can."""
    if len(brought.training) < LEAST_TRAINING:
        return f"there are {len(brought.training)} training pictures and at least {LEAST_TRAINING} are needed to plant copies of"
    if (families := len(brought.known)) < LEAST_FAMILIES:
        return f"the pictures that nobody copied are {families} families and at least {LEAST_FAMILIES} are needed to plant copies among"
    return ""


def rates_of(brought: Brought, kind: str, limit: float, effect: float) -> Rates:
    """Of the verdict on that kind of copy at this limit; `power` is of the way of copying that is found least."""
    if reason := why_not(brought):
        return unknown_rates(reason)
    n, whole = brought.n, min(1.0, limit + effect)
    plain, *others = ways_of(kind)

    def says(share: float, way: str) -> str:
        return f"copy {100 * share:.3g} % of their pictures{', as they are' if way == AS_THEY_ARE else f', {way}'}"

    def pool(share: float, way: str) -> Pool:
        return dealt(brought, kind, share, way, limit, effect)

    cases = [(Case("copy nothing", False, 0.0), pool(0.0, plain))]
    if limit > 0:
        cases.append((Case(f"copy the accepted {100 * limit:.3g} %", False, 0.0), pool(limit, plain)))
    cases.append((Case(says(limit + effect / 2, plain), True, effect / 2), pool(min(1.0, limit + effect / 2), plain)))
    cases += [(Case(says(whole, way), True, effect), pool(whole, way)) for way in (plain, *others)]
    if limit + effect < CRUDE:
        cases.append((Case(says(CRUDE, plain), True, CRUDE - limit, crude=True), pool(CRUDE, plain)))
    rates = resampled(cases, n=n, seed=brought.subject.seed, pools=POOLS, each=EACH)
    least = min(
        (row for row in rates["cases"] if row["effect"] == effect and not row["crude"]), key=lambda row: row["rate"]
    )
    return rates | {
        "power": least["rate"],
        "power_low": least["low"],
        "case": least["case"],
        "passed": least["passed"],
        "warned_of": 0.0,
    }


def dealt(brought: Dealt, kind: str, share: float, way: str, limit: float, effect: float) -> Pool:
    """Outputs of which `share` are copies made in that way, judged as brought ones are."""
    n, searched, every = brought.n, brought.searched, brought.known

    def drawn(rng: np.random.Generator) -> Callable[[np.random.Generator], str]:
        known = rng.permutation(every)[: round(REFERENCE * len(every))]
        rows, drawing = (np.flatnonzero(np.isin(searched.names, some)) for some in (known, np.setdiff1d(every, known)))
        order = rng.permutation(len(brought.plants[way].hits))
        told, kept = order[::2], order[1::2]
        plants = {each: scores.take(told).nearest(known) for each, scores in brought.plants.items()}
        honest, names = searched.honest(rows, known), searched.names[rows]
        rule = Rule.of(kind, honest, names, plants, searched.odds(known), n, effect, rng)
        innocents, guilty = searched.honest(drawing, known), brought.plants[way].take(kept).nearest(known)

        def repeat(again: np.random.Generator) -> str:
            many = round(share * n)
            ours = innocents.take(again.choice(len(drawing), n - many))
            if many:
                ours = ours.beside(guilty.take(again.choice(len(kept), many, replace=many > len(kept))))
            return rule.held(ours).verdict(limit, effect)

        return repeat

    return drawn


def or_overlooked(finding: Finding, rates: Mapping[str, Any], limit: float, effect: float) -> Finding:
    """The finding; a pass is none where copies planted in some way are found in fewer than eight of ten tries."""
    weak = [
        row["case"].partition(", ")[2]
        for row in rates.get("cases", ())
        if row["culprit"] and row["effect"] == effect and not row["crude"] and row["rate"] < FOUND
    ]
    if finding.verdict != "pass" or not weak:
        return finding
    why = f"copies {'; '.join(weak)} would be found in fewer than 8 of 10 tries even if they were {100 * (limit + effect):.3g} % of the outputs"
    return replace(
        finding,
        verdict="not measured",
        reason=f"A pass would mean nothing here: {why}; more outputs, or more pictures that the model never saw, would tell.",
    )
