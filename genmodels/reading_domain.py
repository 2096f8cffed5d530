"""Whether a reader can read pictures: how they look and how sure it is of them, and from where on it can't.

Both are asked of all pictures together and of the quarter that stands out most, so that a part that was worn is not lost
in the mean. How far pictures may lie from what errors were counted on is fitted, not chosen (`fitted`): the held-out
roles are dealt into three parts. Conditions are those of the first part; sets of drawings of the second, worn in each of
`WAYS`, give the limits, so that 99 % of them are read; and on sets of the third it is counted how many are refused
(`refused`; kept beside the limits).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from genmodels.reading_errors import Counted

QUARTER = 4
READ = 0.99  # share of readable sets that the limits let through
SETS, PICTURES = 20, 400  # of each way, to fit and to count


@dataclass(frozen=True)
class Sight:
    """Looks (2, 6) of all pictures and of the quarter least like clean drawings, their standard errors, and how sure the
    reader is (2,), from 0 to 1, of all and of the quarter of which it is least."""

    looks: np.ndarray
    stray: np.ndarray
    sure: np.ndarray


@dataclass(frozen=True)
class Limits:
    """Looks, in spreads of single drawings: from where on a condition is none, and how much farther than the nearest it may
    lie. Sureness: by how much less of all, and of the least sure quarter, than of the worst condition a reader may be."""

    strange: float
    alike: float
    unsure_of_all: float
    unsure_of_quarter: float

    @property
    def unsure(self) -> np.ndarray:
        """Both of sureness (2,)."""
        return np.array([self.unsure_of_all, self.unsure_of_quarter])


def sight(seen: np.ndarray, probable: np.ndarray, centre: np.ndarray, spread: np.ndarray) -> Sight:
    """What is seen of pictures with looks `seen` (n, 6) of which a reader makes `probable` (n, classes).

    `centre` and `spread` (6,) are the looks of clean drawings.
    """
    away = (((seen - centre) / spread) ** 2).sum(axis=1)
    parts = seen, seen[np.argsort(-away, kind="stable")[: max(1, len(seen) // QUARTER)]]
    means, stray = (np.stack(each) for each in ([p.mean(axis=0) for p in parts], [p.std(axis=0) / np.sqrt(len(p)) for p in parts]))
    return Sight(means, stray, sureness(probable))


def classes_read(probable: np.ndarray) -> np.ndarray:
    """The numbers (n,) of the classes that are read by probabilities (n, classes); the last, nobody, by more than a half."""
    return np.where(probable[:, -1] > 0.5, probable.shape[1] - 1, probable[:, :-1].argmax(axis=1))


def sureness(probable: np.ndarray) -> np.ndarray:
    """How sure a reader is (2,): the mean of the greatest probability (n, classes) where it is not that of nobody, and
    that of the least sure quarter."""
    greatest = np.sort(probable[classes_read(probable) < probable.shape[1] - 1, :-1].max(axis=1))
    return np.array([greatest.mean(), greatest[: max(1, len(greatest) // QUARTER)].mean()]) if len(greatest) else np.zeros(2)


def fitted(classes: Sequence[str], measured: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """`limits` (4,) for a reader of `classes` from what was measured (`reading_errors.measure`), and the share `refused` of
    readable sets of the roles that gave neither the limits nor the conditions."""
    from genmodels.reading_errors import Counted, summed

    part = np.unique(measured["role"], return_inverse=True)[1] % 3
    nobody = measured["role"] == ""
    ways = tuple(map(str, measured["ways"]))
    open_ = np.array([np.inf, np.inf, 1.0, 1.0])
    counted = Counted(tuple(classes), ways, summed(measured, (part == 0) | nobody) | {"limits": open_})
    sets = list(_sets(counted, measured, part == 1))
    away = [counted.away(each, grey) for each, grey, _ in sets]
    strange = np.quantile([each.min(axis=1).max() for each in away], READ)
    own = [np.array([condition.way == way for condition in counted.conditions]) for _, _, way in sets]
    alike = np.quantile([(each[:, mine].min(axis=1) - each.min(axis=1)).max() for each, mine in zip(away, own, strict=True)], READ)
    lacking = [_least(counted, each, alike) - seen.sure for each, (seen, _, _) in zip(away, sets, strict=True)]
    limits = np.array([strange, alike, *np.maximum(np.quantile(lacking, READ, axis=0), 0)])
    counted = Counted(counted.classes, ways, counted.arrays | {"limits": limits})
    return {"limits": limits, "refused": np.array(refused(counted, [(each, grey) for each, grey, _ in _sets(counted, measured, part == 2)]))}


def refused(counted: Counted, sets: Sequence[tuple[Sight, bool]]) -> float:
    """The share of sets of pictures (what was seen of them, whether they are grey) that are not read."""
    from genmodels.refusal import Refusal

    found = 0
    for seen, grey in sets:
        try:
            counted.fitting_sight(seen, grey)
        except Refusal:
            found += 1
    return found / len(sets)


def _least(counted: Counted, away: np.ndarray, alike: float) -> np.ndarray:
    """How sure the reader is (2,) of the worst of the conditions that are alike."""
    fitting = (away <= away.min(axis=1, keepdims=True) + alike).any(axis=0)
    return np.asarray(np.min([each.sure for each, fits in zip(counted.conditions, fitting, strict=True) if fits], axis=0))


def _sets(counted: Counted, measured: dict[str, np.ndarray], chosen: np.ndarray) -> Iterator[tuple[Sight, bool, str]]:
    """Sets of held-out drawings among those chosen (n,), each worn in one way: what is seen of it, whether it is grey, the way."""
    from genmodels.reading_errors import GREY, HOME, NONE, TONELESS

    for number, way in enumerate(counted.ways):
        if way in TONELESS and NONE in counted.classes:
            continue
        people = (measured["kind"] == HOME) & (measured["true"] < len(counted.classes) - 1)
        rows = np.flatnonzero(chosen & people & ~np.isnan(measured["seen"][number, :, 0]))
        for repetition in range(SETS):
            some = np.random.default_rng([number, repetition, 51]).choice(rows, PICTURES)
            yield sight(measured["seen"][number, some], measured["probable"][number, some], counted.arrays["centre"], counted.arrays["spread"]), way == GREY, way
