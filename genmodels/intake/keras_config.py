"""The network that a `.keras` file describes, read without Keras: every layer from a list, every size within a budget.

`read` writes the description anew, from what was understood and nothing else: no class but the listed layers, no
function, no setting of a process, nothing of how the network was compiled. What is not understood is refused.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from genmodels.intake.keras_settings import REDO, Json, described, from_module, key, name_of, precision, setting
from genmodels.intake.keras_shapes import MOST_RANK, MOST_SIDE, RULES, Made, Settings, Shape, shown
from genmodels.printable import printable
from genmodels.refusal import Refusal

MOST_LAYERS, MOST_CALLS, MOST_NESTED = 2000, 4000, 8
MOST_FEATURES = 4096  # numbers a picture, before any covariance of them
MOST_NUMBERS = 64_000_000  # held for one picture by all layers together, 256 MB
MOST_PRODUCTS = 50_000_000_000  # multiplications for one picture

MODULES = {"LayerScale": "keras.src.applications.convnext"}  # layers that are not in keras.layers
ARITHMETIC = (
    "Add",
    "Subtract",
    "Multiply",
    "TrueDivide",
)  # of keras.src.ops.numpy: the only operations that are no layers
PASSED = {
    "training": (None, False),
    "mask": (None,),
    "attention_mask": (None,),
    "use_causal_mask": (True, False),
    "return_attention_scores": (False,),
}
MODELS = {
    "Functional": ("keras.src.models.functional", "keras"),
    "Sequential": ("keras", "keras.models"),
    "Model": ("keras", "keras.models", "keras.src.models.functional"),
}


@dataclass
class Network:
    """A description that was understood: written anew, and what it takes."""

    config: Json
    input: Shape
    output: Shape
    weights: int
    products: int
    numbers: int


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
        """Count what a layer computes and keeps for one example; raises `Refusal` for more than is allowed."""
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


def read(config: Any) -> Network:
    """The network; raises `Refusal` with the layer, the reason and what to do."""
    totals = Totals()
    clean, graph = _network(config, "the network", totals, 0)
    shape = graph.shape
    if shape is None or len(graph.inputs) != 1 or len(shape) != 3 or shape[2] not in (1, 3) or max(shape) > MOST_SIDE:
        takes = f"{len(graph.inputs)} inputs" if len(graph.inputs) != 1 else f"numbers of the shape {shape}"
        raise Refusal(
            f"the network takes {takes}; a model of pictures with a fixed size, (None, height, width, 1 or 3), of at most {MOST_SIDE} pixels a side is needed."
        )
    output = graph.run([shape], totals)
    if math.prod(output) > MOST_FEATURES:
        raise Refusal(
            f"the network gives {math.prod(output):,} features of one picture (shape {output}) and at most {MOST_FEATURES:,} can be compared; end it with a pooling, such as GlobalAveragePooling2D."
        )
    return Network(clean, shape, output, totals.weights, totals.products, totals.numbers)


def _network(config: Any, place: str, totals: Totals, depth: int) -> tuple[Json, Graph]:
    """A whole network, the outer or one inside another: its description anew, and its graph."""
    if depth > MOST_NESTED:
        raise Refusal(f"{place} is nested in more than {MOST_NESTED} others; {REDO}.")
    kind, inner = described(config, place)
    if kind not in MODELS:
        raise Refusal(f"{place} is of the class {shown(kind)}, which is no Sequential or Functional network; {REDO}.")
    from_module(config, MODELS[kind], place)
    layers = inner.get("layers")
    if not isinstance(layers, list) or not layers:
        raise Refusal(f"{place} has no list of layers; {REDO}.")
    if len(layers) > MOST_LAYERS:
        raise Refusal(
            f"{place} has {len(layers):,} layers and at most {MOST_LAYERS:,} are read; give a smaller network."
        )
    name = name_of(inner.get("name", "network"), place)
    if kind == "Sequential":
        clean, graph = _sequential(config, inner, layers, place, totals, depth)
    else:
        clean, graph = _functional(inner, layers, place, totals, depth)
    module = "keras" if kind == "Sequential" else "keras.src.models.functional"
    kind = "Sequential" if kind == "Sequential" else "Functional"
    config = {
        "module": module,
        "class_name": kind,
        "config": {"name": name, "trainable": True} | clean,
        "registered_name": kind if kind == "Functional" else None,
    }
    return config, graph


def _sequential(
    config: Json, inner: Json, layers: list[Any], place: str, totals: Totals, depth: int
) -> tuple[Json, Graph]:
    """Layers one after another; the shape of the first input stands in an InputLayer or beside the layers."""
    first = layers[0]
    built: Any = config.get("build_config")
    if not (isinstance(first, dict) and first.get("class_name") == "InputLayer"):
        shape = inner.get("build_input_shape") or (built.get("input_shape") if isinstance(built, dict) else None)
        first = {
            "class_name": "InputLayer",
            "config": {"batch_shape": shape, "dtype": "float32", "name": "input_layer"},
            "module": "keras.layers",
        }
        layers = [first, *layers]
    cleaned, shape = _input(first, f"{place}, layer 1")
    result, read_layers, calls = [cleaned], dict[str, Layer](), list[tuple[Reference, list[Any]]]()
    before: Reference = (cleaned["config"]["name"], 0)
    start = before
    for number, each in enumerate(layers[1:], 2):
        clean, layer = _layer(each, f"{place}, layer {number}", totals, depth)
        if layer.kind == "InputLayer" or layer.name in read_layers:
            raise Refusal(f"{layer.place} stands twice, or is an input in the middle; {REDO}.")
        result.append(clean)
        read_layers[layer.name] = layer
        calls.append(((layer.name, 0), [before]))
        before = (layer.name, 0)
    return {"layers": result}, Graph(place, read_layers, calls, [start], before, shape)


def _functional(inner: Json, layers: list[Any], place: str, totals: Totals, depth: int) -> tuple[Json, Graph]:
    """Layers with the calls of each, put into an order in which every input is there."""
    cleaned, read_layers, waiting = list[Json](), dict[str, Layer](), list[tuple[Reference, list[Any]]]()
    shapes: dict[str, Shape] = {}
    for number, each in enumerate(layers, 1):
        here = f"{place}, layer {number}"
        if isinstance(each, dict) and each.get("class_name") == "InputLayer":
            clean, sides = _input(each, here)
            name, nodes = clean["config"]["name"], list[tuple[Json, list[Any]]]()
            shapes[name] = sides
        else:
            clean, layer = _layer(each, here, totals, depth)
            name, nodes = layer.name, _nodes(each.get("inbound_nodes"), layer)
            read_layers[name] = layer
            waiting += [((name, index), given) for index, (_, given) in enumerate(nodes)]
        if len(cleaned) != len({*read_layers, *shapes}) - 1:
            raise Refusal(f"{here} has the name {shown(name)}, which another layer has; {REDO}.")
        cleaned.append(clean | {"name": name, "inbound_nodes": [node for node, _ in nodes]})
    inputs, given_inputs = _ends(inner.get("input_layers"), f"{place}, input_layers")
    outputs, given_outputs = _ends(inner.get("output_layers"), f"{place}, output_layers")
    if set(name for name, _ in inputs) != set(shapes) or len(outputs) != 1:
        raise Refusal(
            f"{place} has {len(shapes)} inputs and {len(outputs)} outputs, or names others than it has; one output and every input are needed."
        )
    calls = _ordered(waiting, {(name, 0) for name in shapes}, place)
    if outputs[0] not in {(name, 0) for name in shapes} | {call for call, _ in calls}:
        raise Refusal(f"{place} gives what no layer of it makes; {REDO}.")
    shape = shapes[inputs[0][0]] if len(inputs) == 1 else None
    return {"layers": cleaned, "input_layers": given_inputs, "output_layers": given_outputs}, Graph(
        place, read_layers, calls, inputs, outputs[0], shape
    )


def _ordered(
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


def _layer(config: Any, place: str, totals: Totals, depth: int) -> tuple[Json, Layer]:
    """One layer: from the list and from Keras's own module, with every setting looked at."""
    kind, inner = described(config, place)
    if kind in MODELS:
        totals.layer(place)
        name = name_of(config.get("name", inner.get("name")), place)
        clean, graph = _network(config, f"the network {shown(name)} inside", totals, depth + 1)
        return clean, Layer(name, kind, graph.place, Settings({}, kind, graph.place), graph)
    place = f"{place}, {shown(config.get('name') or inner.get('name'))} ({printable(kind, 40)})"
    totals.layer(place)
    if config.get("module") == "keras.src.ops.numpy" and kind in ARITHMETIC:
        from_module(config, ("keras.src.ops.numpy",), place)
        name = name_of(config.get("name", inner.get("name")), place)
        clean = {"module": "keras.src.ops.numpy", "class_name": kind, "config": {"name": name}, "registered_name": kind}
        return clean, Layer(name, kind, place, Settings({}, kind, place))
    if kind not in RULES.of or kind in ("TrueDivide", "Divide"):
        raise Refusal(
            f"{place} is none of the layers that are read of foreign files ({_nature(config, kind)}); {REDO}."
        )
    module = MODULES.get(kind, "keras.layers")
    from_module(config, (module,), place)
    values = {key(name, place): setting(name, value, place) for name, value in inner.items() if name != "name"}
    name = values["name"] = name_of(inner.get("name"), place)
    clean = {
        "module": module,
        "class_name": kind,
        "config": values,
        "registered_name": None if module == "keras.layers" else kind,
    }
    return clean, Layer(name, kind, place, Settings(values, kind, place))


