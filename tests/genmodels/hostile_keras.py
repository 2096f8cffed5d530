"""`.keras` files built by hand, without Keras: an honest one, and hostile ones of each kind."""

from __future__ import annotations

import copy
import io
import json
import os
import pickle
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

Json = dict[str, Any]
META = b'{"keras_version": "3.15.1", "date_saved": "2026-01-01@00:00:00"}'


def layer(kind: str, name: str, module: str = "keras.layers", **settings: Any) -> Json:
    return {"module": module, "class_name": kind, "config": {"name": name, "trainable": True, "dtype": "float32"} | settings, "registered_name": None}


def first(*shape: Any, name: str = "input_layer") -> Json:
    return {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, *shape], "dtype": "float32", "sparse": False, "name": name}, "registered_name": None}


def sequential(*layers: Json, **more: Any) -> Json:
    return {"module": "keras", "class_name": "Sequential", "config": {"name": "sequential", "trainable": True, "layers": list(layers)}, "registered_name": None} | more


def tensor(name: str, call: Any = 0, which: Any = 0) -> Json:
    return {"class_name": "__keras_tensor__", "config": {"shape": [None, 4], "dtype": "float32", "keras_history": [name, call, which]}}


def called(described: Json, *given: Any, **kwargs: Any) -> Json:
    return described | {"name": described["config"].get("name", "x"), "inbound_nodes": [{"args": list(given), "kwargs": kwargs}]}


def functional(*layers: Json, end: str, start: str = "input_layer") -> Json:
    inputs = first(8, 8, 1, name=start) | {"name": start, "inbound_nodes": []}
    config = {"name": "functional", "trainable": True, "layers": [inputs, *layers], "input_layers": [[start, 0, 0]], "output_layers": [[end, 0, 0]]}
    return {"module": "keras.src.models.functional", "class_name": "Functional", "config": config, "registered_name": "Functional"}


def honest() -> Json:
    return functional(
        called(layer("Flatten", "flatten"), tensor("input_layer")),
        called(layer("Dense", "dense", units=5, activation="relu", kernel_initializer={"module": "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": None}, "registered_name": None}), tensor("flatten")),
        called(layer("Add", "add"), [tensor("dense"), tensor("dense")]),
        end="add",
    )


def weights(fill: Callable[[h5py.File], None] | None = None) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.create_group("vars")
        file["layers/dense/vars/0"] = np.ones((64, 5), "float32")
        file["layers/dense/vars/1"] = np.zeros(5, "float32")
        file["layers/dropout/seed_generator/vars/0"] = np.zeros(2, "uint32")
        if fill:
            fill(file)
    return buffer.getvalue()


def packed(config: Any = None, held: bytes | None = None, *, method: int = zipfile.ZIP_STORED, meta: bytes = META, **more: bytes) -> bytes:
    buffer = io.BytesIO()
    content = config if isinstance(config, bytes) else json.dumps(honest() if config is None else config).encode()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("metadata.json", meta)
        archive.writestr("config.json", content)
        archive.writestr("model.weights.h5", weights() if held is None else held)
        for name, extra in more.items():
            archive.writestr(name.replace("__", "/"), extra)
    return buffer.getvalue()


def function(module: str, name: str) -> Json:
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def changed(**settings: Any) -> Json:
    """The honest network with other settings of its dense layer."""
    config = honest()
    config["config"]["layers"][2]["config"] |= settings
    return config


def with_operation(module: str, kind: str, *given: Any, **kwargs: Any) -> Json:
    """The honest network beside an operation that is called while the file is loaded."""
    config = honest()
    operation = {"module": module, "class_name": kind, "config": {"name": "operation"}, "registered_name": kind}
    config["config"]["layers"].insert(1, called(operation, *given, **kwargs))
    return config


def _deep(levels: int) -> Json:
    inner: Json = sequential(first(8, 8, 1), layer("Flatten", "flatten"))
    for number in range(levels):
        inner = sequential(first(8, 8, 1), inner | {"config": inner["config"] | {"name": f"inner_{number}"}})
    return inner


