"""Is a loss lower on training than on held-out examples, and lower than what no model knows explains? Families are the units.

AUC over families: Obuchowski 1997 (DeLong's variance over clusters). An attacker who allows for how hard an example is anyway
sees more (Watson et al. 2021, arXiv 2111.08440): here for ink, edges and bytes, which no model knows, so that a difference in
them between both sides is not taken for memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from genmodels.estimates.estimate import Estimate
from genmodels.estimates.ranks import placements, probability_lower
from genmodels.estimates.splits import copies, families
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.image.near_copies import drawings_of
from genmodels.kinds.text.examples import Texts
from genmodels.refusal import Refusal
from genmodels.verdicts.error_rates import Case, Rates, resampled, unknown_rates
from genmodels.verdicts.finding import verdict_of

LEAST_FAMILIES = 5  # on each side
FEW_DOCUMENTS, ROW = 10, 10  # with fewer documents, rows of so many windows side by side are taken for one
COMPARED = 4000  # pictures of both sides, up to which those that are equal are found
POOLS, EACH, FITTED, TRIES = (
    25,
    4,
    5,
    20,
)  # pools of families drawn anew, deals of each into two; pools on which the planted AUC is set; tries to draw one
Deal = tuple[
    np.ndarray, np.ndarray, np.ndarray, np.ndarray
]  # what is called training and held out, and the families of both
TOO_FEW = "too few families to draw halves from"
NOTHING = 1e-4  # of the spread of losses: what numbers that no model knows leave of one of them, but for rounding
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
    """The AUC of the loss, allowing for what no model knows; of the loss as it is; and of the best number that no model knows."""

    auc: Estimate
    alone: Estimate
    name: str
    blind: Estimate


def verdict_on(auc: Estimate, limit: float, warn: float, effect: float) -> str:
    """As `verdict_of`, but nothing is judged where the interval lies wholly below one half: then both sides differ."""
    return "not measured" if auc.high < 0.5 else verdict_of(auc, limit=limit, warn=warn, effect=effect)


def picture_families(train: Examples, test: Examples) -> tuple[np.ndarray, np.ndarray]:
    """Numbers (n,) and (m,) that variants of one drawing share on both sides, and pictures that are equal."""
    names = [name or None for part in (train, test) for name in drawings_of(part)]
    images = np.concatenate([train.images, test.images])
    found = families(names, copies(images) if len(images) <= COMPARED else np.arange(len(images)))
    return found[: len(train)], found[len(train) :]


def window_families(part: Texts, index: np.ndarray) -> np.ndarray:
    """The module (n,) of each window of a `Texts`, else its document; where there are few, rows of 10 windows side by side."""
    middles = part.context * np.asarray(index) + part.context // 2
    document = np.maximum(np.cumsum(part.tokens == 0)[middles] - 1, 0)
    if len(part.families) == len(part.documents) > 0:
        document = np.unique(np.array(part.families), return_inverse=True)[1][
            np.minimum(document, len(part.documents) - 1)
        ]
    return document if len(np.unique(document)) >= FEW_DOCUMENTS else np.asarray(index) // ROW


def told(sides: Sides) -> Told:
    """How well the loss tells training examples from held-out ones, beside what no model knows."""
    blind = []
    for name, (ours, theirs) in sides.blind.items():
        sign = 1 if placements(ours, theirs)[0].mean() >= 0.5 else -1
        blind.append(
            (
                probability_lower(sign * ours, sign * theirs, sides.families),
                f"less of {name}" if sign > 0 else f"more of {name}",
            )
        )
    best, name = max(blind, key=lambda each: each[0].value)
    return Told(auc_of(sides), probability_lower(sides.ours, sides.theirs, sides.families), name, best)


def auc_of(sides: Sides) -> Estimate:
    """P(a training example has the lower loss), allowing for what no model knows, over families."""
    return probability_lower(*beyond(sides), sides.families)


def beyond(sides: Sides) -> tuple[np.ndarray, np.ndarray]:
    """What numbers that no model knows leave of the losses of both: the rest of a quadratic fit to both sides together.

    The fit does not know which side is which, so where nothing was learned by heart either side is as likely to be lower.
    """
    losses, parts = np.concatenate([sides.ours, sides.theirs]), []
    for both in sides.blind.values():
        number = np.concatenate(both).astype(float)
        number = (number - number.mean()) / (number.std() or 1.0)
        parts += [number, number**2]
    explaining = np.stack([np.ones(len(losses)), *parts], axis=1)
    both_ways = explaining.T @ explaining + 1e-9 * len(losses) * np.eye(
        explaining.shape[1]
    )  # where two numbers say the same
    centred = losses - losses.mean()
    rest = centred - explaining @ np.linalg.solve(both_ways, explaining.T @ centred)
    if rest.std() <= NOTHING * losses.std():
        rest = np.zeros(len(losses))  # the loss is one of these numbers
    return rest[: len(sides.ours)], rest[len(sides.ours) :]


def dealt(sides: Sides, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Whole families of both sides dealt anew: indices of what is called training, and of about as many held-out examples."""
    held_out = _held_out(np.unique(np.concatenate(sides.families), return_inverse=True)[1], sides, rng)
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)