def _nature(config: Json, kind: str) -> str:
    module = str(config.get("module"))
    if kind == "Lambda" or kind == "function" or kind == "__lambda__":
        return "it would run code of the file"
    if ".ops" in module:
        return "it is an operation and no layer"
    return (
        "it is not one of Keras's own"
        if not module.startswith("keras.layers")
        else "it does what no model of pictures needs"
    )


def _input(config: Any, place: str) -> tuple[Json, Shape]:
    """An input of a fixed size; how many pictures come at once is left open."""
    kind, inner = described(config, place)
    from_module(config, ("keras.layers",), place)
    shape = inner.get("batch_shape")
    sides = shape[1:] if isinstance(shape, list) else []
    if (
        not 1 <= len(sides) <= MOST_RANK
        or any(type(side) is not int or not 1 <= side <= 2**20 for side in sides)
        or inner.get("sparse")
        or inner.get("ragged")
    ):
        raise Refusal(
            f"{place} takes {shown(shape) if not isinstance(shape, list) else [side if type(side) is int and abs(side) < 2**63 else '?' for side in sides[:5]]}; a fixed size of 1 to {MOST_RANK} sides is needed, as in (None, height, width, channels)."
        )
    name = name_of(inner.get("name"), place)
    settings = {
        "batch_shape": [None, *sides],
        "dtype": precision(inner.get("dtype", "float32"), place),
        "sparse": False,
        "name": name,
    }
    return {"module": "keras.layers", "class_name": kind, "config": settings, "registered_name": None}, tuple(sides)


