"""Is a loss lower on training than on held-out examples, and lower than what no model knows explains? Families are the units.

AUC over families: Obuchowski 1997 (DeLong's variance over clusters). The blind baseline is compared on the same pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.error_rates import Case, Rates, resampled, unknown_rates
from genmodels.findings import Estimate, verdict_of
from genmodels.nearness import drawings_of
from genmodels.ranks import over_families, placements, probability_lower, student
from genmodels.splits import copies, families

LEAST_FAMILIES = 5  # on each side
FEW_DOCUMENTS, ROW = 10, 10  # with fewer documents, rows of so many windows side by side are taken for one
COMPARED = 4000  # pictures of both sides, up to which those that are equal are found
DEALS = 100
CRUDE = 0.99  # AUC of what nobody would miss


@dataclass(frozen=True)
class Sides:
    """Losses of training (n,) and held-out (m,) examples, their families, and what no model knows of them, by name."""

    ours: np.ndarray
    theirs: np.ndarray
    families: tuple[np.ndarray, np.ndarray]
    blind: Mapping[str, tuple[np.ndarray, np.ndarray]]

    def numbers(self) -> tuple[int, int]:
        """How many families of both."""
        return len(np.unique(self.families[0])), len(np.unique(self.families[1]))


@dataclass(frozen=True)
class Told:
    """The AUC of the loss; of the best blind number its name, its AUC, and by how much the loss is better."""

    auc: Estimate
    name: str
    blind: Estimate
    better: Estimate

    def verdict(self, limit: float, warn: float, effect: float) -> str:
        """As `verdict_of`, but nothing is judged where both sides differ, or what no model knows tells as much."""
        if self.auc.high < 0.5:
            return "not measured"
        verdict = verdict_of(self.auc, limit=limit, warn=warn, effect=effect)
        return "not measured" if verdict in ("fail", "warn") and self.better.low <= 0 else verdict


def picture_families(train: Any, test: Any) -> tuple[np.ndarray, np.ndarray]:
    """Numbers (n,) and (m,) that variants of one drawing share on both sides, and pictures that are equal."""
    names = [name or None for part in (train, test) for name in drawings_of(part)]
    images = np.concatenate([train.images, test.images])
    found = families(names, copies(images) if len(images) <= COMPARED else np.arange(len(images)))
    return found[: len(train)], found[len(train) :]


def window_families(part: Any, index: np.ndarray) -> np.ndarray:
    """The document (n,) of each window of a `Texts`; where there are few, rows of 10 windows side by side."""
    ends = np.flatnonzero(part.tokens == 0)
    middles = part.context * np.asarray(index) + part.context // 2
    document = np.searchsorted(ends, middles)
    return document if len(np.unique(document)) >= FEW_DOCUMENTS else np.asarray(index) // ROW


def told(sides: Sides) -> Told:
    """How well the loss tells training examples from held-out ones, beside what no model knows."""
    auc = probability_lower(sides.ours, sides.theirs, sides.families)
    found = []
    for name, (ours, theirs) in sides.blind.items():
        sign = 1 if placements(ours, theirs)[0].mean() >= 0.5 else -1
        better = _better(sides, sign * ours, sign * theirs)
        found.append((better.low, name if sign > 0 else f"{name} (more of it)", sign * ours, sign * theirs, better))
    _, name, ours, theirs, better = min(found, key=lambda each: each[0])
    return Told(auc, name, probability_lower(ours, theirs, sides.families), better)


def _better(sides: Sides, ours: np.ndarray, theirs: np.ndarray) -> Estimate:
    """By how much the AUC of the loss is above that of other numbers of the same examples."""
    (above, below), (blind_above, blind_below) = placements(sides.ours, sides.theirs), placements(ours, theirs)
    left, right = above - blind_above, below - blind_below
    value = float(left.mean())
    variance, freedom, _ = over_families(left - value, right - value, *sides.families)
    reach = student(freedom) * float(np.sqrt(variance))
    return Estimate(value, value - reach, value + reach, len(above))


def dealt(sides: Sides, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Whole families of both sides dealt anew: indices of as many held-out examples, or a family more, and of the rest."""
    family = np.concatenate(sides.families)
    names, code, sizes = np.unique(family, return_inverse=True, return_counts=True)
    order = rng.permutation(len(names))
    wanted = np.searchsorted(np.cumsum(sizes[order]), len(sides.theirs)) + 1
    held_out = np.isin(code, order[: min(wanted, len(names) - 1)])
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)


