"""What every model family promises. A new one is held to this by being registered."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from genmodels.models import MODELS
from genmodels.recipe import Experiment, Spec
from genmodels.refusal import Refusal
from genmodels.runs import Run
from tests.conftest import TINY

FALLING = {"vae": "loss", "gan": "kernel_distance"}  # what must fall while each model learns

each_model = pytest.mark.parametrize("name", sorted(MODELS))


@each_model
def test_every_knob_has_help_and_a_default_that_it_accepts(name: str) -> None:
    for knob in MODELS[name].knobs():
        assert len(knob.help) > 10, knob.name
        assert knob.check(knob.default) == knob.default


@each_model
def test_an_experiment_survives_json(name: str) -> None:
    experiment = Experiment.from_dict({"model": name, "recipe": TINY[name], "seed": 5})
    assert Experiment.from_json(experiment.to_json()) == experiment
    assert json.loads(experiment.to_json())["recipe"]["latent"] == TINY[name]["latent"]


@each_model
def test_it_learns(name: str, trained) -> None:
    column = Run(trained(name)).history[FALLING[name]].dropna()
    quarter = max(1, len(column) // 4)
    assert column[-quarter:].mean() < column[:quarter].mean()


@each_model
def test_the_same_seed_gives_the_same_sample_whatever_the_number(name: str, trained) -> None:
    generator = Run(trained(name)).generator()
    samples = generator.sample(70, seed=3)
    assert samples.dtype == np.uint8 and samples.shape == (70, 8, 8, 1)
    assert np.array_equal(samples, generator.sample(70, seed=3))
    assert np.array_equal(samples[:5], generator.sample(5, seed=3))
    assert not np.array_equal(samples, generator.sample(70, seed=4))


@each_model
def test_saved_and_loaded_it_draws_the_same(name: str, trained) -> None:
    run = Run(trained(name))
    assert np.array_equal(run.generator().sample(9, seed=1), run.generator().sample(9, seed=1))


@each_model
def test_it_takes_every_size_that_the_data_sets_have(name: str) -> None:
    from genmodels.learner import Learner

    recipe = MODELS[name].from_dict(TINY[name])
    for shape in ((8, 8, 1), (28, 28, 1), (32, 32, 3), (64, 64, 3)):
        learner = Learner(recipe, Spec("image", shape), seed=1)
        images = np.random.default_rng(0).integers(0, 256, (4, *shape), dtype="uint8")
        assert all(np.isfinite(value) for value in learner.step(images).values())


@each_model
def test_told_a_label_it_draws_that_label(name: str, trained) -> None:
    run = Run(trained(name, recipe=TINY[name] | {"conditional": True}))
    generator = run.generator()
    zeros, ones = generator.sample(8, seed=1, given=["0"]), generator.sample(8, seed=1, given=[1])
    assert zeros.shape == ones.shape and not np.array_equal(zeros, ones)
    with pytest.raises(Refusal, match="No label is called 'seventeen'"):
        generator.sample(1, seed=1, given=["seventeen"])


@each_model
def test_weights_of_another_architecture_are_refused(name: str, trained, tmp_path: Path) -> None:
    run = Run(Path(shutil.copytree(trained(name), tmp_path / "copy")))
    document = json.loads((run.path / "experiment.json").read_text())
    document["experiment"]["recipe"]["width"] *= 2
    (run.path / "experiment.json").write_text(json.dumps(document))
    with pytest.raises(Refusal, match="weights of another architecture"):
        run.generator()


@each_model
def test_two_latents_that_are_equal_decode_equal_and_encoding_brings_back_the_picture(name: str, trained) -> None:
    generator = Run(trained(name)).generator()
    latents = generator.latents(3, seed=8)
    pictures = generator.decode(latents)
    again = generator.decode(generator.encode(pictures))
    difference = np.abs(pictures.astype(float) - again).mean()
    other = np.abs(pictures.astype(float) - np.roll(pictures, 1, axis=0)).mean()
    assert difference < other
