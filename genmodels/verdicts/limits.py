"""The limits of an audit: what each means, and the least and greatest value that means anything.

The limits of one audit are the knobs of a `Limits` class, each made by `limit` or `beyond`; forms, flags and policies
read them there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from genmodels.knobs import Knob, Knobs, knob
from genmodels.refusal import Refusal

EFFECT = "_effect"  # ends the name of a limit that says how far beyond another one must be seen
LEAST_EFFECT = 0.001


@dataclass(frozen=True)
class Limit:
    """One limit that a policy may set: a sentence on it, and its accepted range [lowest, greatest]."""

    help: str
    lowest: float = 0.0
    greatest: float = 1.0

    def checked(self, name: str, value: object) -> float:
        """The value as a number; raises `Refusal` with the range for anything else."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refusal(f"The limit {name} is {shown(value)}; it must be a number {self.range}.")
        if not self.lowest <= value <= self.greatest:  # also where it is not a number at all
            raise Refusal(f"The limit {name} is {shown(value)}; it must be {self.range}.")
        return float(value)

    @property
    def range(self) -> str:
        """The accepted range in words: "from 0 to 1"."""
        return f"from {self.lowest:g} to {self.greatest:g}"


def limit(default: float, help: str, greatest: float = 1.0) -> Any:
    """A field of a `Limits` class: what is accepted where no policy says it, a sentence on it, and its greatest value (the least is 0)."""
    return knob(default, 0.0, greatest, help)


def beyond(name: str, default: float, greatest: float = 1.0) -> Any:
    """The field `<name>_effect` of a `Limits` class: how far beyond the limit `name` must be seen before a pass means something."""
    help = f"How far beyond {name} must be seen; a check that could overlook so much is not measured."
    return knob(default, LEAST_EFFECT, greatest, help)


@dataclass(frozen=True, kw_only=True)
class Limits(Knobs):
    """Base of the limits of an audit: a frozen class whose fields are made by `limit` and `beyond`."""

    @classmethod
    def declared(cls) -> Mapping[str, Limit]:
        """Each limit by name: its sentence and its range, in the order of the class."""
        return {each.name: _limit_of(each) for each in cls.knobs()}

    @classmethod
    def defaults(cls) -> dict[str, float]:
        """What is accepted where no policy says it, by name."""
        return {each.name: each.default for each in cls.knobs()}


def _limit_of(each: Knob) -> Limit:
    return Limit(each.help, each.low or 0.0, 1.0 if each.high is None else each.high)


def shown(value: object) -> str:
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
