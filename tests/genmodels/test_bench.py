"""The benches: how turns are taken and compared, what is skipped, and that the peers do the same work as we."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from dashboard.learn.lessons import LESSONS
from genmodels import bench
from genmodels.bench import audit_growth, every_page, expected, machine, published, racing, speed, text
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
        if isinstance(each, audit_growth.AuditGrowth):
            continue  # it runs the command itself
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
    from genmodels.models.recipe import MODELS
    from genmodels.networks.learner import Learner

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


def test_a_training_that_takes_long_is_left_out_where_it_is_to_be_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "side_took", lambda command: (10.0, 1.0))
    each = published.Published("paper", 20.0, "nats", ("trained",), "loss", steps=40)
    assert each.within(110).seeds == (0, 1) and each.within(49).seeds == ()
    (row,) = each.within(49).rows("learn", pairs=1)
    assert "`genmodels bench learn` runs it" in row["skipped"]


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


TELLER = """
import os
from genmodels.bench.turns import serve
serve(lambda steps: None, warm_up=0, switches=os.environ.get("TF_ENABLE_ONEDNN_OPTS"))
"""


@pytest.mark.parametrize("switch", ["1", "0"])
def test_every_side_has_the_switches_of_this_process(tmp_path: Path, sleeper: str, monkeypatch: pytest.MonkeyPatch, switch: str) -> None:
    (tmp_path / "teller.py").write_text(TELLER)
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", switch)
    for command in (("teller",), ("teller", "peer")):
        side = Side(command, racing.interpreter(command))
        side.close()
        assert side.about["switches"] == switch == machine.about(2)["switches"]["TF_ENABLE_ONEDNN_OPTS"]


def test_only_the_fastest_way_of_each_peer_is_run_and_each_row_says_on_what(sleeper: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    peers = {"slow": [(sleeper, "0.003"), (sleeper, "0.004")], "aside": [(sleeper, "0.002")]}
    monkeypatch.setattr(bench, "BENCHES", {"sleep": racing.Bench("s", 1, (sleeper, "0.001"), peers, asides=("aside",))})
    (row,) = bench.run(["sleep"], pairs=2, ways="fastest")
    assert (row["peer"], row["variant"], row["ways"], row["pairs"]) == ("slow", "0.003", "fastest", 2) and len(row["variants"]) == 1
    assert {"processor", "instruction_sets", "cores", "threads_a_side", "load", "switches", "packages"} == set(row["machine"])
    assert set(row["took"]) == {"sleeper 0.001", "sleeper 0.003"} and row["expected_seconds"] > 0 and row["seconds"] >= 0
    assert "sleep: 2 pairs of turns, 2 sides, about" in capsys.readouterr().err
    assert "TF_ENABLE_ONEDNN_OPTS=" in machine.told(row["machine"])
    with pytest.raises(Refusal, match="choose one of: all, fastest"):
        bench.run(["sleep"], ways="some")


def test_what_each_bench_takes_is_known_and_its_fastest_ways_end_in_two_minutes() -> None:
    known = json.loads(expected.TOOK.read_text())
    for name, each in bench.BENCHES.items():
        assert each.plan(None)[1] > 0
        short = each.fastest().within(expected.LONGEST)
        assert short.plan(None, short=True)[1] < 125, name
        races = each.races.values() if isinstance(each, published.Growth) else [each] if isinstance(each, racing.Bench) else []
        assert {" ".join(side) for race in races for side in race.sides()} <= set(known), name


def test_what_does_not_fit_into_two_minutes_is_left_out_and_named(sleeper: str, monkeypatch: pytest.MonkeyPatch) -> None:
    took = {"0.001": (1.0, 0.1), "0.002": (5.0, 0.1), "0.003": (200.0, 0.1)}
    for module in (racing, published):
        monkeypatch.setattr(module, "side_took", lambda command: took[command[1]])
    monkeypatch.setattr(bench, "BENCHES", {"sleep": racing.Bench("s", 1, (sleeper, "0.001"), {"quick": [(sleeper, "0.002")], "slow": [(sleeper, "0.003")]})})
    quick, slow = bench.run(["sleep"], ways="fastest")
    assert quick["pairs"] == 5 and "ratio" in quick
    assert slow["peer"] == "slow" and "longer than two minutes; `genmodels bench sleep` runs it" in slow["skipped"]
    races = {size: racing.Bench("s", 1, (sleeper, "0.001"), {"peer": [(sleeper, "0.003" if size == 8 else "0.002")]}) for size in (1, 8)}
    assert list(published.Growth(races).within(expected.LONGEST).races) == [1]


def test_what_is_left_follows_what_was_slower_than_expected(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expected, "EVERY", 0.0)
    progress = expected.Progress("race", 40.0)
    assert progress.left(0.0) == 40
    progress.passed(10.0, "pair 1 of 4")
    assert progress.left(20.0) == 60 and "race: pair 1 of 4, about" in capsys.readouterr().err
    assert (expected.told(40), expected.told(130)) == ("40 s", "2 min 10 s")
    assert expected.pairs_within(100.0, 60.0) == 1 and expected.pairs_within(0.0, 30.0) == 3 and expected.pairs_within(0.0, 1.0) == expected.PAIRS


def test_the_table_keeps_what_was_measured_before_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {"processor": "Abacus", "instruction_sets": ["avx2"], "cores": 2, "threads_a_side": 2, "load": 0.1, "switches": {"TF_ENABLE_ONEDNN_OPTS": "1"}, "packages": {}}
    numbers = {"unit": "images/s", "ours": 1200.0, "theirs": 1000.0, "ratio": 1.2, "ours_all": [1100.0, 1300.0], "theirs_all": [1000.0, 1000.0], "machine": facts}
    monkeypatch.setattr(speed, "KEPT", tmp_path / "speed.json")
    monkeypatch.setattr(speed, "ROOT", tmp_path)
    monkeypatch.setattr(speed, "keep", lambda took: None)
    monkeypatch.setattr(speed, "run", lambda names, pairs, ways: [{"bench": names[0], "peer": "pytorch", "variant": f"{names[0]} channels_last", **numbers}])
    speed.main(["train-gan", "train-vae"])
    speed.main(["train-vae"])
    vae, gan = speed.table(speed.kept()).splitlines()[2:4]
    assert vae == "| VAE training, 32x32x3, batch 64, images/s | 1,200 | PyTorch eager (channels last) 1,000 | 1.20 | 2: 1.10 to 1.30 |"
    assert gan.startswith("| GAN training") and gan.endswith("2: 1.10 to 1.30, an earlier run |")
    assert "Measured on: Abacus (avx2), 2 cores, 2 threads a side, load 0.1; TF_ENABLE_ONEDNN_OPTS=1" in speed.table(speed.kept())
    assert set(speed.PLAN) <= set(bench.BENCHES) and set(speed.PLAN) == set(speed.WHAT)


def test_what_a_whole_audit_costs_a_picture(tmp_path: Path) -> None:
    """Two small audits by the command; rows say what the start cost, and the pictures are gone afterwards."""
    few = audit_growth.AuditGrowth((20, 40))
    assert few.within(1).numbers == (20, 40) and few.fastest().numbers == audit_growth.QUICK and audit_growth.AuditGrowth().within(60).numbers == (1_000,)
    (row,) = few.rows("audit-pictures", 1)
    assert row["size"] == 40 and row["processor_seconds"] > row["start_seconds"] * 0.5 > 0 and row["megabytes"] > 30 and row["ratio"] == row["theirs"] / row["ours"]
    with pytest.raises(Refusal, match="GB are free"):
        audit_growth.counted(tmp_path, [10**12])


def test_every_page_that_was_timed_is_one_and_stands_in_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    timed = [row["page"] for row in every_page.kept()["pages"]]
    assert set(timed) <= {every_page.EMPTY, *every_page.names()} and every_page.EMPTY in timed
    assert [f"learn?lesson={each.name}" for each in LESSONS] == list(every_page.DEEPER[: len(LESSONS)])
    row = {"page": "data", "cold_word": 1.21, "cold": 4.0, "said": "Reading a|b", "warm": 0.5, "change": None}
    monkeypatch.setattr(every_page, "KEPT", tmp_path / "pages.json")
    assert every_page.table() == "Not measured yet."
    every_page.KEPT.write_text(json.dumps({"machine": machine.about(2), "pages": [row, row | {"page": "audit", "cold": 5.0, "change": 0.27}]}))
    lines = every_page.table().splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:4]] == ["audit", "data"]
    assert "| 0.27 |" in lines[2] and "Reading a/b" in lines[3] and lines[3].endswith("| – |")
