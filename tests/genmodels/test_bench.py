"""The benches: how turns are taken and compared, what is skipped, and that the peers do the same work as we."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from genmodels import bench
from genmodels.bench.turns import Absent, Side
from genmodels.refusal import Refusal

SLEEPER = """
import sys, time
from genmodels.bench.turns import serve
def work(steps):
    print("noise that is no answer")
    time.sleep(float(sys.argv[1]) * steps)
serve(work, warm_up=1)
"""


@pytest.fixture
def sleeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module whose steps take as many seconds as its argument says."""
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    monkeypatch.setattr("genmodels.bench.turns.SETTLE", 0)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "sleeper"


def test_the_faster_side_has_the_ratio_above_1_and_the_fastest_way_of_a_peer_counts(sleeper: str) -> None:
    race = bench.Bench("ms", 2, (sleeper, "0.01"), {"slow": [(sleeper, "0.06"), (sleeper, "0.03")]})
    (row,) = bench.race("sleep", race, pairs=3)
    assert (row["bench"], row["peer"], row["unit"], row["variant"]) == ("sleep", "slow", "ms", "0.03")
    assert len(row["ours_all"]) == len(row["theirs_all"]) == 3
    assert 10 <= row["ours"] < 20 and 30 <= row["theirs"] < 45 and 1.5 < row["ratio"] < 4
    assert set(row["variants"]) == {"0.03", "0.06"} and row["variants"]["0.06"] > row["theirs"]


def test_more_images_a_second_is_better() -> None:
    row = bench.compare("images/s", {("peer", "way"): [(0.1, 0.2), (0.1, 0.3), (0.1, 0.4)]})
    assert row["ratio"] == pytest.approx(3)
    assert row["ours"] == pytest.approx(640) and row["theirs"] == pytest.approx(64 / 0.3)


def test_a_side_that_cannot_start_is_skipped_with_its_reason_and_the_rest_goes_on(sleeper: str) -> None:
    race = bench.Bench("s", 1, (sleeper, "0"), {"broken": [(sleeper, "a second")], "whole": [(sleeper, "0.001")]})
    broken, whole = bench.race("sleep", race, pairs=1)
    assert "could not convert string to float: 'a second'" in broken["skipped"] and "ratio" not in broken
    assert "ratio" in whole


def test_pytorch_is_skipped_where_its_environment_is_missing(sleeper: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENMODELS_TORCH_PYTHON", "/nowhere/python")
    (row,) = bench.race("train-vae", bench.Bench("s", 1, (sleeper, "0"), {"pytorch": [(bench.PYTORCH, "train-vae")]}), pairs=1)
    assert "make bench" in row["skipped"]


def test_when_ours_is_absent_nothing_is_compared(sleeper: str) -> None:
    (row,) = bench.race("sleep", bench.Bench("s", 1, (sleeper, "x"), {"peer": [(sleeper, "0")]}), pairs=1)
    assert "our own side" in row["skipped"]


def test_wrong_names_and_numbers_are_refused() -> None:
    with pytest.raises(Refusal, match="Did you mean 'train-vae'"):
        bench.run(["train-vea"])
    with pytest.raises(Refusal, match="at least 1"):
        bench.run(["frechet"], pairs=0)


def test_every_side_is_a_module_of_ours() -> None:
    for each in bench.BENCHES.values():
        assert each.peers and each.unit in bench.UNITS
        for command in (each.ours, *(command for commands in each.peers.values() for command in commands)):
            assert importlib.util.find_spec(command[0]), command


def test_a_side_that_dies_says_why(sleeper: str) -> None:
    with pytest.raises(Absent, match="No module named"):
        Side(("no_such_module",), bench.interpreter(("sleeper",)))


def test_peers_of_the_metrics_give_our_values() -> None:
    from genmodels.bench.peers import metrics
    from genmodels.metrics.frechet import frechet_value
    from genmodels.metrics.precision_recall import precision_recall

    real, fake = np.random.default_rng(0).standard_normal((2, 400, 8)) * [[[1.0]], [[1.2]]]
    assert frechet_value(real, fake) == pytest.approx(metrics.frechet(real, fake), rel=1e-6)
    theirs, ours = metrics.prdc(real, fake), precision_recall(real, fake)
    for name, value in theirs.items():
        assert getattr(ours, name).value == pytest.approx(value, abs=1e-9), name


def test_keras_io_peers_train_the_same_networks() -> None:
    from genmodels.bench.ours import SPEC
    from genmodels.bench.peers.keras_io import GAN, VAE
    from genmodels.learner import Learner
    from genmodels.models import MODELS

    for name, peer in (("vae", VAE), ("gan", GAN)):
        learner = Learner(MODELS[name](), SPEC)
        ours = sum(array.size for array in learner.weights().values())
        model = peer()
        theirs = [getattr(model, part) for part in learner.networks]
        assert ours == sum(np.asarray(weight).size for network in theirs for weight in network.get_weights())