def _held_out(code: np.ndarray, sides: Sides, rng: np.random.Generator) -> np.ndarray:
    """A mask (n,) of whole families, by their numbers, that hold about as many examples as were held out.

    None that is larger than the largest held-out one is held out, as none was.
    """
    sizes, largest = np.bincount(code), np.unique(sides.families[1], return_counts=True)[1].max()
    wanted, chosen, held_out = len(sides.theirs), np.zeros(code.max() + 1, bool), 0
    for each in rng.permutation(np.flatnonzero(sizes <= largest)):
        if sizes[each] <= 1.05 * wanted - held_out + 1:
            chosen[each] = True
            held_out += int(sizes[each])
        if held_out >= 0.95 * wanted:
            break
    return chosen[code]


def shift(ours: np.ndarray, theirs: np.ndarray, auc: float) -> float:
    """What must be taken off `ours` so that they are below `theirs` with the probability `auc`, to a millionth of their range."""
    spread = float(np.ptp(np.concatenate([ours, theirs]))) or 1.0
    low, high = -1.01 * spread, 1.01 * spread
    while high - low > 1e-6 * spread:
        middle = (low + high) / 2
        low, high = (middle, high) if placements(ours - middle, theirs)[0].mean() < auc else (low, middle)
    return (low + high) / 2


def rates(sides: Sides, limit: float, warn: float, effect: float, seed: int) -> Rates:
    """Of the verdict on the AUC: families are drawn and dealt anew, and what is then called training is made better known."""
    if min(sides.numbers()) < LEAST_FAMILIES:
        return unknown_rates(TOO_FEW)
    most = min(limit + effect, CRUDE)
    cases = [
        (Case("memorised nothing", False, 0.0), 0.5),
        *(
            [(Case(f"know their training examples as well as is accepted (AUC {limit:g})", False, 0.0), limit)]
            if limit > 0.5
            else []
        ),
        (Case(f"know their training examples so well (AUC {most:.2f})", True, most - limit), most),
        (Case(f"know them less well (AUC {(limit + most) / 2:.3g})", True, (most - limit) / 2), (limit + most) / 2),
        (Case(f"memorised them (AUC {CRUDE})", True, CRUDE - limit, crude=True), CRUDE),
    ]
    deals, losses = _deals(sides, seed), _levelled(sides)
    few = [beyond(_taken(sides, losses, deal)) for pool in deals[:FITTED] for deal in pool]
    one, other = (np.concatenate([each[side] for each in few]) for side in (0, 1))
    off = {auc: 0.0 if auc == 0.5 else shift(one, other, auc) for _, auc in cases}
    return _planted(
        sides,
        losses,
        deals,
        seed,
        lambda each: verdict_on(auc_of(each), limit, warn, effect),
        [(case, lambda losses, rng, auc=auc: losses - off[auc]) for case, auc in cases],
    )


