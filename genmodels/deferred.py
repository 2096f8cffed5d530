"""Keras under its own name, imported when first used.

A recipe's knobs are read by pages that must open at once, and TensorFlow takes seconds to import. So model files write
`from genmodels.deferred import keras, ops` and pay only when a network is built.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up notices are not for our users


class Deferred:
    """Stands for a module and imports it at the first attribute."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(importlib.import_module(self._name), attribute)


if TYPE_CHECKING:
    import keras
    from keras import ops
else:
    keras = Deferred("keras")
    ops = Deferred("keras.ops")
