"""How far from what errors were counted on pictures may lie and still be read: fitted, not chosen.

The held-out roles are dealt into halves, ten times; conditions are those of one half, and sets of drawings of the other,
worn in each of `WAYS`, give the limits, so that 99 % of them are read. How many are refused (`refused`, kept beside the
limits) is counted on a third of the roles with the limits and conditions that the other two thirds give, each third in
turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from genmodels.instruments.reading_errors import Counted
from genmodels.instruments.readers import NONE
from genmodels.instruments.reading_domain import Sight, sight
from genmodels.instruments.reading_errors import GREY, HOME, TONELESS, Counted, summed
from genmodels.refusal import Refusal

READ = 0.99  # share of readable sets that the limits let through
SETS, PICTURES, DEALS = 20, 400, 10  # sets of each way to fit and to count, of so many pictures; deals of the roles


def fitted(classes: Sequence[str], measured: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """`limits` (4,) for a reader of `classes` from what was measured (`reading_errors.measure`), and the share `refused` of
    readable sets of roles by limits and conditions of other roles: thirds take turns."""
    nobody, third = measured["role"] == "", np.unique(measured["role"], return_inverse=True)[1] % 3
    ways, rates = tuple(map(str, measured["ways"])), []
    for kept in range(3):
        others = (third != kept) | nobody
        counted = Counted(
            tuple(classes), ways, summed(measured, others) | {"limits": _limits(classes, measured, others)}
        )
        rates.append(refused(counted, [each[:2] for each in _sets(counted, measured, (third == kept) & ~nobody, SETS)]))
    return {"limits": _limits(classes, measured, np.ones(len(nobody), bool)), "refused": np.array(np.mean(rates))}


def _limits(classes: Sequence[str], measured: dict[str, np.ndarray], chosen: np.ndarray) -> np.ndarray:
    """The limits (4,) that let `READ` of readable sets through, by deals of the roles chosen (n,) into halves."""
    role, nobody = np.unique(measured["role"], return_inverse=True)[1], measured["role"] == ""
    found = []
    for deal in range(DEALS):
        first = np.random.default_rng([deal, 52]).permutation(role.max() + 1)[role] % 2 == 0
        counted = Counted(
            tuple(classes), tuple(map(str, measured["ways"])), summed(measured, chosen & (first | nobody))
        )
        found += [_distances(counted, *each) for each in _sets(counted, measured, chosen & ~first, SETS // DEALS)]
    strange, alike = np.quantile([each[:2] for each in found], READ, axis=0)
    lacking = np.array([least(alike) - sure for _, _, least, sure in found])
    return np.array([strange, alike, *np.maximum(np.quantile(lacking, READ, axis=0), 0)])


def _distances(
    counted: Counted, seen: Sight, grey: bool, way: str
) -> tuple[float, float, Callable[[float], np.ndarray], np.ndarray]:
    """Of a set worn in that way: how far the nearest condition is, how much farther that of its own way, how sure the
    reader is of the worst that is alike (by how much farther that may be), and of the set."""
    away = counted.away(seen, grey)
    nearest = away.min(axis=1)
    own = away[:, [condition.way == way for condition in counted.conditions]].min(axis=1)
    sure = np.stack([condition.sure for condition in counted.conditions])
    return (
        float(nearest.max()),
        float((own - nearest).max()),
        lambda alike: sure[(away <= nearest[:, None] + alike).any(axis=0)].min(axis=0),
        seen.sure,
    )


def refused(counted: Counted, sets: Sequence[tuple[Sight, bool]]) -> float:
    """The share of sets of pictures (what was seen of them, whether they are grey) that are not read."""
    found = 0
    for seen, grey in sets:
        try:
            counted.fitting_sight(seen, grey)
        except Refusal:
            found += 1
    return found / len(sets)


def _sets(
    counted: Counted, measured: dict[str, np.ndarray], chosen: np.ndarray, sets: int
) -> Iterator[tuple[Sight, bool, str]]:
    """So many sets of held-out drawings among those chosen (n,) for each way, worn in that: what is seen of it, whether it is grey, the way."""
    for number, way in enumerate(counted.ways):
        if way in TONELESS and NONE in counted.classes:
            continue
        people = (measured["kind"] == HOME) & (measured["true"] < len(counted.classes) - 1)
        rows = np.flatnonzero(chosen & people & ~np.isnan(measured["seen"][number, :, 0]))
        for repetition in range(sets):
            some = np.random.default_rng([number, repetition, 51]).choice(rows, PICTURES)
            yield (
                sight(
                    measured["seen"][number, some],
                    measured["probable"][number, some],
                    counted.arrays["centre"],
                    counted.arrays["spread"],
                ),
                way == GREY,
                way,
            )
