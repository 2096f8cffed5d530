"""What runs in a caged child with a foreign `.keras` file: the gate, and behind it the one place where Keras loads one."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from genmodels.intake import keras_file
from genmodels.intake.keras_graph import MOST_NUMBERS
from genmodels.kinds.image.files import resized
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from genmodels.lazy_keras import keras

CHUNK = 64  # pictures at a time; fewer where each takes much


def looked_at(given: Path, out: Path, name: str) -> dict[str, Any]:
    """What the gate found, as arrays; Keras is not imported."""
    checked = keras_file.check(given / "model.keras", name)
    network = checked.network
    return {
        "sha256": np.frombuffer(bytes.fromhex(checked.digest), np.uint8),
        "input": np.array(network.input, np.uint64),
        "features": np.uint64(math.prod(network.output)),
        "products": np.uint64(network.products),
    }


def features(given: Path, out: Path, name: str, sha256: str) -> dict[str, Any]:
    """The network's numbers (n, features) of the pictures in `given`: uint8, brought to its size, from 0 to 1."""
    with keras_file.opened(given / "model.keras", name) as (checked, weights):
        if checked.digest != sha256:
            raise Refusal(f"{name} was changed while it was looked at; start again.")
        keras_file.write_anew(checked, weights, out / "model.keras")
    import keras

    try:
        model = keras.saving.load_model(out / "model.keras", compile=False, safe_mode=True)
    except MemoryError:
        raise
    except Exception:
        raise Refusal(
            f"{name} is refused: Keras can't build the layers of config.json, or model.weights.h5 does not fit them; {keras_file.SAVE_AGAIN}."
        ) from None
    network, images = checked.network, np.load(given / "pictures.npy", mmap_mode="r", allow_pickle=False)
    size = max(1, min(CHUNK, MOST_NUMBERS // max(network.numbers, 1)))
    parts = [
        _outputs(model, resized(images[start : start + size], network.input), name)
        for start in range(0, len(images), size)
    ]
    return {"features": np.concatenate(parts)}


def _outputs(model: keras.Model, images: np.ndarray, name: str) -> np.ndarray:
    try:
        made = np.asarray(model(images.astype("float32") / 255, training=False))
    except MemoryError:
        raise
    except Exception as error:
        if type(error).__name__ == "ResourceExhaustedError":
            raise MemoryError from None
        raise Refusal(
            f"{name} can't be asked for pictures of {images.shape[1]} x {images.shape[2]}; see that it works with model.predict."
        ) from None
    return made.reshape(len(images), -1).astype(np.float32)
