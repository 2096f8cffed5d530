"""Each plain-word reading catches a run that was made to go wrong, and is silent on healthy ones: real trainings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genmodels.data.dataset import Dataset
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore, gallery_names
from genmodels.training import loop
from genmodels.training.diagnosis import RULES, diagnose
from genmodels.training.loading import load_for

WILD = {"latent": 16, "width": 8, "augment": False, "momentum": 0.9, "ema_decay": 0.0}
PLANTED = {
    "discriminator wins": {"model": "gan", "data": "openmoji", "epochs": 5, "recipe": WILD | {"loss": "hinge", "learning_rate": 0.05}},
    "mode collapse": {"model": "gan", "data": "openmoji", "epochs": 11, "recipe": WILD | {"loss": "least-squares", "learning_rate": 0.1}},
    "posterior collapse": {"model": "vae", "data": "digits", "epochs": 8, "recipe": {"latent": 8, "width": 8, "warmup": 0, "beta": 100.0}},
}
HEART = {"latent": 32, "width": 24, "warmup": 0, "learning_rate": 0.005}  # that learns pictures by heart
FEW = {"model": "vae", "data": "digits", "epochs": 30, "batch_size": 4, "recipe": HEART | {"beta": 0.1}}  # on 100 pictures: in 7 seconds what takes 130 epochs on all


def readings(run: Run) -> list[str]:
    lines = run.history.to_dict("records")
    return [reading.name for reading in diagnose(lines, run.experiment.model)]


@pytest.mark.parametrize("fault", sorted(PLANTED))
def test_a_planted_fault_is_caught(fault: str, trained) -> None:
    asked = dict(PLANTED[fault])
    run = Run(trained(asked.pop("model"), **asked))
    assert fault in readings(run)


def test_overfitting_is_caught_where_pictures_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    def few(experiment: Experiment) -> Dataset:
        data = load_for(experiment)
        return replace(data, train=data.train.take(np.arange(100)))

    monkeypatch.setattr(loop, "load_for", few)
    run = RunStore.default().create(Experiment.from_dict(FEW))
    with run.lease():
        assert loop.train(run) == "done"
    assert readings(run) == ["overfitting"]


@pytest.mark.slow
def test_overfitting_on_all_digits_is_caught(trained) -> None:
    assert "overfitting" in readings(Run(trained("vae", data="digits", epochs=130, recipe=HEART)))


@pytest.mark.slow
@pytest.mark.xfail(reason="from epoch 65 to 90 its held-out loss rises by 2 % of the gain, with a scatter of 1.4 %: no test tells it from a plateau while accusing few of these")
def test_a_small_rise_is_caught(trained) -> None:
    assert "overfitting" in readings(Run(trained("vae", data="digits", epochs=90, recipe=HEART)))


def test_a_run_that_broke_is_called_diverging() -> None:
    assert [reading.name for reading in diagnose([{"step": 3, "loss": None, "broken": "kl"}], "vae")] == ["diverging"]


# 1,125 drawings are few: this one was trained on past its best bound, until its samples beat the training mean.
# Of 6,698 icons the best held-out loss was that of epoch 26 of 60; what is measured and audited is the last one, and its membership audit fails.
KNOWN = {"vae-openmoji": ["overfitting"], "diffusion-design": ["overfitting"]}


@pytest.mark.parametrize("name", gallery_names())
def test_the_gallery_is_healthy_but_for_what_is_known(name: str) -> None:
    assert readings(RunStore.default()[name]) == KNOWN.get(name, [])


@pytest.mark.parametrize("model", ["vae", "gan"])
def test_a_short_healthy_run_is_healthy(model: str, trained) -> None:
    assert readings(Run(trained(model, epochs=20))) == []


def test_every_rule_has_a_planted_fault() -> None:
    assert set(RULES) - {"diverging"} == set(PLANTED) | {"overfitting"}


def test_the_readings_say_what_to_do(trained, tmp_path: Path) -> None:
    asked = dict(PLANTED["posterior collapse"])
    run = Run(trained(asked.pop("model"), **asked))
    reading = next(r for r in diagnose(run.history.to_dict("records"), "vae") if r.name == "posterior collapse")
    assert reading.sentence.endswith(".") and reading.since_step >= 1 and "beta" in reading.sentence
