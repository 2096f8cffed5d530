"""The graph of a foreign network: its layers and calls, and what they take together, counted without building anything."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from genmodels.intake.keras_rules import MOST_RANK, Made, Settings, Shape, shown
from genmodels.intake.keras_settings import REDO
from genmodels.intake.keras_shapes import RULES
from genmodels.refusal import Refusal

MOST_LAYERS, MOST_CALLS, MOST_NESTED = 2000, 4000, 8
MOST_NUMBERS = 64_000_000  # held for one picture by all layers together, 256 MB
MOST_PRODUCTS = 50_000_000_000  # multiplications for one picture


@dataclass
class Totals:
    """What all layers take together; refused as soon as it is too much."""

    layers: int = 0
    calls: int = 0
    weights: int = 0
    products: int = 0
    numbers: int = 0

    def layer(self, place: str) -> None:
        """Count a layer; raises `Refusal` for more than are allowed."""
        self.layers += 1
        if self.layers > MOST_LAYERS:
            raise Refusal(f"{place} is one of more than {MOST_LAYERS:,} layers; give a smaller network.")

    def call(self, place: str, made: Made) -> None:
        """A system call by its number; raises `Unavailable` with the system's reason."""
        self.calls += 1
        self.products += made.products
        self.numbers += math.prod(made.shape) + made.inside
        if self.calls > MOST_CALLS:
            raise Refusal(
                f"{place} is called after more than {MOST_CALLS:,} other calls of layers; give a smaller network."
            )
        if self.numbers > MOST_NUMBERS:
            raise Refusal(
                f"{place} makes {math.prod(made.shape):,} numbers of one picture, and all layers together more than {MOST_NUMBERS:,}; give a smaller network."
            )
        if self.products > MOST_PRODUCTS:
            raise Refusal(
                f"{place} needs {made.products:,} multiplications for one picture, and all layers together more than {MOST_PRODUCTS:,}; give a smaller network."
            )


@dataclass
class Layer:
    """One layer as it was read: its rule or its inner network, and its place in sentences."""

    name: str
    kind: str
    place: str
    settings: Settings
    inner: Graph | None = None
    weights: dict[tuple[Shape, ...], int] = field(default_factory=dict)

    def made(self, inputs: list[Shape], totals: Totals) -> Shape:
        """What it makes of inputs of these shapes; counted."""
        if self.inner is not None:
            return self.inner.run(inputs, totals)
        made = RULES.of[self.kind](self.settings, inputs)
        if len(made.shape) > MOST_RANK:
            raise Refusal(f"{self.place} makes numbers of {len(made.shape)} axes; {MOST_RANK} are read.")
        if not self.weights:  # built once, by its first inputs
            totals.weights += made.weights
            self.weights[tuple(inputs)] = made.weights
        totals.call(self.place, made)
        return made.shape


Reference = tuple[str, int]  # a layer by its name, and which of its calls


@dataclass
class Graph:
    """The layers of a network and how they are called, in an order in which every call's inputs are there."""

    place: str
    layers: dict[str, Layer]
    calls: list[tuple[Reference, list[Any]]]  # which call; its inputs: references, or shapeless numbers
    inputs: list[Reference]
    output: Reference
    shape: Shape | None  # of the input, where the network says it

    def run(self, inputs: list[Shape], totals: Totals) -> Shape:
        """The shape of its output for inputs of these shapes; raises `Refusal` where they don't fit."""
        if len(inputs) != len(self.inputs):
            raise Refusal(f"{self.place} is given {len(inputs)} inputs and takes {len(self.inputs)}; {REDO}.")
        if self.shape is not None and inputs[0] != self.shape:
            raise Refusal(f"{self.place} is given numbers of the shape {inputs[0]} and takes {self.shape}; {REDO}.")
        shapes: dict[Reference, Shape] = dict(zip(self.inputs, inputs, strict=True))
        for call, given in self.calls:
            layer = self.layers[call[0]]
            shapes[call] = layer.made([shapes[each] if isinstance(each, tuple) else () for each in given], totals)
        return shapes[self.output]


def ordered(
    waiting: list[tuple[Reference, list[Any]]], there: set[Reference], place: str
) -> list[tuple[Reference, list[Any]]]:
    """The calls so that all inputs of each are made before it; each is looked at only when something it waits for is made."""
    if len(waiting) > MOST_CALLS:
        raise Refusal(
            f"{place} calls its layers {len(waiting):,} times and at most {MOST_CALLS:,} are read; give a smaller network."
        )
    missing: list[set[Reference]] = [
        {each for each in given if isinstance(each, tuple)} - there for _, given in waiting
    ]
    after: dict[Reference, list[int]] = {}
    for index, references in enumerate(missing):
        for reference in references:
            after.setdefault(reference, []).append(index)
    ready = [index for index, references in enumerate(missing) if not references]
    calls = []
    for index in ready:  # grows while it is read
        call = waiting[index]
        calls.append(call)
        for later in after.get(call[0], ()):
            missing[later].discard(call[0])
            if not missing[later]:
                ready.append(later)
    if len(calls) != len(waiting):
        stuck = next(call for index, (call, _) in enumerate(waiting) if missing[index])
        raise Refusal(
            f"{place}: the layer {shown(stuck[0])} is called with what no layer makes, or in a circle; {REDO}."
        )
    return calls