def _nodes(nodes: Any, layer: Layer) -> list[tuple[Json, list[Any]]]:
    """The calls of a layer: written anew, and the inputs of each."""
    if not isinstance(nodes, list) or not nodes or len(nodes) > MOST_CALLS:
        raise Refusal(f"{layer.place} is not connected with the network; {REDO}.")
    return [_node(node, layer) for node in nodes]


def _node(node: Any, layer: Layer) -> tuple[Json, list[Any]]:
    if not isinstance(node, dict) or not isinstance(node.get("args"), list) or not isinstance(node.get("kwargs"), dict):
        raise Refusal(f"{layer.place} is called in a way that is not read; {REDO}.")
    inputs: list[Any] = []
    args = [_argument(each, layer, inputs) for each in node["args"]]
    kwargs: Json = {}
    for name in ("query", "value", "key", *sorted(node["kwargs"])):  # in the order of attention
        if name in kwargs or name not in node["kwargs"]:
            continue
        value = node["kwargs"][name]
        if name in ("query", "value", "key", "inputs", "x1", "x2"):
            kwargs[name] = _argument(value, layer, inputs)
        elif name in PASSED and not isinstance(value, list | dict) and value in PASSED[name]:
            kwargs[name] = value
        else:
            raise Refusal(
                f"{layer.place} is called with {shown(name)} = {shown(value)}, which is not read of foreign files; {REDO}."
            )
    if not any(isinstance(each, tuple) for each in inputs) or len(inputs) > 256:
        raise Refusal(f"{layer.place} is called without anything that the network makes; {REDO}.")
    return {"args": args, "kwargs": kwargs}, inputs


def _argument(value: Any, layer: Layer, inputs: list[Any]) -> Any:
    """What a layer is called with: what another layer made, a list of such, or for arithmetic a plain number."""
    if isinstance(value, list) and len(value) <= 256 and all(isinstance(each, dict) for each in value):
        return [_argument(each, layer, inputs) for each in value]
    if type(value) in (int, float) and layer.kind in ARITHMETIC and abs(value) <= 2**31:
        inputs.append(value)
        return value
    inner = value.get("config") if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__" else None
    history: Any = inner.get("keras_history") if isinstance(inner, dict) else None
    if not _is_reference(history):
        raise Refusal(f"{layer.place} is called with {shown(value)}, which no layer makes; {REDO}.")
    inputs.append((history[0], history[1]))
    return {"class_name": "__keras_tensor__", "config": {"shape": [None], "dtype": "float32", "keras_history": history}}


def _is_reference(value: Any) -> bool:
    """[name of a layer, which of its calls, 0]: every layer that is read makes one thing."""
    return (
        isinstance(value, list)
        and len(value) == 3
        and isinstance(value[0], str)
        and type(value[1]) is int
        and 0 <= value[1] < MOST_CALLS
        and value[2] == 0
        and type(value[2]) is int
    )


def _ends(value: Any, place: str) -> tuple[list[Reference], Any]:
    """The inputs or outputs of a network, and the same as they stood."""
    ends = list(_references(value))
    if not ends or len(ends) > 16:
        raise Refusal(f"{place} does not name layers; {REDO}.")
    return ends, value


def _references(value: Any) -> Iterator[Reference]:
    if _is_reference(value):
        yield value[0], value[1]
    elif isinstance(value, list) and all(_is_reference(each) for each in value):
        yield from ((each[0], each[1]) for each in value)
