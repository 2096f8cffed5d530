"""Keras layers, and pieces of networks, that two models or more share."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from genmodels.refusal import Refusal


@keras.saving.register_keras_serializable("genmodels")
class LearnedMap(keras.layers.Layer):
    """Passes its input (n, ...) on, and holds in `map` (...) a learned number for each place, which a loss may read.

    Held beside and not appended: repeated for each picture of a batch it made up a tenth of the time of a step.
    """

    def __init__(self, initial: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.initial = initial

    def build(self, shape: tuple[int | None, ...]) -> None:
        initializer = keras.initializers.Constant(self.initial)
        self.map = self.add_weight(shape=shape[1:], initializer=initializer, name="map")

    def call(self, inputs: Any) -> Any:
        return inputs

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"initial": self.initial}


@keras.saving.register_keras_serializable("genmodels")
def silu(x: Any) -> Any:
    """x sigmoid(x), as Keras's `silu`; the gradient reuses the sigmoid, which shortens a VAE's step by a tenth."""
    return _silu(x)


@ops.custom_gradient
def _silu(x: Any) -> Any:
    share = ops.sigmoid(x)
    y = x * share

    def gradient(*arguments: Any, upstream: Any = None) -> Any:  # TensorFlow and JAX pass what comes down alone
        above = arguments[0] if upstream is None else upstream
        return above * (share + y * (1 - share))

    return y, gradient


def halvings(height: int, width: int) -> int:
    """How often a picture is halved on the way down to 4 to 7 pixels (2 at the smallest); at most 5 times."""
    depth = 0
    while depth < 5 and height % 2 == 0 and width % 2 == 0 and min(height, width) >= 8:
        height, width, depth = height // 2, width // 2, depth + 1
    if not depth or max(height, width) > 16:
        raise Refusal(f"A picture of {height} x {width} pixels can't be halved down to a few; resize to 32 x 32 or 64 x 64.")
    return depth


def one_of(classes: int, images: Any, labels: Any) -> Any:
    """Labels (n,) as one of n, (n, classes); without labels a class of its own is meant by all zeros."""
    if not classes or labels is None:
        return ops.zeros((ops.shape(images)[0], classes))
    if isinstance(labels, np.ndarray) and ((labels < 0) | (labels >= classes)).any():
        raise Refusal(f"A label is {int(labels.max())}; this model knows the classes 0 to {classes - 1}.")
    return ops.one_hot(labels, classes)