def _multiplying(levels: int, times: int) -> Json:
    """Each network calls the one inside it several times, so that the innermost runs times^levels times."""
    inner = functional(called(layer("Identity", "identity"), tensor("input_layer")), end="identity")
    for number in range(levels):
        name = f"inner_{number}"
        given = [tensor("input_layer"), *(tensor(name, call) for call in range(times - 1))]
        inner = functional(inner | {"config": inner["config"] | {"name": name}, "name": name, "inbound_nodes": [{"args": [each], "kwargs": {}} for each in given]}, end=name)
        inner["config"]["output_layers"] = [[name, times - 1, 0]]
    return inner


def _external_file(file: h5py.File) -> None:
    file.create_dataset("layers/dense/vars/2", (4,), "float32", external=[("/etc/passwd", 0, 16)])


def _virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((4,), "float32")
    layout[:] = h5py.VirtualSource("/tmp/elsewhere.h5", "x", (4,))
    file.create_virtual_dataset("layers/dense/vars/2", layout)


def _link(name: str, link: Any) -> Callable[[h5py.File], None]:
    return lambda file: file.__setitem__(name, link)


def _loop(file: h5py.File) -> None:
    file["layers/again"] = file["layers"]


def _encrypted() -> bytes:
    content = bytearray(packed())
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        at = content.find(mark)
        while at >= 0:
            content[at + (6 if mark[2] == 3 else 8)] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


def _unusual() -> bytes:
    return packed(method=zipfile.ZIP_BZIP2)


def _said_size(name: str, size: int) -> bytes:
    """The list of members claims another size than is there."""
    content = bytearray(packed(method=zipfile.ZIP_DEFLATED))
    at = content.find(b"PK\x01\x02")
    while content[at + 46 : at + 46 + len(name)] != name.encode():
        at = content.find(b"PK\x01\x02", at + 4)
    content[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(content)


def _zip64() -> bytes:
    content = packed()
    end = content.rfind(b"PK\x05\x06")
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, end, 1)
    record = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 2**40, 2**40, 2**62, 2**62)
    return content[:end] + record + locator + content[end:]


def _twice() -> bytes:
    buffer = io.BytesIO()
    import warnings

    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for content in (json.dumps(honest()), json.dumps(changed(units=6))):
            archive.writestr("config.json", content)
        archive.writestr("model.weights.h5", weights())
    return buffer.getvalue()


def _blanks(megabytes: int) -> bytes:
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr("metadata.json", META)
            with archive.open("config.json", "w") as stream:
                for _ in range(megabytes):
                    stream.write(b" " * 1_000_000)
                stream.write(json.dumps(honest()).encode())
            archive.writestr("model.weights.h5", weights())
        file.seek(0)
        return file.read()


def _zeros(megabytes: int) -> bytes:
    """Weights that unpack to a thousand times their size."""
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            archive.writestr("metadata.json", META)
            archive.writestr("config.json", json.dumps(honest()))
            with archive.open("model.weights.h5", "w") as stream:
                for _ in range(megabytes):
                    stream.write(bytes(1_000_000))
        file.seek(0)
        return file.read()


def _exploit() -> bytes:
    class Exploit:
        def __reduce__(self) -> Any:
            return os.system, ("true",)

    return pickle.dumps(Exploit())


DIGITS = "1" + "0" * 400

