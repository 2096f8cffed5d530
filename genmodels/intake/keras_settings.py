"""The settings of a layer in a foreign `.keras` file: numbers, short words, and Keras's own objects where one may stand."""

from __future__ import annotations

import re
from typing import Any

from genmodels.intake.keras_rules import shown
from genmodels.refusal import Refusal

Json = dict[str, Any]
REDO = "save a network of Keras's own layers with model.save()"
PRECISIONS = ("float32", "float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16")
ACTIVATIONS = (
    "celu",
    "elu",
    "exponential",
    "gelu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
)
NAMED = {  # by the end of a setting's name: the module of Keras, and the classes that may stand there
    "initializer": (
        "keras.initializers",
        (
            "Constant",
            "GlorotNormal",
            "GlorotUniform",
            "HeNormal",
            "HeUniform",
            "IdentityInitializer",
            "Identity",
            "LecunNormal",
            "LecunUniform",
            "Ones",
            "Orthogonal",
            "OrthogonalInitializer",
            "RandomNormal",
            "RandomUniform",
            "TruncatedNormal",
            "VarianceScaling",
            "Zeros",
        ),
    ),
    "regularizer": ("keras.regularizers", ("L1", "L2", "L1L2", "OrthogonalRegularizer")),
    "constraint": ("keras.constraints", ("MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm")),
}


def described(config: object, place: str) -> tuple[str, Json]:
    """The class and the settings of a described object."""
    if (
        not isinstance(config, dict)
        or not isinstance(config.get("class_name"), str)
        or not isinstance(config.get("config"), dict)
    ):
        raise Refusal(f"{place} is not described as Keras does it; {REDO}.")
    return config["class_name"], config["config"]


def from_module(config: Json, modules: tuple[str, ...], place: str) -> None:
    """Is the class Keras's own, and not another of the same name?"""
    if config.get("module") not in modules or config.get("registered_name") not in (None, config["class_name"]):
        raise Refusal(
            f"{place} comes from {shown(config.get('module'))} ({shown(config.get('registered_name'))}), not from {modules[0]}; {REDO}."
        )


def name_of(value: object, place: str) -> str:
    """A name in a file, of up to 100 harmless letters; raises `Refusal` for anything else."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_.\-]{1,100}", value):
        raise Refusal(
            f"{place} has the name {shown(value)}; names are up to 100 letters, digits, dots, dashes and underscores."
        )
    return value


def key(name: str, place: str) -> str:
    """The name of a setting as Keras writes it; raises `Refusal` for anything else."""
    if not re.fullmatch(r"[a-z_0-9]{1,40}", name):
        raise Refusal(f"{place} has a setting {shown(name)}, which no layer of Keras has; {REDO}.")
    return name


def setting(name: str, value: object, place: str) -> Any:
    """One setting of a layer: a number, a short word, a list of these, or one of Keras's own objects where one may stand."""
    if name == "dtype":
        return precision(value, place)
    ending = name.rsplit("_", 1)[-1]
    if ending in NAMED:
        return _named(value, *NAMED[ending], f"{place}: {name}")
    if name == "activation":
        if value is not None and (not isinstance(value, str) or value not in ACTIVATIONS):
            raise Refusal(
                f"{place}: activation is {shown(value)}, which is none that is read of foreign files (relu, gelu, softmax ...); {REDO}."
            )
        return value
    return _plain(value, f"{place}: {name}")


def _plain(value: object, place: str, depth: int = 0) -> Any:
    if value is None or isinstance(value, bool) or (isinstance(value, int | float) and abs(value) <= 2**53):
        return value
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_\-]{0,40}", value):
        return value
    if isinstance(value, list) and depth < 4 and len(value) <= 10_000:
        return [_plain(each, place, depth + 1) for each in value]
    raise Refusal(f"{place} is {shown(value)}, which no layer that is read has; {REDO}.")


def precision(value: object, place: str) -> str:
    """The name of a plain precision; every other policy is refused."""
    name = value
    if isinstance(value, dict):
        inner = value.get("config")
        plain = (
            value.get("class_name") == "DTypePolicy"
            and value.get("module") == "keras"
            and value.get("registered_name") in (None, "DTypePolicy")
            and isinstance(inner, dict)
            and set(inner) <= {"name"}
        )
        name = inner.get("name") if plain and isinstance(inner, dict) else None
    if not isinstance(name, str) or name not in PRECISIONS:
        raise Refusal(
            f"{place} has a precision that is not plain ({shown(value if isinstance(value, str) else name)}); use float32."
        )
    return name


def _named(value: object, module: str, classes: tuple[str, ...], place: str) -> Any:
    """An initializer, regularizer or constraint of Keras's own; its settings are numbers and words.

    It matters in training only, so the network is built with zeros for the weights that are read afterwards, and without it.
    """
    if value is None:
        return None
    if isinstance(value, str):
        value = {
            "module": module,
            "class_name": next((each for each in classes if each.lower() == value.replace("_", "").lower()), value),
            "config": {},
        }
    if (
        not isinstance(value, dict)
        or value.get("class_name") not in classes
        or not isinstance(value.get("config"), dict)
    ):
        raise Refusal(
            f"{place} is {shown(value.get('class_name') if isinstance(value, dict) else value)}, which is not one of Keras's own; {REDO}."
        )
    from_module({"module": module} | value, (module,), place)
    for name, each in value["config"].items():
        _plain(each, f"{place}, {key(name, place)}")
    return (
        {"module": module, "class_name": "Zeros", "config": {}, "registered_name": None}
        if module == "keras.initializers"
        else None
    )
