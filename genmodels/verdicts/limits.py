"""The limits of an audit: what each means, and the least and greatest value that means anything."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from genmodels.refusal import Refusal

EFFECT = "_effect"  # ends the name of a limit that says how far beyond another one must be seen


@dataclass(frozen=True)
class Limit:
    """One limit that a policy may set: a sentence on it, and its accepted range [lowest, greatest]."""

    help: str
    lowest: float = 0.0
    greatest: float = 1.0

    def checked(self, name: str, value: Any) -> float:
        """The value as a number; raises `Refusal` with the range for anything else."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refusal(f"The limit {name} is {shown(value)}; it must be a number {self.range}.")
        if not self.lowest <= value <= self.greatest:  # also where it is not a number at all
            raise Refusal(f"The limit {name} is {shown(value)}; it must be {self.range}.")
        return float(value)

    @property
    def range(self) -> str:
        return f"from {self.lowest:g} to {self.greatest:g}"


def effect_of(name: str, base: Limit) -> Limit:
    """The limit `<name>_effect`: how far beyond the limit `name` must be seen before a pass means something."""
    return Limit(
        f"How far beyond {name} must be seen; a check that could overlook so much is not measured.",
        0.001,
        base.greatest - base.lowest,
    )


def shown(value: Any) -> str:
    """A foreign value for a sentence, short and on one line."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and abs(value) >= 10**15:
        return "a number of many digits"
    said = (
        repr(value)
        if isinstance(value, int | float | str | None)
        else f"a {'list' if isinstance(value, list) else 'group of values'}"
    )
    return "".join(letter if letter.isprintable() else " " for letter in said[:60])
