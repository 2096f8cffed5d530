"""What a planted case is: culprits that an audit must catch, and innocents that it must let pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from genmodels.registry import Registry


@dataclass(frozen=True)
class Case:
    """A planted case: which test of an audit, whether it is guilty and how much, and how many samples it has."""

    part: str
    name: str
    culprit: bool
    n: int
    effect: float | None = None
    shown: bool = False  # beside the verdicts, as what is caught


Report = Callable[[str], None]
# Each case with whether it was flagged in each repetition, and which repetitions are alike (None: none).
Planted = Iterator[tuple[Case, np.ndarray, np.ndarray | None]]
PLANTED = Registry("calibrated audit")  # audit to a function (repetitions, seed, report) -> Planted
