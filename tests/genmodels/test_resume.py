"""Killed at any moment, resumed, bit-equal: real processes, real SIGKILL."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from genmodels import checkpoints
from genmodels.models.recipe import MODELS
from genmodels.runs import launching
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from genmodels.trained.opening import open_model
from genmodels.training.loop import train
from tests.conftest import ROOT, SMALL_TEXT

EXPERIMENTS = {
    "vae": {"recipe": {"latent": 4, "width": 8, "warmup": 300}},
    "gan": {"recipe": {"latent": 4, "width": 8, "loss": "hinge"}},
    "transformer": {"recipe": {"layers": 2, "heads": 2, "width": 16, "dropout": 0.1}, "epochs": 6, **SMALL_TEXT},
}


def experiment(model: str) -> Experiment:
    return Experiment.from_dict({"model": model, "data": "digits", "epochs": 12, "batch_size": 32, "seed": 7} | EXPERIMENTS[model])


def begin(run: Run) -> subprocess.Popen[bytes]:
    """A training process that the test may kill."""
    run.folder.forget_stop()
    log = open(run.path / "log.txt", "ab")
    return subprocess.Popen([sys.executable, "-m", "genmodels", "resume", run.id], cwd=ROOT, stdout=log, stderr=log)


def wait_for(condition, seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)


def outcome(run: Run) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], list[dict]]:
    folder, complaints = checkpoints.newest_whole(run.path / "checkpoints")
    assert folder is not None and not complaints
    _, parts = checkpoints.load(folder)
    history = run.history.drop(columns=["seconds"])
    return parts["weights"], parts["training"], history.to_dict("list")


def assert_equal(a, b) -> None:
    for ours, theirs in zip(a[:2], b[:2], strict=True):
        assert ours.keys() == theirs.keys()
        for name in ours:
            assert np.array_equal(ours[name], theirs[name]), name
    assert a[2].keys() == b[2].keys()
    for name in a[2]:
        np.testing.assert_array_equal(a[2][name], b[2][name], err_msg=name)


def under_way(run: Run, process: subprocess.Popen[bytes], step: int) -> bool:
    """Is it past `step`, or over?"""
    return process.poll() is not None or run.status.get("step", 0) > step or run.status["state"] == "done"


def killed_and_resumed(model: str, kills: int, seed: int) -> tuple[Run, int]:
    """The run after `kills` kills at random moments of its work, then left alone; and how many kills hit."""
    draw = random.Random(seed)
    run = RunStore.default().create(experiment(model))
    hits = 0
    for _ in range(kills):
        step = run.status.get("step", 0)
        process = begin(run)
        wait_for(partial(under_way, run, process, step))
        time.sleep(draw.uniform(0, 0.7))
        process.send_signal(signal.SIGKILL)
        process.wait()
        hits += run.state == "lost"
    if run.state != "done":  # it may have come to its end between two kills
        assert begin(run).wait(120) == 0
    assert run.state == "done"
    return run, hits


def whole(model: str) -> Run:
    """The same run, never interrupted, in this process: it need not be compiled twice, and other processes must come to its bits."""
    run = RunStore.default().create(experiment(model))
    with run.lease():
        assert train(run) == "done"
    return run


def check(model: str, kills: int, seed: int) -> None:
    run, hits = killed_and_resumed(model, kills, seed)
    assert hits >= 1
    assert_equal(outcome(whole(model)), outcome(run))
    assert run.history["step"].is_monotonic_increasing


def test_two_kills_then_bit_equal() -> None:
    """The second hits what was resumed after the first; where they hit is drawn, and any place must do."""
    check("vae", kills=2, seed=random.SystemRandom().randrange(10**6))


@pytest.mark.slow
@pytest.mark.parametrize("model", sorted(EXPERIMENTS))
def test_ten_kills_then_bit_equal(model: str) -> None:
    check(model, kills=10, seed=random.SystemRandom().randrange(10**6))


# The signal is heard by the loop that all families share; that each goes on bit-equal is shown below in this process.
@pytest.mark.parametrize("model", ["gan", pytest.param("transformer", marks=pytest.mark.slow)])
def test_sigterm_saves_and_resume_is_bit_equal(model: str) -> None:
    run = RunStore.default().create(experiment(model))
    process = begin(run)
    wait_for(lambda: run.status.get("step", 0) > 20)
    process.terminate()
    assert process.wait(30) == 143
    assert "Traceback" not in (run.path / "log.txt").read_text()
    assert run.state == "stopped" and "SIGTERM" in run.status["message"]
    saved = int(checkpoints.steps(run.path / "checkpoints")[-1].name)
    assert saved == run.status["step"]
    assert begin(run).wait(120) == 0
    assert_equal(outcome(whole(model)), outcome(run))


LONG = ("clip", "diffusion", "video-diffusion")  # to train and to compile


@pytest.mark.parametrize("model", [pytest.param(name, marks=[pytest.mark.slow] * (name in LONG)) for name in sorted(MODELS)])
def test_every_family_goes_on_bit_equal_with_the_quicker_kernels(model: str, trained: Callable[..., Path], tmp_path: Path) -> None:
    """The last epoch again, from the checkpoint before it."""
    assert os.environ["TF_ENABLE_ONEDNN_OPTS"] == "1", "set by genmodels, unless the shell says otherwise"
    first = Run(trained(model))
    run = Run(Path(shutil.copytree(first.path, tmp_path / "runs" / "copy")))
    shutil.rmtree(checkpoints.steps(run.path / "checkpoints")[-1])
    train(run)
    assert run.state == "done" and run.status["seconds"] != first.status["seconds"], "it went on, to the end"
    assert_equal(outcome(first), outcome(run))


def test_killed_is_shown_as_interrupted_and_its_group_is_gone() -> None:
    run = RunStore.default().create(experiment("vae"))
    launching.launch(run)
    wait_for(lambda: run.status.get("step", 0) > 5)
    assert run.state == "running"
    assert "ended at once" in launching.kill(run)
    wait_for(lambda: run.state == "lost", 5)
    assert "not running" in launching.kill(run)


def test_a_reused_process_id_is_never_killed() -> None:
    run = RunStore.default().create(experiment("vae"))
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        run.write_status(state="running", pid=bystander.pid, pid_created=1.0)
        with run.lease():
            assert "not running" in launching.kill(run)
        assert bystander.poll() is None
    finally:
        bystander.kill()


def test_two_processes_on_one_run_and_a_queue_for_two_runs(inside) -> None:
    store = RunStore.default()
    first, second = (store.create(experiment("vae")) for _ in range(2))
    launching.launch(first)
    wait_for(lambda: first.status.get("step", 0) > 2)
    launching.launch(second)
    refused = inside("resume", first.id)
    assert refused.returncode == 2 and "is being trained by process" in refused.stderr
    wait_for(lambda: second.status.get("message") == "Waiting for its turn")
    assert second.state == "waiting" and first.state == "running"
    launching.stop(first)
    wait_for(lambda: first.state == "stopped")
    wait_for(lambda: second.state == "running")
    launching.stop(second)
    wait_for(lambda: second.state == "stopped")
    assert second.status["step"] == int(checkpoints.steps(second.path / "checkpoints")[-1].name)


def test_a_waiting_run_can_be_stopped() -> None:
    store = RunStore.default()
    first, second = (store.create(experiment("vae")) for _ in range(2))
    with first.lease(), launching.turn(first, store):
        launching.launch(second)
        wait_for(lambda: second.status.get("message") == "Waiting for its turn")
        launching.stop(second)
        wait_for(lambda: second.state == "stopped")


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "missing manifest"])
def test_a_damaged_checkpoint_is_named_and_the_one_before_is_used(trained, tmp_path: Path, damage: str) -> None:
    run = Run(Path(shutil.copytree(trained("vae"), tmp_path / "runs" / "copy")))
    newest = checkpoints.steps(run.path / "checkpoints")[-1]
    weights = newest / "weights.npz"
    data = bytearray(weights.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 1
        weights.write_bytes(data)
    elif damage == "cut":
        weights.write_bytes(data[:-100])
    elif damage == "empty":
        weights.write_bytes(b"")
    else:
        os.unlink(newest / "manifest.json")
    found, complaints = checkpoints.newest_whole(run.path / "checkpoints")
    assert found is not None and int(found.name) < int(newest.name)
    assert len(complaints) == 1 and newest.name in complaints[0]
    assert open_model(run).sample(2, seed=0).shape == (2, 8, 8, 1)
