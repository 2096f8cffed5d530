"""What is asked for: the kind of an example (`Spec`), the knobs of a thing (`Knobs`), and a whole experiment."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, get_type_hints

from genmodels.refusal import Refusal
from genmodels.registry import unknown

LONGEST_SIDE = 1 << 20  # of an example, in pixels or tokens
KINDS = ("image", "text", "music", "molecule", "code", "clip")


@dataclass(frozen=True)
class Spec:
    """What one example is, so that a run can be opened again without its data.

    `shape` is the shape of one example: (height, width, channels) for images, (context,) in tokens for text and code.
    `classes` counts the labels (0: none) and `vocabulary` names them, or the tokens of a text; `merges` are the
    byte pairs that these tokens are made by, "left right".
    """

    kind: str
    shape: tuple[int, ...]
    classes: int = 0
    vocabulary: tuple[str, ...] = ()
    merges: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise Refusal(unknown("kind of example", self.kind, KINDS))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The spec that `vars` was made of; raises `Refusal` for anything else, such as a shape that is no list of sides."""
        lists = {name: values.get(name, []) for name in ("shape", "vocabulary", "merges")}  # runs of version 0.1 have no merges
        for name, kind in (("shape", int), ("vocabulary", str), ("merges", str)):
            if not isinstance(lists[name], list | tuple) or not all(type(each) is kind for each in lists[name]):
                raise Refusal(f"{name} is {str(lists[name])[:60]!r} and must be a list of {'whole numbers' if kind is int else 'texts'}.")
        classes = values.get("classes", 0)
        if not 1 <= len(lists["shape"]) <= 4 or not all(1 <= side <= LONGEST_SIDE for side in lists["shape"]) or type(classes) is not int or not 0 <= classes <= LONGEST_SIDE:
            raise Refusal(f"An example of the shape {str(lists['shape'])[:60]} with {str(classes)[:20]} classes can't be; sides go from 1 to {LONGEST_SIDE:,}.")
        return cls(str(values.get("kind")), *(tuple(lists["shape"]), classes, tuple(lists["vocabulary"]), tuple(lists["merges"])))


def knob(default: Any, low: float | None = None, high: float | None = None, help: str = "",
         *, choices: Sequence[Any] = ()) -> Any:  # fmt: skip
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
        kind = {int: "a whole number", float: "a number", bool: "true or false", str: "a text", dict: "a table"}[self.type]
        if self.low is not None and self.high is not None:
            return f"{kind} from {self.low:g} to {self.high:g}"
        return f"{kind} of at least {self.low:g}" if self.low is not None else kind


@dataclass(frozen=True, kw_only=True)
class Knobs:
    """Base of models and data sets: a frozen dataclass whose fields are knobs, checked when it is made."""

    captioned: ClassVar[bool] = False  # a model: told captions in place of labels; data: whether it has captions

    def __post_init__(self) -> None:
        for each in self.knobs():
            object.__setattr__(self, each.name, each.check(getattr(self, each.name)))

    @classmethod
    def knobs(cls) -> list[Knob]:
        """The knobs in the order in which the class lists them."""
        types = get_type_hints(cls)
        return [Knob(name=f.name, type=types[f.name], default=f.default, **f.metadata) for f in dataclasses.fields(cls)]

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Make one from names and values (texts are converted); an unknown name is answered with the right ones."""
        names = [each.name for each in cls.knobs()]
        for name in values:
            if name not in names:
                raise Refusal(unknown("setting", name, names))
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def summary(cls) -> str:
        """The first line of the class's docstring."""
        return (cls.__doc__ or "").strip().splitlines()[0]


@dataclass(frozen=True, kw_only=True)
class Recipe(Knobs):
    """A model family: knobs, `networks(spec)`, `step` for its training (see `models/`)."""

    kinds: ClassVar[tuple[str, ...]] = ("image",)  # of example that it learns
    fused: ClassVar[bool] = False  # whether XLA compiles its step; slower where convolutions are most of it
    draws: ClassVar[bool] = True  # examples; what encodes, reads or refines makes none of its own
    exhibit: ClassVar[str] = ""  # what a training shows after an epoch; "": what is usual for the kind of its data

    def prepared(self, examples: Any) -> Any:
        """The training examples as a step takes them: what is the same in every epoch can be worked out once, before the first."""
        return examples

    def begin(self, learner: Any) -> None:
        """Called before the first step of a new run: takes over what was trained before, if anything."""


@dataclass(frozen=True, kw_only=True)
class Experiment(Knobs):
    """All that determines a training: what is trained, on what, how long, from which seed.

    Two equal experiments on the same machine, versions and thread counts give the same weights, bit for bit.
    """

    model: str = knob("vae", help="Name of the model family")
    recipe: dict = field(default_factory=dict, metadata={"low": None, "high": None, "help": "Settings of the model", "choices": ()})
    data: str = knob("digits", help="Name of the data set")
    source: dict = field(default_factory=dict, metadata={"low": None, "high": None, "help": "Settings of the data set", "choices": ()})
    epochs: int = knob(20, 1, 100_000, "How often the whole training split is seen")
    batch_size: int = knob(64, 2, 4096, "Examples in one step")
    seed: int = knob(0, 0, 2**31 - 1, "Seed of the weights, the order of batches and all noise")
    patience: int = knob(0, 0, 100_000, "Stop after this many epochs without a better held-out value (0: never)")
    parent: str = knob("", help="The run and epoch that this one branched from")

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "recipe", self.make_recipe().to_dict())
        object.__setattr__(self, "source", self.make_source().to_dict())

    def make_recipe(self) -> Any:
        """The model family with these knobs."""
        from genmodels.models import MODELS

        return MODELS[self.model].from_dict(self.recipe)

    def make_source(self) -> Any:
        """The data set with these knobs; `.load()` reads it."""
        from genmodels.data import DATA

        return DATA[self.data].from_dict(self.source)

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls.from_dict(json.loads(text))

    def differences(self, other: Experiment) -> dict[str, tuple[Any, Any]]:
        """What two experiments ask for differently: dotted name to (ours, theirs); a missing value is None."""
        mine, theirs = _flat(self.to_dict()), _flat(other.to_dict())
        names = sorted(mine.keys() | theirs.keys())
        return {name: (mine.get(name), theirs.get(name)) for name in names if mine.get(name) != theirs.get(name)}

    def digest(self) -> str:
        """SHA-256 of the JSON."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {prefix + name: value}
    return flat
