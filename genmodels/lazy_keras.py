"""Keras under its own name, imported when first used.

A recipe's knobs are read by pages that must open at once, and TensorFlow takes seconds to import. So model files write
`from genmodels.lazy_keras import keras, ops` and pay only when a network is built.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias


class Deferred:
    """Stands for a module and imports it at the first attribute."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(importlib.import_module(self._name), attribute)


if TYPE_CHECKING:
    import keras
    from keras import ops
    from tensorflow import Tensor as Tensor  # values; what networks are built of is `keras.KerasTensor`

    Symbols: TypeAlias = keras.KerasTensor | list[keras.KerasTensor] | tuple[keras.KerasTensor, ...]
    Networks: TypeAlias = Mapping[str, keras.Model]  # of a model, by name
    Cache: TypeAlias = tuple[Tensor, Tensor]  # of a block of a Transformer: keys and values, (n, heads, context, size)
else:
    keras = Deferred("keras")
    ops = Deferred("keras.ops")


def network(
    inputs: Symbols,
    outputs: Symbols,
    name: str | None = None,
) -> keras.Model:
    """`keras.Model(inputs, outputs, name=name)`, whatever Keras called its operations meanwhile.

    In a busy server with several sessions Keras (3.15) was seen to give one name to several operations of a network
    ("concatenate" is used 4 times), under a lock and in a thread of its own too; why is not known. Names must differ,
    and nothing of ours reads them: those that were given twice get a number.
    """
    taken: dict[str, int] = {}
    for operation in _operations(outputs):
        count = taken[operation.name] = taken.get(operation.name, 0) + 1
        if count > 1:
            operation.name = f"{operation.name}_again_{count}"
    module = importlib.import_module("keras")
    return module.Model(inputs, outputs, **({} if name is None else {"name": name}))


def _operations(outputs: Symbols) -> list[keras.Operation]:
    """Every operation that the symbolic tensors come from, once, those nearest to the outputs first."""
    waiting, nodes, found = list(outputs) if isinstance(outputs, list | tuple) else [outputs], set(), {}
    while waiting:
        operation, number, _ = waiting.pop()._keras_history
        if (id(operation), number) not in nodes:
            nodes.add((id(operation), number))
            found[id(operation)] = operation
            waiting += operation._inbound_nodes[number].input_tensors
    return list(found.values())
