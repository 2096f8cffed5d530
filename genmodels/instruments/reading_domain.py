"""Whether a reader can read pictures: how they look and how sure it is of them, and from where on it can't.

Both are asked of all pictures together and of the quarter that stands out most, so that a part that was worn is not lost
in the mean. How far pictures may lie from what errors were counted on is fitted, not chosen (`fitted`): the held-out
roles are dealt into halves, ten times; conditions are those of one half, and sets of drawings of the other, worn in each
of `WAYS`, give the limits, so that 99 % of them are read. How many are refused (`refused`, kept beside the limits) is
counted on a third of the roles with the limits and conditions that the other two thirds give, each third in turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    pass

QUARTER = 4


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
    means, stray = (
        np.stack(each) for each in ([p.mean(axis=0) for p in parts], [p.std(axis=0) / np.sqrt(len(p)) for p in parts])
    )
    return Sight(means, stray, sureness(probable))


def classes_read(probable: np.ndarray) -> np.ndarray:
    """The numbers (n,) of the classes that are read by probabilities (n, classes); the last, nobody, by more than a half."""
    return np.where(probable[:, -1] > 0.5, probable.shape[1] - 1, probable[:, :-1].argmax(axis=1))


def sureness(probable: np.ndarray) -> np.ndarray:
    """How sure a reader is (2,): the mean of the greatest probability (n, classes) where it is not that of nobody, and
    that of the least sure quarter."""
    greatest = np.sort(probable[classes_read(probable) < probable.shape[1] - 1, :-1].max(axis=1))
    return (
        np.array([greatest.mean(), greatest[: max(1, len(greatest) // QUARTER)].mean()])
        if len(greatest)
        else np.zeros(2)
    )
