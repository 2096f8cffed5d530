"""How a foreign network calls its layers: each call read, and written anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeGuard

from genmodels.intake.keras_graph import MOST_CALLS, Layer, Reference
from genmodels.intake.keras_rules import shown
from genmodels.intake.keras_settings import REDO, Json
from genmodels.refusal import Refusal

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


def nodes_of(nodes: object, layer: Layer) -> list[tuple[Json, list[Any]]]:
    """The calls of a layer: written anew, and the inputs of each."""
    if not isinstance(nodes, list) or not nodes or len(nodes) > MOST_CALLS:
        raise Refusal(f"{layer.place} is not connected with the network; {REDO}.")
    return [_node(node, layer) for node in nodes]


def _node(node: object, layer: Layer) -> tuple[Json, list[Any]]:
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


def _is_reference(value: object) -> TypeGuard[list[Any]]:
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


def ends_of(value: object, place: str) -> tuple[list[Reference], Any]:
    """The inputs or outputs of a network, and the same as they stood."""
    ends = list(_references(value))
    if not ends or len(ends) > 16:
        raise Refusal(f"{place} does not name layers; {REDO}.")
    return ends, value


def _references(value: object) -> Iterator[Reference]:
    if _is_reference(value):
        yield value[0], value[1]
    elif isinstance(value, list) and all(_is_reference(each) for each in value):
        yield from ((each[0], each[1]) for each in value)
