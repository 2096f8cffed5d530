"""The benches: how turns are taken and compared, what is skipped, and that the peers do the same work as we."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from genmodels import bench
from genmodels.bench import published, racing, text
from genmodels.bench.turns import ROOT, Absent, Side
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
    race = racing.Bench("ms", 2, (sleeper, "0.01"), {"slow": [(sleeper, "0.06"), (sleeper, "0.03")]})
    (row,) = racing.race("sleep", race, pairs=3)
    assert (row["bench"], row["peer"], row["unit"], row["variant"]) == ("sleep", "slow", "ms", "0.03")
    assert len(row["ours_all"]) == len(row["theirs_all"]) == 3
    assert 10 <= row["ours"] < 20 and 30 <= row["theirs"] < 45 and 1.5 < row["ratio"] < 4
    assert set(row["variants"]) == {"0.03", "0.06"} and row["variants"]["0.06"] > row["theirs"]


def test_more_images_a_second_is_better() -> None:
    row = racing.compare("images/s", {("peer", "way"): [(0.1, 0.2), (0.1, 0.3), (0.1, 0.4)]}, amount=64)
    assert row["ratio"] == pytest.approx(3)
    assert row["ours"] == pytest.approx(640) and row["theirs"] == pytest.approx(64 / 0.3)


def test_a_side_that_cannot_start_is_skipped_with_its_reason_and_the_rest_goes_on(sleeper: str) -> None:
    race = racing.Bench("s", 1, (sleeper, "0"), {"broken": [(sleeper, "a second")], "whole": [(sleeper, "0.001")]})
    broken, whole = racing.race("sleep", race, pairs=1)
    assert "could not convert string to float: 'a second'" in broken["skipped"] and "ratio" not in broken
    assert "ratio" in whole


def test_pytorch_is_skipped_where_its_environment_is_missing(sleeper: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENMODELS_TORCH_PYTHON", "/nowhere/python")
    (row,) = racing.race("train-vae", racing.Bench("s", 1, (sleeper, "0"), {"pytorch": [(racing.PYTORCH, "train-vae")]}), pairs=1)
    assert "make bench" in row["skipped"]


def test_when_ours_is_absent_nothing_is_compared(sleeper: str) -> None:
    (row,) = racing.race("sleep", racing.Bench("s", 1, (sleeper, "x"), {"peer": [(sleeper, "0")]}), pairs=1)
    assert "our own side" in row["skipped"]


def test_wrong_names_and_numbers_are_refused() -> None:
    with pytest.raises(Refusal, match="Did you mean 'train-vae'"):
        bench.run(["train-vea"])
    with pytest.raises(Refusal, match="at least 1"):
        bench.run(["frechet"], pairs=0)


def test_every_side_is_a_module_of_ours() -> None:
    for each in bench.BENCHES.values():
        if isinstance(each, published.Published):
            assert importlib.util.find_spec(each.ours[0])
            continue
        for race in each.races.values() if isinstance(each, published.Growth) else [each]:
            assert race.peers and race.unit in racing.UNITS
            for command in (race.ours, *(command for commands in race.peers.values() for command in commands)):
                assert importlib.util.find_spec(command[0]), command


def test_a_side_that_dies_says_why(sleeper: str) -> None:
    with pytest.raises(Absent, match="No module named"):
        Side(("no_such_module",), racing.interpreter(("sleeper",)))


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


WRITER = """
import sys
from genmodels.bench.turns import serve
serve(lambda steps: None, warm_up=0, tokens=[[int(each) for each in sys.argv[1]]])
"""
TRAINED = """
import sys
from genmodels.bench.turns import serve
from genmodels.refusal import Refusal
if sys.argv[1] == "9":
    raise Refusal("There is no such text; put it there.")