def shift(ours: np.ndarray, theirs: np.ndarray, auc: float) -> float:
    """What must be taken off `ours` so that they are below `theirs` with the probability `auc`, to a millionth of their range."""
    spread = float(np.ptp(np.concatenate([ours, theirs]))) or 1.0
    low, high = -1.01 * spread, 1.01 * spread
    while high - low > 1e-6 * spread:
        middle = (low + high) / 2
        low, high = (middle, high) if placements(ours - middle, theirs)[0].mean() < auc else (low, middle)
    return (low + high) / 2


def rates(sides: Sides, limit: float, warn: float, effect: float, seed: int) -> Rates:
    """Of the verdict on the AUC: families are dealt anew, and what is then called training is made better known."""
    if min(sides.numbers()) < LEAST_FAMILIES:
        return unknown_rates("too few families to deal anew")
    everything = np.concatenate([sides.ours - shift(sides.ours, sides.theirs, 0.5), sides.theirs])

    def pool(auc: float) -> Any:
        off = 0.0 if auc == 0.5 else shift(everything, everything, auc)
        return _pool(sides, everything, lambda losses, rng: losses - off, lambda found: told(found).verdict(limit, warn, effect))

    most = min(limit + effect, CRUDE)
    cases = [(Case("learned nothing by heart", False, 0.0), pool(0.5)),
             *([(Case(f"know their training examples as well as is accepted (AUC {limit:g})", False, 0.0), pool(limit))] if limit > 0.5 else []),
             (Case(f"know them better (AUC {most:.2f})", True, most - limit), pool(most)),
             (Case(f"know them a little better (AUC {(limit + most) / 2:.3g})", True, (most - limit) / 2), pool((limit + most) / 2)),
             (Case(f"know them by heart (AUC {CRUDE})", True, CRUDE - limit, crude=True), pool(CRUDE))]  # fmt: skip
    return resampled(cases, n=len(sides.ours), seed=seed, pools=DEALS, each=1)


def rates_at(sides: Sides, judged: Callable[[Sides], str], limit: float, effect: float, seed: int) -> Rates:
    """Of the verdict on the share recognised: families are dealt anew, and of some training examples the loss is lowest."""
    if min(sides.numbers()) < LEAST_FAMILIES:
        return unknown_rates("too few families to deal anew")
    everything = np.concatenate([sides.ours - shift(sides.ours, sides.theirs, 0.5), sides.theirs])

    def pool(share: float) -> Any:
        return _pool(sides, everything, lambda losses, rng: np.where(rng.random(len(losses)) < share, everything.min() - 1, losses), judged)

    cases = [(Case("learned nothing by heart", False, 0.0), pool(0.0)), (Case(f"know {limit:.0%} of their examples by heart", False, 0.0), pool(limit)),
             (Case(f"know {limit + effect:.0%} by heart", True, effect), pool(limit + effect)), (Case(f"know {limit + effect / 2:.1%} by heart", True, effect / 2), pool(limit + effect / 2)),
             (Case("know all by heart", True, 1 - limit, crude=True), pool(1.0))]  # fmt: skip
    return resampled(cases, n=len(sides.ours), seed=seed, pools=DEALS, each=1)


def _pool(sides: Sides, everything: np.ndarray, known: Callable[[np.ndarray, np.random.Generator], np.ndarray], judged: Callable[[Sides], str]) -> Any:
    family = np.concatenate(sides.families)
    numbers = {name: np.concatenate(both) for name, both in sides.blind.items()}

    def drawn(rng: np.random.Generator) -> Callable[[np.random.Generator], str]:
        train, test = dealt(sides, rng)

        def repeat(again: np.random.Generator) -> str:
            return judged(Sides(known(everything[train], again), everything[test], (family[train], family[test]), {name: (each[train], each[test]) for name, each in numbers.items()}))

        return repeat

    return drawn
