"""Two small networks of others that ship with the project: one that finds faces, one that reads gender presentation.

Faces: YuNet (Wu, Peng and Yu 2023, Machine Intelligence Research 20:656; weights of OpenCV's model zoo, 2023mar). Gender
presentation: the network of dlib-models, CC0. `genmodels.commands.make_photograph_readers` makes both files again; the
licences stand beside them. Weights are read as arrays: no file says here what is built.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from genmodels.lazy_keras import keras, network
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from keras import KerasTensor

FOLDER = Path(__file__).parent / "photographs"
FACES, GENDER = FOLDER / "faces.keras", FOLDER / "gender-presentation.keras"
STRIDES = (8, 16, 32)  # pixels of a cell of each map that YuNet gives
MAPS = ("cls", "bbox", "obj")  # of every cell: a face (logit), its box (4), whether it is one whole (logit)
CROP = 32  # pixels of a side of what the reader of gender presentation takes
CENTRE, SCALE = (122.782, 117.001, 104.298), 256.0  # what is taken off red, green, blue, and what they are divided by


def gender_network() -> keras.Model:
    """uint8-like RGB crops (n, 32, 32, 3), less `CENTRE` and over `SCALE`, to how probable (woman, man) is."""
    layers = keras.layers
    inputs = x = layers.Input((CROP, CROP, 3))
    for width in (32, 64):
        for _ in range(2):
            x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
        x = layers.AveragePooling2D(2)(x)
    x = layers.Dense(16, activation="relu")(layers.Flatten()(x))
    return network(inputs, layers.Dense(2, activation="softmax")(x), name="gender_presentation")


def face_network() -> keras.Model:
    """BGR pictures of 0 to 255 (n, height, width, 3), sides that 32 divides, to `MAPS` for each of `STRIDES`, in that order."""
    layers = keras.layers
    inputs = layers.Input((None, None, 3))
    x = layers.Conv2D(16, 3, strides=2, activation="relu")(layers.ZeroPadding2D(1)(inputs))
    x = layers.MaxPooling2D(2)(_unit(x, 16))
    x = _unit(_unit(x, 16), 32)
    x = _unit(_unit(x, 32), 64)
    levels = []
    for _ in range(3):
        x = layers.MaxPooling2D(2)(x)
        x = _unit(_unit(x, 64), 64)
        levels.append(x)
    found = [_unit(levels[2], 64)]
    for level in (levels[1], levels[0]):  # what the coarser level sees is added to the finer one
        found.insert(0, _unit(layers.Add()([level, layers.UpSampling2D(2)(found[0])]), 64))
    maps = [_unit(level, 4 if name == "bbox" else 1, None) for name in MAPS for level in found]
    return network(inputs, maps, name="faces")


def _unit(x: KerasTensor, width: int, activation: str | None = "relu") -> KerasTensor:
    """A convolution over channels, then one over neighbours, channel by channel."""
    x = keras.layers.Conv2D(width, 1)(x)
    return keras.layers.DepthwiseConv2D(3, padding="same", activation=activation)(x)


def with_weights(model: keras.Model, file: Path) -> keras.Model:
    """The network with the weights of a `.keras` file, read as arrays; raises `Refusal` where they do not fit."""
    arrays = arrays_of(file)
    counts: Counter[str] = Counter()
    try:
        for layer in model.layers:
            kind = re.sub(r"([a-z])([A-Z])", r"\1_\2", type(layer).__name__).lower()
            name = f"{kind}_{counts[kind]}" if counts[kind] else kind
            counts[kind] += 1
            if layer.weights:
                layer.set_weights([arrays[f"{name}/{number}"] for number in range(len(layer.weights))])
    except (KeyError, ValueError):
        raise Refusal(f"The weights {file.name} are not those of this network; install the project again.") from None
    return model


def arrays_of(file: Path) -> dict[str, np.ndarray]:
    """The weights of a `.keras` file by layer and number, as "conv2d_1/0"."""
    import h5py

    with zipfile.ZipFile(file) as archive, h5py.File(io.BytesIO(archive.read("model.weights.h5")), "r") as weights:
        return {
            f"{name}/{number}": np.asarray(weights[f"layers/{name}/vars/{number}"])
            for name in weights["layers"]
            for number in weights[f"layers/{name}/vars"]
        }


@cache
def asked(file: Path) -> Callable[[np.ndarray], list[np.ndarray]]:
    """One of the two networks, as a function of arrays of one shape to the arrays that it gives."""
    from genmodels.networks.compute import compiled
    from genmodels.networks.learner import BUILDING

    with BUILDING:
        model = with_weights((face_network if file == FACES else gender_network)(), file)
    given = compiled(lambda rows: keras.tree.flatten(model(rows, training=False)))
    return lambda rows: [np.asarray(each) for each in given(rows)]


def versions() -> list[str]:
    """SHA-256 of both files: a reading holds for these weights alone."""
    return [hashlib.sha256(file.read_bytes()).hexdigest() for file in (FACES, GENDER)]
