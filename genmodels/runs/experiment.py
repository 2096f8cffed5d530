"""All that determines a training: what is trained, on what, how long, from which seed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from genmodels.data.dataset import DATA
from genmodels.knobs import Knobs, knob
from genmodels.models.recipe import MODELS


@dataclass(frozen=True, kw_only=True)
class Experiment(Knobs):
    """All that determines a training: what is trained, on what, how long, from which seed.

    Two equal experiments on the same machine, versions and thread counts give the same weights, bit for bit.
    """

    model: str = knob("vae", help="Name of the model family")
    recipe: dict = field(
        default_factory=dict, metadata={"low": None, "high": None, "help": "Settings of the model", "choices": ()}
    )
    data: str = knob("digits", help="Name of the data set")
    source: dict = field(
        default_factory=dict, metadata={"low": None, "high": None, "help": "Settings of the data set", "choices": ()}
    )
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
        return MODELS[self.model].from_dict(self.recipe)

    def make_source(self) -> Any:
        """The data set with these knobs; `.load()` reads it."""
        return DATA[self.data].from_dict(self.source)

    def to_json(self) -> str:
        """The experiment as a run's folder holds it."""
        return json.dumps(self.to_dict(), indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read it again; raises `Refusal` for a setting that does not exist or is out of range."""
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
