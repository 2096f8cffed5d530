"""The network that a `.keras` file describes, read without Keras: every layer from a list, every size within a budget.

`read` writes the description anew, from what was understood and nothing else: no class but the listed layers, no
function, no setting of a process, nothing of how the network was compiled. What is not understood is refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from genmodels.intake.keras_calls import ARITHMETIC, ends_of, nodes_of
from genmodels.intake.keras_graph import MOST_LAYERS, MOST_NESTED, Graph, Layer, Reference, Totals, ordered
from genmodels.intake.keras_rules import MOST_RANK, MOST_SIDE, Settings, Shape, shown
from genmodels.intake.keras_settings import REDO, Json, described, from_module, key, name_of, precision, setting
from genmodels.intake.keras_shapes import RULES
from genmodels.printable import printable
from genmodels.refusal import Refusal

MOST_FEATURES = 4096  # numbers a picture, before any covariance of them

MODULES = {"LayerScale": "keras.src.applications.convnext"}  # layers that are not in keras.layers
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
            name, nodes = layer.name, nodes_of(each.get("inbound_nodes"), layer)
            read_layers[name] = layer
            waiting += [((name, index), given) for index, (_, given) in enumerate(nodes)]
        if len(cleaned) != len({*read_layers, *shapes}) - 1:
            raise Refusal(f"{here} has the name {shown(name)}, which another layer has; {REDO}.")
        cleaned.append(clean | {"name": name, "inbound_nodes": [node for node, _ in nodes]})
    inputs, given_inputs = ends_of(inner.get("input_layers"), f"{place}, input_layers")
    outputs, given_outputs = ends_of(inner.get("output_layers"), f"{place}, output_layers")
    if set(name for name, _ in inputs) != set(shapes) or len(outputs) != 1:
        raise Refusal(
            f"{place} has {len(shapes)} inputs and {len(outputs)} outputs, or names others than it has; one output and every input are needed."
        )
    calls = ordered(waiting, {(name, 0) for name in shapes}, place)
    if outputs[0] not in {(name, 0) for name in shapes} | {call for call, _ in calls}:
        raise Refusal(f"{place} gives what no layer of it makes; {REDO}.")
    shape = shapes[inputs[0][0]] if len(inputs) == 1 else None
    return {"layers": cleaned, "input_layers": given_inputs, "output_layers": given_outputs}, Graph(
        place, read_layers, calls, inputs, outputs[0], shape
    )


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