serve(lambda steps: {"seconds": 0.1, "loss": steps + int(sys.argv[1])}, warm_up=0)
"""


def test_a_row_says_whether_both_sides_wrote_the_same(tmp_path: Path, sleeper: str) -> None:
    (tmp_path / "writer.py").write_text(WRITER)
    peers = {"same": [("writer", "0123", "too")], "other": [("writer", "0123", "too"), ("writer", "0193")], "silent": [(sleeper, "0.001")]}
    same, other, silent = racing.race("write", racing.Bench("tokens/s", 1, ("writer", "0123"), peers, 4), pairs=1)
    assert same["identical"] and same["equal_tokens"] == same["tokens"] == 4
    assert not other["identical"] and other["equal_tokens"] == 3
    assert silent["identical"] is False and silent["equal_tokens"] == 0


def test_a_published_value_stands_beside_the_mean_of_the_seeds(tmp_path: Path, sleeper: str) -> None:
    (tmp_path / "trained.py").write_text(TRAINED)
    each = published.Published("paper", 20.0, "nats", ("trained",), "loss", steps=9)
    (row,) = each.rows("learn", pairs=5)
    assert row["published"] and row["ours_all"] == [9, 10, 11] and row["ours"] == 10 and row["ratio"] == 2
    assert row["high"] - row["ours"] == pytest.approx(4.302653 / 3**0.5)  # Student's t with 2 degrees of freedom, 97.5 %
    (row,) = published.Published("paper", 20.0, "nats", ("trained",), "loss", 9, seeds=(9, 1)).rows("learn", 5)
    assert row["skipped"] == "There is no such text; put it there." and "ratio" not in row


def test_growth_runs_each_size(sleeper: str) -> None:
    races = {size: racing.Bench("ms/token", 1, (sleeper, "0.001"), {f"peer-{size}": [(sleeper, "0.002")]}) for size in (1, 2)}
    assert [(row["size"], row["peer"]) for row in published.Growth(races).rows("grow", pairs=1)] == [(1, "peer-1"), (2, "peer-2")]


def test_peers_write_our_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network of two layers; the whole one is compared by the bench itself."""
    monkeypatch.setattr(text, "LAYERS", 2)
    from genmodels.bench import ours_text
    from genmodels.bench.peers import keras_io_text

    noise = text.noise(2)[:20]
    ours = ours_text.write(ours_text.generator(), noise)
    assert ours.shape == (2, 21) and len(np.unique(ours)) > 5
    assert np.array_equal(ours, keras_io_text.write(keras_io_text.network(text.weights()), noise))


PYTORCH_SIDE = """
import json, torch
from genmodels.bench import text
text.LAYERS = 2
from genmodels.bench.peers import pytorch_sampling, pytorch_text
noise = torch.from_numpy(text.noise(2)[:20])
written = [way(pytorch_text.prepared().eval(), noise).tolist() for way in pytorch_sampling.WAYS.values()]
data = torch.from_numpy(text.windows()[:6]).split(2)
losses = []
for variant in (("sdpa", "fused"), ("explicit",)):
    step = pytorch_text.train_step(pytorch_text.prepared(), *variant)
    losses.append([step(tokens) for tokens in data])
print(json.dumps([written, losses]))
"""


def test_pytorch_writes_our_tokens_and_learns_as_we_do(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        python = racing.interpreter((bench.PYTORCH_TEXT,))
    except Absent as reason:
        pytest.skip(str(reason))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    said = subprocess.run([python, "-c", PYTORCH_SIDE], env=environment, capture_output=True, text=True, check=True).stdout
    written, losses = json.loads(said)
    monkeypatch.setattr(text, "LAYERS", 2)
    from genmodels.bench import ours_text

    ours = ours_text.write(ours_text.generator(), text.noise(2)[:20]).tolist()
    assert all(each == ours for each in written)
    learner = ours_text.learner()
    ours = [learner.step(tokens)["loss"] for tokens in np.split(text.windows()[:6].astype("int32"), 3)]
    assert losses[0] == pytest.approx(ours, rel=1e-4) and losses[1] == pytest.approx(ours, rel=1e-4)
