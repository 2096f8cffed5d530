"""What a rule on a layer of a foreign `.keras` file is: the settings of a layer, read with their ranges, and what the layer makes.

Shapes are without the batch, channels last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from genmodels.printable import printable
from genmodels.refusal import Refusal

Shape = tuple[int, ...]
MOST_UNITS, MOST_KERNEL, MOST_SIDE, MOST_RANK = 65_536, 64, 1024, 4


@dataclass(frozen=True)
class Made:
    """What a layer gives: its shape, its weights, and multiplications for one picture. `inside`: numbers held on the way."""

    shape: Shape
    weights: int = 0
    products: int = 0
    inside: int = 0


@dataclass(frozen=True)
class Settings:
    """The settings of a layer, read with their types and ranges; a wrong one is refused with its place."""

    values: dict[str, Any]
    layer: str  # its class
    place: str  # how sentences name it

    def wrong(self, name: str, said: str) -> Refusal:
        """The refusal of a setting: its value, and what it must be."""
        return Refusal(f"{self.place}: {name} is {shown(self.values.get(name))}; {said}.")

    def whole(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number from low to high; raises `Refusal` for anything else."""
        value = self.values.get(name, default)
        if type(value) is not int or not low <= value <= high:
            raise self.wrong(name, f"it must be a whole number from {low} to {high:,}")
        return value

    def wholes(self, name: str, count: int, low: int, high: int, default: int | None = None) -> tuple[int, ...]:
        """One number for each side; a single one is for all of them."""
        value = self.values.get(name, default)
        values = [value] * count if type(value) is int else value
        if (
            not isinstance(values, list)
            or len(values) != count
            or any(type(each) is not int or not low <= each <= high for each in values)
        ):
            raise self.wrong(name, f"it must be {count} whole numbers from {low} to {high:,}")
        return tuple(values)

    def either(self, name: str, choices: Sequence[Any], default: Any) -> Any:
        """One of the choices; raises `Refusal` for anything else."""
        value = self.values.get(name, default)
        if not isinstance(value, str | bool | None) or value not in choices:
            raise self.wrong(name, f"it must be {' or '.join(map(str, choices))}")
        return value

    def last(self, shape: Shape) -> Shape:
        """The shape, where channels are last."""
        self.either("data_format", ("channels_last", None), "channels_last")
        return shape

    def axis(self, rank: int, default: int = -1) -> int:
        """An axis of a shape of `rank` numbers; the batch, axis 0, is none."""
        value = self.values.get("axis", default)
        value = value[0] if isinstance(value, list) and len(value) == 1 else value
        if type(value) is not int or not (1 <= value <= rank or -rank <= value <= -1):
            raise self.wrong("axis", f"it must be one axis of a shape of {rank} numbers")
        return value - 1 if value > 0 else value + rank


Rule = Callable[[Settings, list[Shape]], Made]


@dataclass
class Rules:
    """The rules by the class of the layer."""

    of: dict[str, Rule] = field(default_factory=dict)

    def add(self, *names: str) -> Callable[[Rule], Rule]:
        """Decorator: enter the rule for layers of these names."""

        def kept(rule: Rule) -> Rule:
            self.of.update(dict.fromkeys(names, rule))
            return rule

        return kept


RULES = Rules()


def shown(value: object) -> str:
    """A foreign value for a sentence."""
    if isinstance(value, str | bool | float | None) or (isinstance(value, int) and abs(value) < 2**63):
        return printable(repr(value), 60)
    return f"a {'list' if isinstance(value, list) else 'number of many digits' if isinstance(value, int) else 'group of values'}"


def only(settings: Settings, inputs: list[Shape], rank: int = 0) -> Shape:
    """The only input, of the rank that the layer needs (0: any)."""
    if len(inputs) != 1 or (rank and len(inputs[0]) != rank):
        raise Refusal(
            f"{settings.place} is given {len(inputs)} inputs of the shapes {str(inputs)[:100]}; it takes one{f' of {rank} numbers' if rank else ''}."
        )
    return inputs[0]
