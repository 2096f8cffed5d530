"""Functions of TensorFlow as functions of arrays: compiled, differentiated, applied in chunks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from genmodels.refusal import Refusal


def input_gradient(function: Callable[[tf.Tensor], tf.Tensor], inputs: tf.Tensor) -> tf.Tensor:
    """The gradient of `sum(function(inputs))` with respect to `inputs`, itself differentiable."""
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = function(inputs)
    return tape.gradient(outputs, inputs)


def compiled(function: Callable[..., Any], fused: bool = False) -> Callable[..., Any]:
    """`function` as a TensorFlow graph, traced once for each shape; fused by XLA into few kernels where that is faster."""
    return tf.function(function, autograph=False, reduce_retracing=not fused, jit_compile=fused)


CHUNK = 64  # everything is decoded in batches of this size, so that a sample does not depend on how many were asked for


def in_chunks(function: Callable[..., np.ndarray], *arrays: np.ndarray, size: int = CHUNK) -> np.ndarray:
    """`function` over rows in batches of one size (the last is filled up and cut), so that it compiles once."""
    n = len(arrays[0])
    if n == 0:
        raise Refusal("Nothing was asked for: n is 0; ask for at least one.")
    parts = []
    for start in range(0, n, size):
        rows = [array[start : start + size] for array in arrays]
        missing = size - len(rows[0])
        filled = [np.concatenate([r, np.repeat(r[-1:], missing, axis=0)]) if missing else r for r in rows]
        parts.append(function(*filled)[: len(rows[0])])
    return np.concatenate(parts)
