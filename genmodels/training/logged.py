"""What a training logged, as columns that rules and charts can read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

RECENT = 0.25  # the share of the history that a rule looks at, from its end


@dataclass(frozen=True)
class Series:
    """The finite values of one term with their steps, both (n,)."""

    steps: np.ndarray
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.values)

    def recent(self) -> Series:
        """The last quarter."""
        start = len(self) - max(1, int(np.ceil(len(self) * RECENT)))
        return Series(self.steps[start:], self.values[start:])

    def since(self, holds: np.ndarray) -> int:
        """The step since which the condition (n,) has held without a break; if just now it does not, the last step."""
        broken = np.flatnonzero(~holds)
        return int(self.steps[min(broken[-1] + 1, len(self) - 1)] if len(broken) else self.steps[0])


class History:
    """The lines of a history, as columns."""

    def __init__(self, lines: Sequence[Mapping[str, Any]]) -> None:
        self.lines = lines

    def series(self, name: str) -> Series:
        """The finite values of a term; empty where it was not logged."""
        found = [
            (line["step"], line[name]) for line in self.lines if _number(line.get(name)) and _number(line.get("step"))
        ]
        steps, values = zip(*found, strict=True) if found else ((), ())
        return Series(np.array(steps, np.int64), np.array(values, np.float64))

    def names(self, beginning: str) -> list[str]:
        """All terms whose names begin so."""
        return sorted({name for line in self.lines for name in line if name.startswith(beginning)})


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
