"""What is said before the first step of a training: in its status, on the command line, and as JSON when it fails."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from genmodels.commands.main import main
from genmodels.runs import beginning, launching
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from tests.dashboard.made import made

PHASES = ["starting", "importing", "reading", "building", "compiling", ""]
SAID = ["Starting TensorFlow (usually ", "Reading the data", "Building the model", "Epoch 1: compiling the first step"]
TINY = {"model": "vae", "data": "digits", "epochs": 1, "recipe": {"width": 4}}


def followed(run: Run) -> list[dict[str, Any]]:
    """The status as it changes, until the run ends."""
    seen: list[dict[str, Any]] = []
    for _ in range(24_000):
        status, state = run.status, run.state
        if not seen or seen[-1] != status | {"shown": state}:
            seen.append(status | {"shown": state})
        if state not in ("waiting", "running"):
            return seen
        time.sleep(0.005)
    raise AssertionError(run.status)


def test_a_launched_run_says_each_phase_and_never_waits(home: Path) -> None:
    run = launching.start(Experiment.from_dict(TINY), RunStore.default())
    seen = followed(run)
    assert {each["shown"] for each in seen} == {"running", "done"}
    phases = [each["phase"] for each in seen]
    order = [phase for number, phase in enumerate(phases) if number == 0 or phase != phases[number - 1]]
    assert order[0] in PHASES[:2] and order[-1] == "" and [PHASES.index(phase) for phase in order] == sorted(map(PHASES.index, order)), order
    log = [line for line in (run.path / "log.txt").read_text().splitlines() if line.endswith(" …")]
    assert len(log) == 4 and all(line.startswith(words) for line, words in zip(log, SAID, strict=True)), log
    assert all({"state", "message", "epoch", "epochs", "step", "updated"} <= each.keys() for each in seen)
    shares = [share for each in seen if (share := beginning.share(each, each["updated"])) is not None]
    assert shares == sorted(shares) and 0 <= shares[0] < shares[-1] <= 1
    kept = json.loads((home / "usual.json").read_text())
    assert set(kept) == {"importing", "reading digits", "building vae", "compiling vae"}
    again = RunStore.default().create(Experiment.from_dict(TINY))
    assert beginning.usual_seconds(again)["importing"] == pytest.approx(kept["importing"][-1], abs=0.01)


def test_only_who_waits_for_its_turn_is_waiting(home: Path) -> None:
    store = RunStore.default()
    first, second = made("running"), store.create(Experiment.from_dict(TINY))
    with first.lease(), launching.turn(first, store):
        launching.launch(second)
        assert (second.state, second.status["message"], second.status["phase"]) == ("waiting", launching.WAITS, "")
        launching.stop(second)
        assert {each["shown"] for each in followed(second)} == {"waiting", "stopped"}


def test_a_process_that_never_came_is_interrupted(home: Path) -> None:
    run = made("running")
    run.write_status(state="running", phase="starting", message="Starting TensorFlow")
    status = run.status
    assert run.judge(status) == "running" and run.judge(status | {"updated": time.time() - 60}) == "lost"
    assert run.judge(status | {"phase": "importing"}) == "lost"  # its process was there and is gone


def test_the_bar_moves_by_the_clock_and_by_what_is_counted() -> None:
    usual = {"importing": 8.0, "reading": 4.0, "building": 2.0, "compiling": 6.0}
    status = {"phase": "importing", "phase_began": 100.0, "usual": usual, "phase_share": None}
    shares = [beginning.share(status, at) or 0 for at in (100, 101, 108, 150)]
    assert shares[0] == 0 and shares == sorted(set(shares)) and abs(shares[2] - 0.4 * 2 / 3) < 0.02 and shares[3] <= 0.4
    assert beginning.share(status | {"phase": "reading", "phase_share": 0.5}, 100) == pytest.approx((8 + 2) / 20)
    assert beginning.share(status | {"phase": "compiling", "usual": {}}, 1e9) == pytest.approx(1)
    assert beginning.share({"phase": ""}, 0) is None and beginning.share({}, 0) is None and beginning.share({"phase": "nonsense"}, 0) is None
    assert beginning.share(status, 50.0) == 0  # a clock that jumped back
    assert beginning.words("compiling", usual, 3) == "Epoch 4: compiling the first step (usually 6 s)" and beginning.words("reading", {}) == "Reading the data"


def test_what_is_counted_is_said_in_the_status(home: Path) -> None:
    run, seen = made("running"), []
    beginning.enter(run, "reading", seen.append)
    tell = beginning.telling(run, seen.append, pause=0)
    tell("emoji at 64 pixels", 50, 200)
    assert run.status["message"] == "Reading the data: emoji at 64 pixels, 50 of 200" and run.status["phase_share"] == 0.25
    tell("Joining frequent bytes to 300 tokens", 0, 0)
    assert run.status["message"] == "Reading the data: joining frequent bytes to 300 tokens" and run.status["phase_share"] is None
    assert [each["message"] for each in seen][-1] == run.status["message"] and run.damage == ""


@pytest.mark.parametrize("content", [b"[]", b"{", b"\xff", b'{"importing": ["x"], "reading digits": [-1], "building vae": []}', b'{"importing": 3}'])
def test_damaged_timings_are_passed_over(home: Path, content: bytes) -> None:
    run = RunStore.default().create(Experiment.from_dict(TINY))
    (home / "usual.json").write_bytes(content)
    assert beginning.usual_seconds(run) == {"importing": 8.0}
    beginning.enter(run, "importing")
    assert run.status["message"] == "Starting TensorFlow (usually 8 s)"


def test_a_training_that_fails_gives_its_reason(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "vae", "--epochs", "1", "--batch-size", "4096", "--json"]) == 1
    said = capfd.readouterr()
    document = json.loads(said.out)
    assert document["state"] == "failed" and "a batch is 4096; lower the batch size" in document["reason"]
    assert f"genmodels: {document['reason']}" in said.err.splitlines() and "Traceback" not in said.err
    assert next(line for line in said.err.splitlines() if line.endswith(" …")).startswith(SAID[0])


@pytest.mark.parametrize("arguments", [["train", "vae", "--data", "nonsense"], ["resume", "nonsense"], ["branch", "nonsense", "--epoch", "1"], ["train", "vae", "--set", "latent"]])
def test_one_that_can_not_begin_too(home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main([*arguments, "--json"]) == 2
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert document["state"] == "failed" and said.err == f"genmodels: {document['reason']}\n"
    assert main(arguments) == 2 and capsys.readouterr().out == ""