def rates_at(sides: Sides, judged: Callable[[Sides], str], limit: float, effect: float, seed: int) -> Rates:
    """Of the verdict on the share recognised: families are drawn and dealt anew, and of some training examples the loss is lowest."""
    if min(sides.numbers()) < LEAST_FAMILIES:
        return unknown_rates(TOO_FEW)
    lowest = float(np.concatenate([sides.ours, sides.theirs]).min() - 3 * sides.theirs.std() - 1)
    cases = [
        (Case("memorised nothing", False, 0.0), 0.0),
        (Case(f"have memorised {limit:.0%} of their examples", False, 0.0), limit),
        (Case(f"have memorised {limit + effect:.0%}", True, effect), limit + effect),
        (Case(f"have memorised {limit + effect / 2:.1%}", True, effect / 2), limit + effect / 2),
        (Case("memorised all", True, 1 - limit, crude=True), 1.0),
    ]
    return _planted(
        sides,
        _levelled(sides),
        _deals(sides, seed),
        seed,
        judged,
        [
            (case, lambda losses, rng, share=share: np.where(rng.random(len(losses)) < share, lowest, losses))
            for case, share in cases
        ],
    )


def _levelled(sides: Sides) -> np.ndarray:
    """Losses (n + m,) of both, those of training examples raised until nothing is told any more."""
    return np.concatenate([sides.ours - shift(*beyond(sides), 0.5), sides.theirs])


def _deals(sides: Sides, seed: int) -> list[list[Deal]]:
    """Families of both sides drawn anew with replacement, each a family of its own, and dealt into two: pools of deals.

    Without drawing anew all deals would share the families at hand, which may be even by chance: innocents would be
    accused less often than those of other data are.
    """
    rows = _rows(np.unique(np.concatenate(sides.families), return_inverse=True)[1])
    return [_pool(sides, rows, np.random.default_rng([seed, number, 37])) for number in range(POOLS)]


def _pool(sides: Sides, rows: list[np.ndarray], rng: np.random.Generator) -> list[Deal]:
    """Families drawn once, and dealt a few times; drawn again where one side would be a single family."""
    for _ in range(TRIES):
        drawn = [rows[i] for i in rng.integers(len(rows), size=len(rows))]
        index, code = np.concatenate(drawn), np.repeat(np.arange(len(drawn)), [len(each) for each in drawn])
        masks = [_held_out(code, sides, rng) for _ in range(EACH)]
        if all(min(len(np.unique(code[held])), len(np.unique(code[~held]))) > 1 for held in masks):
            return [(index[~held], index[held], code[~held], code[held]) for held in masks]
    raise Refusal(
        f"The {len(rows)} families are so unlike in size that they can't be divided into two halves; give more."
    )


def _rows(code: np.ndarray) -> list[np.ndarray]:
    """The indices of each family, of their numbers (n,)."""
    order = np.argsort(code, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(code[order])) + 1)


def _taken(sides: Sides, losses: np.ndarray, deal: Deal) -> Sides:
    """Both sides anew, of losses (n + m,)."""
    train, test, *families = deal
    numbers = {name: np.concatenate(both) for name, both in sides.blind.items()}
    return Sides(
        losses[train],
        losses[test],
        (families[0], families[1]),
        {name: (each[train], each[test]) for name, each in numbers.items()},
    )


def _planted(
    sides: Sides,
    losses: np.ndarray,
    deals: list[list[Deal]],
    seed: int,
    judged: Callable[[Sides], str],
    cases: Sequence[tuple[Case, Callable[..., np.ndarray]]],
) -> Rates:
    """Each case, a function of (losses, generator) of what is called training, on the same deals; n counts the families held out."""

    def pool(known: Callable[[np.ndarray, np.random.Generator], np.ndarray]) -> Any:
        left = iter(deals)

        def drawn(rng: np.random.Generator) -> Callable[[np.random.Generator], str]:
            own = iter(next(left))

            def repeat(again: np.random.Generator) -> str:
                each = _taken(sides, losses, next(own))
                return judged(replace(each, ours=known(each.ours, again)))

            return repeat

        return drawn

    found = resampled(
        [(case, pool(known)) for case, known in cases], n=sides.numbers()[1], seed=seed, pools=POOLS, each=EACH
    )
    return found | {"families": list(sides.numbers()), "examples": [len(sides.ours), len(sides.theirs)]}
