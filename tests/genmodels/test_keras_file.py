"""The gate for `.keras` files: hostile ones are refused without Keras, honest ones give the very features that Keras gives."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genmodels.instruments.features import extractor, look_at
from genmodels.intake import bounded_json, keras_config, keras_file
from genmodels.refusal import Refusal
from tests.genmodels import hostile_keras

ROOT = Path(__file__).parent.parent.parent


def of_bytes(folder: Path, content: bytes) -> Path:
    file = folder / "some.keras"
    file.write_bytes(content)
    return file


def test_an_honest_file_built_by_hand_passes(tmp_path: Path) -> None:
    checked = keras_file.check(of_bytes(tmp_path, hostile_keras.packed()))
    assert checked.network.input == (8, 8, 1) and checked.network.output == (5,) and checked.network.weights == 325 == checked.weights


@pytest.mark.parametrize("name", hostile_keras.HOSTILE)
def test_a_hostile_file_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    make, said = hostile_keras.HOSTILE[name]
    file = of_bytes(tmp_path, make())
    started, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Refusal, match=said) as refused:
        keras_file.check(file)
    sentence = str(refused.value)
    assert time.process_time() - started < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB
    assert sentence.startswith("some.keras is refused: ") and sentence.endswith(".") and len(sentence) < 600
    assert not re.search(r"\n|Error|Exception|Traceback|\x1b|\u202e", sentence)


def test_whatever_stands_in_a_description_only_a_refusal_is_raised_and_only_what_was_understood_is_kept() -> None:
    """Each value of an honest description replaced by each odd one: 2,400 descriptions."""
    for said, config in hostile_keras.spoilt(hostile_keras.honest()):
        try:
            read = keras_config.read(bounded_json.read(json.dumps(config).encode(), "config.json", most_bytes=10**6, what_to_do="x"))
        except Refusal as refusal:
            assert "\n" not in str(refusal), said
            continue
        text = json.dumps(read.config)
        assert not re.search(r"\bfunction\b|lambda|Lambda|floatx|passwd|u202e", text), said


def test_what_a_file_says_of_its_compilation_and_building_is_dropped() -> None:
    config = hostile_keras.honest() | {"compile_config": hostile_keras.function("keras.config", "set_floatx"), "build_config": {"input_shape": [None, 2**40]}}
    config["config"]["layers"][2] |= {"build_config": {"input_shape": [None, 2**40]}, "compile_config": {"optimizer": "x"}, "shared_object_id": 1}
    text = json.dumps(keras_config.read(config).config)
    assert "build_config" not in text and "compile_config" not in text and "shared_object_id" not in text and "floatx" not in text


def test_files_of_the_case_are_refused_by_the_command_before_anything_is_loaded(tmp_path: Path, genmodels: Callable[..., Any]) -> None:
    file = of_bytes(tmp_path, hostile_keras.HOSTILE["Switch sets the policy"][0]())
    done = genmodels("measure", "vae-digits", "--features", file)
    assert done.returncode == 2 and "operation and no layer" in done.stderr and "Traceback" not in done.stderr
    assert "active here: process of its own" in done.stderr


def test_the_gate_imports_no_keras() -> None:
    code = "import sys, genmodels.intake.keras_child, genmodels.instruments.features; print([m for m in ('keras', 'tensorflow') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).strip() == "[]"


def test_a_file_that_is_changed_after_it_was_looked_at_is_refused(tmp_path: Path) -> None:
    file = of_bytes(tmp_path, hostile_keras.packed())
    seen = extractor(str(file), None)
    file.write_bytes(hostile_keras.packed(hostile_keras.changed(activation="gelu")))
    with pytest.raises(Refusal, match="was changed while"):
        seen(np.zeros((2, 8, 8, 1), np.uint8))


def _convolutional() -> Any:
    import keras
    from keras import layers

    start = keras.Input((32, 32, 3))
    x = layers.Rescaling(2.0, -1)(start)
    x = layers.Conv2D(8, 3, padding="same", use_bias=False, kernel_regularizer="l2")(layers.ZeroPadding2D()(x))
    x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
    y = layers.DepthwiseConv2D(3, padding="same", activation="relu6")(x)
    x = layers.Dropout(0.2)(layers.Add()([x, y]), training=False)
    x = layers.Concatenate()([layers.MaxPooling2D()(x), layers.AveragePooling2D(2)(x)])
    x = layers.SeparableConv2D(8, 3, activation="silu")(x) * 0.5
    model = keras.Model(start, layers.Dense(6, activation="softmax")(layers.GlobalAveragePooling2D()(x)))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _attending() -> Any:
    import keras
    from keras import layers

    start = keras.Input((32, 32, 3))
    x = layers.Normalization(mean=[0.5, 0.4, 0.3], variance=[0.1, 0.2, 0.3])(start)
    x = layers.Reshape((16, 12))(layers.Conv2D(12, 8, 8)(x))
    y = layers.LayerNormalization()(x)
    x = layers.Add()([x, layers.MultiHeadAttention(2, 6)(y, y)])
    x = x + layers.Dense(12)(layers.Dense(24, activation="gelu")(layers.LayerNormalization()(x)))
    inner = keras.Sequential([keras.Input((12,)), layers.Dense(7, activation="tanh"), layers.UnitNormalization()])
    return keras.Model(start, inner(layers.GlobalAveragePooling1D()(x)))


def _grey() -> Any:
    import keras
    from keras import layers

    model = keras.Sequential([layers.RandomFlip(), layers.Conv2D(4, 3, strides=2), layers.LeakyReLU(), layers.Flatten(), layers.Dense(5)])
    model(np.zeros((1, 8, 8, 1), "float32"))
    return model


@pytest.mark.parametrize("made", [_convolutional, _attending, _grey])
def test_an_honest_file_gives_the_very_features_that_keras_gives(made: Callable[[], Any], tmp_path: Path) -> None:
    import keras

    model = made()
    rng = np.random.default_rng(0)
    for weight in model.weights:  # none at its start value, which an unread weight would have
        if weight.dtype == "float32":
            weight.assign(rng.uniform(0.5, 1.5, weight.shape).astype("float32") * 0.3)
    model.save(tmp_path / "honest.keras")
    size = model.input_shape[1:]
    images = rng.integers(0, 256, (9, *size), dtype=np.uint8)
    seen = extractor(str(tmp_path / "honest.keras"), None)
    parts = [model(images[i : i + 1].astype("float32") / 255, training=False) for i in range(9)]
    np.testing.assert_allclose(seen(images), np.concatenate(parts).reshape(9, -1), rtol=2e-5, atol=2e-6)
    looked = look_at(tmp_path / "honest.keras")
    assert looked.features == model.output_shape[-1] and (looked.height, looked.width) == size[:2]
    assert keras.config.floatx() == "float32" and keras.config.dtype_policy().name == "float32"


def test_the_rules_of_layers_are_those_of_keras(tmp_path: Path) -> None:
    """Shape and number of weights of every kind of network here, by the gate and by Keras."""
    for made in (_convolutional, _attending, _grey):
        model = made()
        model.save(tmp_path / "honest.keras")
        network = keras_file.check(tmp_path / "honest.keras").network
        assert network.output == model.output_shape[1:]
        assert 0.8 * model.count_params() <= network.weights <= model.count_params()


def test_no_hostile_file_changes_a_setting_of_this_process(tmp_path: Path) -> None:
    import keras

    settings = lambda: (keras.config.floatx(), keras.config.dtype_policy().name, keras.config.image_data_format(), keras.config.epsilon())  # noqa: E731
    before = settings()
    for name in ("Switch sets the policy", "Cond", "set_floatx as activation", "set_max_epochs as activation", "policy of a function", "Lambda"):
        with pytest.raises(Refusal):
            look_at(of_bytes(tmp_path, hostile_keras.HOSTILE[name][0]()))
        assert settings() == before