# name: how it is made, and a word of the sentence that refuses it
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    # Functions of Keras that run while a file is loaded
    "Switch sets the policy": (lambda: packed(with_operation("keras.src.ops.core", "Switch", 0, [function("keras.config", "set_dtype_policy")], "mixed_float16")), "operation and no layer"),
    "Switch as a layer of Keras": (lambda: packed(with_operation("keras.layers", "Switch", 0)), "none of the layers"),
    "Cond": (lambda: packed(with_operation("keras.src.ops.core", "Cond", True, function("keras.config", "set_floatx"))), "operation and no layer"),
    "Map over a function": (lambda: packed(with_operation("keras.src.ops.core", "Map", function("keras.utils", "get_file"))), "operation and no layer"),
    "addition of nothing": (lambda: packed(with_operation("keras.src.ops.numpy", "Add", 1, 2)), "without anything"),
    "addition of a function": (lambda: packed(with_operation("keras.src.ops.numpy", "Add", tensor("input_layer"), function("keras.config", "set_floatx"))), "which no layer makes"),
    "arange": (lambda: packed(with_operation("keras.src.ops.numpy", "Arange", 10**9)), "operation and no layer"),
    "set_floatx as activation": (lambda: packed(changed(activation=function("keras.config", "set_floatx"))), "activation"),
    "set_max_epochs as activation": (lambda: packed(changed(activation=function("keras.config", "set_max_epochs"))), "activation"),
    "load_data as initializer": (lambda: packed(changed(kernel_initializer=function("keras.datasets.mnist", "load_data"))), "kernel_initializer"),
    "load_data by name": (lambda: packed(changed(activation="load_data")), "activation"),
    "plot_image_gallery": (lambda: packed(changed(activation=function("keras.visualization", "plot_image_gallery"))), "activation"),
    "get_file as regularizer": (lambda: packed(changed(kernel_regularizer=function("keras.utils", "get_file"))), "kernel_regularizer"),
    "a module as constraint": (lambda: packed(changed(kernel_constraint={"module": "os", "class_name": "system", "config": {}, "registered_name": "system"})), "kernel_constraint"),
    "an initializer of another module": (lambda: packed(changed(kernel_initializer={"module": "builtins", "class_name": "Zeros", "config": {}, "registered_name": None})), "comes from"),
    "Lambda": (lambda: packed(functional(called(layer("Lambda", "x", function={"class_name": "__lambda__", "config": {"code": "4wAA"}}), tensor("input_layer")), end="x")), "code of the file"),
    "Lambda around TFSMLayer": (lambda: packed(sequential(first(8, 8, 1), layer("Lambda", "x", function=layer("TFSMLayer", "y", filepath="/tmp/model")))), "code of the file"),
    "TFSMLayer": (lambda: packed(sequential(first(8, 8, 1), layer("TFSMLayer", "x", filepath="/tmp/model"))), "none of the layers"),
    "TorchModuleWrapper": (lambda: packed(sequential(first(8, 8, 1), layer("TorchModuleWrapper", "x", module="gASV"))), "none of the layers"),
    "a layer of anybody's": (lambda: packed(sequential(first(8, 8, 1), layer("Dense", "x", module="my_package", units=3))), "comes from"),
    "a registered name": (lambda: packed(sequential(first(8, 8, 1), layer("Dense", "x", units=3) | {"registered_name": "mine>Dense"})), "comes from"),
    "TimeDistributed": (lambda: packed(sequential(first(8, 8, 1), layer("TimeDistributed", "x", layer=layer("Dense", "y", units=3)))), "none of the layers"),
    "StringLookup": (lambda: packed(sequential(first(8, 8, 1), layer("StringLookup", "x", vocabulary="/etc/passwd"))), "none of the layers"),
    "a model of another class": (lambda: packed(honest() | {"class_name": "Exploit", "module": "builtins"}), "no Sequential or Functional"),
    "policy map": (lambda: packed(changed(dtype={"module": "keras.dtype_policies", "class_name": "DTypePolicyMap", "config": {}, "registered_name": None})), "precision"),
    "quantized policy": (lambda: packed(changed(dtype="int8_from_float32")), "precision"),
    "policy of a function": (lambda: packed(changed(dtype=function("keras.config", "set_dtype_policy"))), "precision"),
    "policy of other settings": (lambda: packed(changed(dtype={"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32", "source_name": "x"}, "registered_name": None})), "precision"),
    "quantization": (lambda: packed(changed(quantization_config=function("keras.config", "set_floatx"))), "quantization_config"),
    "an unknown dict": (lambda: packed(changed(extra={"class_name": "__numpy__", "config": {"value": [1], "dtype": "float32"}})), "extra"),
    "called in training": (lambda: packed(functional(called(layer("Dropout", "x", rate=0.5), tensor("input_layer"), training=True), end="x")), "'training' = True"),
    "called with a function": (lambda: packed(functional(called(layer("Identity", "x"), tensor("input_layer"), mask=function("keras.config", "set_floatx")), end="x")), "'mask'"),
    # Memory and time
    "20,000 layers": (lambda: packed(sequential(first(8, 8, 1), *(layer("Identity", f"x_{i}") for i in range(20_000)))), "20,001 layers"),
    "5,000 calls": (lambda: packed(functional(layer("Identity", "x") | {"name": "x", "inbound_nodes": [{"args": [tensor("input_layer")], "kwargs": {}}] * 5000}, end="x")), "not connected"),
    "512 MB of blanks": (lambda: _blanks(512), "config.json unpacks to"),
    "5 MB of blanks": (lambda: _blanks(5), "config.json unpacks to"),
    "deep JSON": (lambda: packed(b"[" * 200_000), "levels deep"),
    "deep dicts": (lambda: packed(b'{"a":' * 900 + b"1" + b"}" * 900), "levels deep"),
    "a million values": (lambda: packed(b"[" + b"0," * 1_000_000 + b"0]"), "values"),
    "deep networks": (lambda: packed(_deep(15)), "nested"),
    "networks that multiply": (lambda: packed(_multiplying(8, 6)), "after more than 4,000"),
    "480,000 features": (lambda: packed(sequential(first(400, 400, 3), layer("Flatten", "x"))), "480,000 features"),
    "62,720 features": (lambda: packed(sequential(first(224, 224, 3), layer("AveragePooling2D", "x", pool_size=[32, 32]), layer("Conv2D", "y", filters=1280, kernel_size=1))), "62,720 features"),
    "huge Dense": (lambda: packed(sequential(first(8, 8, 1), layer("Flatten", "x"), layer("Dense", "y", units=10**9))), "units is 1000000000"),
    "Dense without its weights": (lambda: packed(sequential(first(224, 224, 3), layer("Flatten", "x"), layer("Dense", "y", units=4096))), "need 616,566,784 weights"),
    "many convolutions": (lambda: packed(sequential(first(1024, 1024, 3), *(layer("Conv2D", f"x_{i}", filters=64, kernel_size=3, padding="same") for i in range(9)), layer("GlobalAveragePooling2D", "y"))), "numbers of one picture"),
    "slow convolutions": (lambda: packed(sequential(first(512, 512, 3), layer("Conv2D", "x", filters=64, kernel_size=64, padding="same"), layer("Conv2D", "z", filters=64, kernel_size=64, padding="same"), layer("GlobalAveragePooling2D", "y"))), "multiplications"),
    "huge kernel": (lambda: packed(sequential(first(8, 8, 1), layer("Conv2D", "x", filters=1, kernel_size=[10**6, 10**6]))), "kernel_size"),
    "huge enlargement": (lambda: packed(sequential(first(8, 8, 1), layer("UpSampling2D", "x", size=[10**6, 1]))), "size is"),
    "enlargements": (lambda: packed(sequential(first(64, 64, 3), *(layer("UpSampling2D", f"x_{i}", size=[32, 32]) for i in range(9)))), "numbers of one picture"),
    "huge padding": (lambda: packed(sequential(first(8, 8, 1), layer("ZeroPadding2D", "x", padding=10**8))), "padding"),
    "huge input": (lambda: packed(sequential(first(10**6, 10**6, 3), layer("GlobalAveragePooling2D", "x"))), "shape"),
    "a picture of 100,000 channels": (lambda: packed(sequential(first(8, 8, 100_000), layer("GlobalAveragePooling2D", "x"))), "shape"),
    "huge build": (lambda: packed(sequential(layer("Dense", "x", units=9), build_config={"input_shape": [None, 2**40]})), "fixed size"),
    "attention over a million": (lambda: packed(functional(called(layer("Reshape", "r", target_shape=[64, 1]), tensor("input_layer")), called(layer("MultiHeadAttention", "x", num_heads=10**9, key_dim=8), tensor("r"), tensor("r")), end="x")), "num_heads"),
    # Numbers
    "2^63 units": (lambda: packed(changed(units=2**63)), "digits"),
    "negative units": (lambda: packed(changed(units=-5)), "units is -5"),
    "units of 401 digits": (lambda: packed(json.dumps(honest()).replace('"units": 5', f'"units": {DIGITS}').encode()), "401 digits"),
    "units of 5,000 digits": (lambda: packed(json.dumps(honest()).replace('"units": 5', f'"units": {"9" * 5000}').encode()), "5,000 digits"),
    "true units": (lambda: packed(changed(units=True)), "units is True"),
    "no units": (lambda: packed(changed(units=None)), "units is None"),
    "1e999": (lambda: packed(json.dumps(honest()).replace('"units": 5', '"units": 1e999').encode()), "units"),
    "shape of 2^62": (lambda: packed(sequential(first(2**52, 8, 1), layer("Flatten", "x"))), "fixed size"),
    "negative shape": (lambda: packed(sequential(first(-8, -8, 1), layer("Flatten", "x"))), "fixed size"),
    "reshape that overflows": (lambda: packed(sequential(first(8, 8, 1), layer("Reshape", "x", target_shape=[2**40, 2**40]))), "target_shape"),
    "reshape to negative": (lambda: packed(sequential(first(8, 8, 1), layer("Reshape", "x", target_shape=[-2, -32]))), "target_shape"),
    "stride 0": (lambda: packed(sequential(first(8, 8, 1), layer("MaxPooling2D", "x", strides=[0, 0]))), "strides"),
    "pooling of nothing": (lambda: packed(sequential(first(8, 8, 1), layer("MaxPooling2D", "x", pool_size=[9, 9]))), "can't work"),
    # Graphs
    "a circle": (lambda: packed(functional(called(layer("Identity", "x"), tensor("y")), called(layer("Identity", "y"), tensor("x")), end="y")), "in a circle"),
    "an unknown layer": (lambda: packed(functional(called(layer("Identity", "x"), tensor("nobody")), end="x")), "no layer makes"),
    "not connected": (lambda: packed(functional(called(layer("Flatten", "x"), tensor("input_layer")), layer("Identity", "y") | {"name": "y", "inbound_nodes": []}, end="x")), "not connected"),
    "two layers of one name": (lambda: packed(functional(called(layer("Identity", "x"), tensor("input_layer")), called(layer("Flatten", "x"), tensor("input_layer")), end="x")), "another layer has"),
    "a name of control characters": (lambda: packed(sequential(first(8, 8, 1), layer("Flatten", "x\x1b[31m\u202e"))), "names are up to"),
    "an endless name": (lambda: packed(sequential(first(8, 8, 1), layer("Flatten", "x" * 10**6))), "names are up to"),
    "a list for a network": (lambda: packed([1]), "not described"),
    "no JSON": (lambda: packed(b"\xff\xfe{}"), "not UTF-8"),
    "no layers": (lambda: packed(sequential()), "no list of layers"),
    # HDF5
    "external link": (lambda: packed(held=weights(_link("layers/out", h5py.ExternalLink("/etc/passwd", "/")))), "link to elsewhere"),
    "soft link": (lambda: packed(held=weights(_link("layers/out", h5py.SoftLink("/layers/dense")))), "link to elsewhere"),
    "a group inside itself": (lambda: packed(held=weights(_loop)), "second link"),
    "external data set": (lambda: packed(held=weights(_external_file)), "other files"),
    "virtual data set": (lambda: packed(held=weights(_virtual)), "other files"),
    "packed data set": (lambda: packed(held=weights(lambda f: f.create_dataset("z", (10_000_000,), "float32", compression="gzip"))), "packed, or lacks"),
    "10^15 numbers that are not there": (lambda: packed(held=weights(lambda f: f.create_dataset("z", (10**15,), "float32"))), "at most 100,000,000 numbers"),
    "numbers that are not there": (lambda: packed(held=weights(lambda f: f.create_dataset("z", (10**7,), "float32"))), "packed, or lacks"),
    "words for weights": (lambda: packed(held=weights(lambda f: f.__setitem__("z", "words"))), "no weights"),
    "whole numbers for weights": (lambda: packed(held=weights(lambda f: f.__setitem__("z", np.zeros((50, 50), "int64")))), "no weights"),
    "references for weights": (lambda: packed(held=weights(lambda f: f.create_dataset("z", (3,), h5py.ref_dtype))), "no weights"),
    "a type": (lambda: packed(held=weights(lambda f: f.__setitem__("z", np.dtype("float32")))), "no group and no data set"),
    "deep groups": (lambda: packed(held=weights(lambda f: f.create_group("/".join("a" * 60)))), "more than 40 deep"),
    "13,000 groups": (lambda: packed(held=weights(lambda f: [f.create_group(f"g/{i}") for i in range(13_000)] and None)), "12,000 that are read"),
    "NaN": (lambda: packed(held=weights(lambda f: f.__setitem__("z", np.array([1, np.nan], "float32")))), "not finite"),
    "infinity": (lambda: packed(held=weights(lambda f: f.__setitem__("z", np.array([1, np.inf], "float16")))), "not finite"),
    "no HDF5": (lambda: packed(held=b"hello" * 100), "no HDF5"),
    "HDF5 cut short": (lambda: packed(held=weights()[:3000]), "no HDF5|data sets"),
    "weights that unpack to 60 MB": (lambda: _zeros(60), "times its size"),
    # Zip
    "an empty file": (lambda: b"", "is empty"),
    "nonsense": (lambda: b"PK nonsense", "no zip"),
    "a zip cut short": (lambda: packed()[:-40], "no zip|damaged"),
    "bytes turned": (lambda: packed().replace(b"Flatten", b"Platten"), "damaged in the zip"),
    "a pickle": (_exploit, "pickle"),
    "an old .h5 file": (weights, "HDF5 file and no .keras"),
    "gzip": (lambda: b"\x1f\x8b" + bytes(100), "gzip"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "no zip"),
    "members twice": (_twice, "missing or stands twice"),
    "a member more": (lambda: packed(assets__x=b"1"), "it holds|list of members"),
    "a path out": (lambda: packed(**{"..__..__x": b"1"}), "it holds|list of members"),
    "encrypted": (_encrypted, "encrypted"),
    "unusual packing": (_unusual, "unusual way"),
    "zip64 lies": (_zip64, "list of members"),
    "more than it says": (lambda: _said_size("config.json", 10), "damaged|says"),
    "less than it says": (lambda: _said_size("config.json", 90_000), "damaged|says"),
    "a comment with an end": (lambda: packed() + b"PK\x05\x06" + bytes(18), "damaged|missing|list of members"),
    "metadata of Keras 2": (lambda: packed(meta=b'{"keras_version": "2.13.0"}'), "Keras 3"),
    "metadata is a list": (lambda: packed(meta=b"[]"), "Keras 3"),
}  # fmt: skip

ODD = (None, True, -1, 0, 1.5, 2**53 + 1, 1e300, "", "x", "../../etc/passwd", "\x00\u202e", [], [None], [[]], {}, {"class_name": "Lambda"}, {"class_name": "__lambda__", "config": {}}, [0] * 20, function("keras.config", "set_floatx"))  # fmt: skip


def spoilt(config: Json) -> list[tuple[str, Json]]:
    """The honest network with each of its values in turn replaced by each odd one, or taken out."""
    made: list[tuple[str, Json]] = []

    def visit(value: Any, path: tuple[Any, ...]) -> None:
        if path:
            for odd in ODD:
                made.append((f"{path} = {odd!r}", _replaced(config, path, odd)))
        if isinstance(value, dict):
            made.extend((f"{path} without {name}", _replaced(config, path, {k: v for k, v in value.items() if k != name})) for name in value)
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
            visit(inner, (*path, key))

    visit(config, ())
    return made


def _replaced(config: Json, path: tuple[Any, ...], value: Any) -> Json:
    if not path:
        return value
    new = copy.deepcopy(config)
    holder: Any = new
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return new


def written(folder: Path, name: str) -> Path:
    file = folder / "hostile.keras"
    file.write_bytes(HOSTILE[name][0]())
    return file
