"""Knobs: the settings of a thing, each with its default, its range or choices, and a sentence that says what it does."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, get_type_hints

from genmodels.refusal import Refusal
from genmodels.registry import unknown


def knob(
    default: Any, low: float | None = None, high: float | None = None, help: str = "", *, choices: Sequence[Any] = ()
) -> Any:
    """A field of a `Knobs` class: its default, its range or choices, and a sentence that says what it does."""
    return field(default=default, metadata={"low": low, "high": high, "help": help, "choices": tuple(choices)})


@dataclass(frozen=True)
class Knob:
    """One knob as a form, a command line or a table needs it."""

    name: str
    type: type
    default: Any
    low: float | None
    high: float | None
    help: str
    choices: tuple[Any, ...]

    def check(self, value: Any) -> Any:
        """`value` as this knob's type; raises `Refusal` when it is not one or is out of range."""
        wrong = Refusal(f"{self.name} is {str(value)[:80]!r}; it must be {self.expected()}.")
        if self.type is bool and isinstance(value, str):
            value = {"true": True, "false": False}.get(value.lower(), value)
        try:
            converted = value if self.type is bool else self.type(value)
            uneven = self.type is int and (isinstance(value, bool) or converted != float(value))
        except (TypeError, ValueError, OverflowError):
            raise wrong from None
        if self.type is bool and not isinstance(value, bool):
            raise wrong
        if uneven:
            raise wrong
        if self.type is float and not math.isfinite(converted):
            raise wrong
        if self.choices and converted not in self.choices:
            raise wrong
        if (self.low is not None and converted < self.low) or (self.high is not None and converted > self.high):
            raise wrong
        return converted

    def expected(self) -> str:
        """What values are allowed, in words."""
        if self.choices:
            return "one of " + ", ".join(str(choice) for choice in self.choices)
        kind = {int: "a whole number", float: "a number", bool: "true or false", str: "a text", dict: "a table"}[
            self.type
        ]
        if self.low is not None and self.high is not None:
            return f"{kind} from {self.low:g} to {self.high:g}"
        return f"{kind} of at least {self.low:g}" if self.low is not None else kind


_listed: dict[type, list[Knob]] = {}  # of each class, since reading its types takes most of the time of reading a run


@dataclass(frozen=True, kw_only=True)
class Knobs:
    """Base of models and data sets: a frozen dataclass whose fields are knobs, checked when it is made.

    What a knob or one of its choices was called before is read for ever, since stored runs and command lines say it:
    `aliases` is the name of before to that of today, `choice_aliases` the name of today to such a table of its choices.
    """

    aliases: ClassVar[Mapping[str, str]] = {}
    choice_aliases: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    captioned: ClassVar[bool] = False  # a model: told captions in place of labels; data: whether it has captions
    title: ClassVar[str] = ""  # of data: what a page calls it; "": by its name
    offline: ClassVar[bool] = True  # of data: no network is ever needed
    credit: ClassVar[str] = ""  # of data: must stand wherever its pictures are shown

    def __post_init__(self) -> None:
        for each in self.knobs():
            object.__setattr__(self, each.name, each.check(getattr(self, each.name)))

    @classmethod
    def knobs(cls) -> list[Knob]:
        """The knobs in the order in which the class lists them."""
        if cls not in _listed:
            types = get_type_hints(cls)
            _listed[cls] = [
                Knob(name=f.name, type=types[f.name], default=f.default, **f.metadata) for f in dataclasses.fields(cls)
            ]
        return list(_listed[cls])

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Make one from names and values (texts are converted); an unknown name is answered with the right ones."""
        names, given = [each.name for each in cls.knobs()], cls.renamed(values)
        for name in given:
            if name not in names:
                raise Refusal(unknown("setting", name, names))
        return cls(**given)

    @classmethod
    def renamed(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """The same values under the names of today; raises `Refusal` where a knob is given by both of its names."""
        found: dict[str, Any] = {}
        for name, value in values.items():
            now = cls.aliases.get(name, name)
            if now in found:
                before = next(old for old, new in cls.aliases.items() if new == now and old in values)
                raise Refusal(f"The settings {before} and {now} are one, called {now} today; give {now} alone.")
            choices = cls.choice_aliases.get(now, {})
            found[now] = choices.get(value, value) if isinstance(value, str) else value
        return found

    def to_dict(self) -> dict[str, Any]:
        """The values by name, as `from_dict` reads them."""
        return dataclasses.asdict(self)

    @classmethod
    def summary(cls) -> str:
        """The first line of the class's docstring."""
        return (cls.__doc__ or "").strip().splitlines()[0]
