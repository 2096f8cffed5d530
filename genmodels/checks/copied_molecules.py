"""How many of the molecules that a model writes it knows from training, beside what it would write without having copied.

Two numbers, both of different molecules:

- rediscovered: how many training molecules it writes, less what is natural. A small molecule such as toluene is written by
  whoever knows what molecules look like. How often that happens is seen on held-out molecules, which it never saw: of H of
  them it writes h, so that of T training molecules h T / H are natural.
- near: how many others come as near to a training molecule (Tanimoto of circular fingerprints) as 0.8, less the share of
  training molecules that come so near to another one of them.

The units of the first are molecules, of the second samples and training molecules; those of one scaffold are alike, and
the intervals know that (Korn and Graubard 1998). Differences have the interval of Zou and Donner 2008.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.estimates.clustered import share_over
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.kinds.molecule.chemistry import canonical, fingerprints, scaffold
from genmodels.kinds.molecule.likeness import nearest

NEAR = 0.8  # Tanimoto from which two molecules are near copies
COMPARED, LEFT_OUT = (
    50_000,
    2000,
)  # training molecules in which near ones are looked for; of which each is left out in turn
LEAST = 50  # different molecules, written or held out


@dataclass(frozen=True)
class Rediscovered:
    """What was counted: `written` different molecules, `known` of them among `train` training molecules, `held_out` among
    `test` held-out ones, which count as `independent`."""

    written: int
    known: int
    held_out: int
    train: int
    test: int
    independent: int

    @property
    def natural(self) -> float:
        """How many training molecules would be written without copying."""
        return self.held_out * self.train / self.test

    def estimate(self) -> Estimate:
        """The share of the written molecules that are known beyond what is natural, -1 to 1."""
        ours = clopper_pearson(self.known, self.written)
        rate = _scaled(self.held_out, self.test, self.independent)
        factor = self.train / self.written
        return _difference(ours, Estimate(factor * rate.value, factor * rate.low, factor * rate.high, rate.n))


@dataclass(frozen=True)
class Near:
    """What was counted: `near` of `written` others, and `usual` of `train` training molecules, which count as `independent`."""

    near: int
    written: int
    usual: int
    train: int
    independent: int

    def estimate(self) -> Estimate:
        """The share of others that come near beyond what is usual, -1 to 1."""
        return _difference(clopper_pearson(self.near, self.written), _scaled(self.usual, self.train, self.independent))


class Molecules:
    """Training and held-out molecules of a data set, in which those that a model writes are looked up."""

    def __init__(self, data: Dataset) -> None:
        self.data = data
        self.train = frozenset(_canonical(data.train.documents))
        self.test = tuple(each for each in _canonical(data.test.documents) if each not in self.train)
        every = sorted(self.train)
        self.compared = every[:: max(1, -(-len(every) // COMPARED))]

    @cached_property
    def prints(self) -> np.ndarray:
        """Fingerprints of those that are compared."""
        return fingerprints(self.compared)

    def rediscovered(self, different: Sequence[str]) -> Rediscovered:
        """Which of different molecules are known."""
        found = set(different)
        flags = np.array([each in found for each in self.test], float)
        families = np.array([scaffold(each) or each for each in self.test])
        _, independent = share_over(flags, families)
        return Rediscovered(
            len(found), len(found & self.train), int(flags.sum()), len(self.train), len(self.test), max(1, independent)
        )

    def nearest(self, different: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Of each that is not known which training molecule is most like it, and how alike they are."""
        return nearest(fingerprints(different), self.prints)

    def near(self, alike: np.ndarray) -> Near:
        """How many of others with such a likeness are near, beside training molecules left out one at a time."""
        usual, families = self._left_out
        _, independent = share_over(usual, families)
        return Near(int((alike >= NEAR).sum()), len(alike), int(usual.sum()), len(usual), max(1, independent))

    @cached_property
    def _left_out(self) -> tuple[np.ndarray, np.ndarray]:
        step = max(1, len(self.compared) // LEFT_OUT)
        index = np.arange(0, len(self.compared), step)
        flags = np.zeros(len(index))
        for row, own in enumerate(index):
            flags[row] = _second(self.prints, int(own)) >= NEAR
        return flags, np.array([scaffold(self.compared[i]) or self.compared[i] for i in index])


def _second(prints: np.ndarray, own: int) -> float:
    """How like the molecule `own` is to the most like of all others."""
    shared = np.bitwise_count(prints & prints[own]).sum(1, dtype=np.int32)
    either = np.bitwise_count(prints | prints[own]).sum(1, dtype=np.int32)
    alike = shared / np.maximum(either, 1)
    alike[own] = -1
    return float(alike.max())


def _canonical(documents: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(found for each in documents if (found := canonical(each)) is not None))


def _scaled(k: int, n: int, independent: int) -> Estimate:
    """k / n with the exact interval of as many independent ones as vary as much."""
    if independent >= n:
        return clopper_pearson(k, n)
    wide = clopper_pearson(round(k * independent / n), independent)
    return Estimate(k / n, min(wide.low, k / n), max(wide.high, k / n), n)


def _difference(ours: Estimate, natural: Estimate) -> Estimate:
    """A share less what is natural, by the limits of both (Zou and Donner 2008), within -1 and 1."""
    value = ours.value - natural.value
    below = float(np.hypot(ours.value - ours.low, natural.high - natural.value))
    above = float(np.hypot(ours.high - ours.value, natural.value - natural.low))
    value = float(np.clip(value, -1, 1))
    return Estimate(value, max(-1.0, min(value, value - below)), min(1.0, max(value, value + above)), ours.n)
