"""What a command says and returns when it is interrupted, when the disk is full, and for seeds that are none."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from genmodels.audits.audit import AUDITS, Audit
from genmodels.commands.main import main
from genmodels.jobs import executor
from genmodels.jobs.folder import Busy, JobFolder, Progress, Stopped
from genmodels.refusal import Refusal
from genmodels.review import audit_job
from genmodels.runs import launching
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from tests.conftest import ROOT
from tests.dashboard.made import made

SEEDS = ("-1", "18446744073709551616", "2147483648", "word", "1.5", "", "9" * 5000, "nan")


@pytest.mark.parametrize("verb", ["sample", "measure", "audit", "calibrate"])
def test_a_seed_is_checked_at_the_door(home: Path, capsys: pytest.CaptureFixture[str], verb: str) -> None:
    for seed in SEEDS:
        arguments = [verb, *(["vae-digits"] if verb != "calibrate" else []), f"--seed={seed}", *(["--out", str(home)] if verb in ("sample", "audit") else [])]
        assert main(arguments) == 2
        said = capsys.readouterr().err
        assert said.startswith("genmodels: Argument --seed: a seed is a whole number from 0 to 2,147,483,647") and said.count("\n") == 1 and len(said) < 300
    assert not home.exists()


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_so_are_seeds_of_trainings_and_walks(home: Path, capsys: pytest.CaptureFixture[str], seed: str) -> None:
    for arguments in (["train", "vae", f"--seed={seed}"], ["walk", "vae-digits", f"--anchors={seed},2", "--out", str(home)]):
        assert main(arguments) == 2
        said = capsys.readouterr().err
        assert said.startswith("genmodels: ") and said.count("\n") == 1 and "Traceback" not in said
    assert not (home / "runs").exists()


def begun(home: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "genmodels", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"GENMODELS_HOME": str(home)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell in the background has its children ignore it
    )  # fmt: skip


def until(condition, seconds: float = 120) -> None:
    for _ in range(int(seconds * 20)):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


# SIGTERM to a training that goes on is sent in test_resume.py too.
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.slow)])
def test_an_interrupted_training_saves_and_says_so(home: Path, number: int, code: int) -> None:
    process = begun(home, "train", "vae", "--epochs", "2000", "--set", "width=8")
    until(lambda: any(run.status.get("step", 0) > 0 for run in RunStore.default()))
    process.send_signal(number)
    out, said = process.communicate(timeout=120)
    run = next(iter(RunStore.default()))
    assert process.returncode == code, said
    assert run.state == "stopped" and "resume continues from here" in run.status["message"] and list((run.path / "checkpoints").iterdir())
    assert b"Traceback" not in said and b"stopped" in out


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_one_that_waits_is_stopped(home: Path, number: int, code: int) -> None:
    first = made("running")
    with first.lease(), launching.turn(first, RunStore.default()):
        process = begun(home, "train", "vae", "--epochs", "1")
        until(lambda: any(run.status.get("message") == "Waiting for its turn" for run in RunStore.default()))
        process.send_signal(number)
        assert process.wait(timeout=240) == code
    states = {run.id: run.status["state"] for run in RunStore.default() if run.id != first.id}
    assert list(states.values()) == ["stopped"]
    assert b"Traceback" not in process.stderr.read()  # type: ignore[union-attr]


def test_a_full_disk_is_one_sentence_without_a_traceback(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from genmodels.training import loop

    def full(*arguments: object) -> None:
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError:
            raise ValueError("Can't close the ZIP file") from None

    monkeypatch.setattr(loop, "Trainer", full)
    assert main(["train", "vae", "--epochs", "1"]) == 1
    captured = capsys.readouterr()
    assert "The disk is full; make room, then resume" in captured.out and "Traceback" not in captured.err


def test_the_holder_of_a_run_is_named_as_it_is(home: Path) -> None:
    run = made("done")
    run.write_status(state="stopped", pid=29777)
    with run.lease():
        with pytest.raises(Busy, match=f"process {os.getpid()};"), Run(run.path).lease():
            pass
        with pytest.raises(ValueError, match=f"in process {os.getpid()}"):
            launching.launch(run)


def test_files_on_the_command_line_are_looked_at_before_they_are_read(home: Path, inside, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for file, reason in (("/dev/zero", "a pipe or a device"), (tmp_path / "pipe", "a pipe or a device"), (tmp_path, "a folder")):
        for flag in ("--from", "--prompts", "--mask"):
            done = inside("sample", "diffusion-openmoji", "-n", 1, flag, file, "--out", tmp_path / "out")
            assert done.returncode == 2 and reason in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_an_audit_that_refuses_works_until_its_sentence_is_printed(tmp_path: Path) -> None:
    """A page that looks between the end of the work and the sentence must not take it for an audit that ended and said nothing."""
    begun = Progress(JobFolder(tmp_path), audit_job.STOPPED)
    begun.says(audit="", names="provenance", n=10, pid=os.getpid(), born=executor.born(os.getpid()))
    begun.note("loading the model")
    with pytest.raises(Refusal, match="too large"), audit_job.at_work(tmp_path) as progress:
        progress.says(audit="provenance")
        progress.note("files")
        raise Refusal("It is too large.")
    note = audit_job.running_in(tmp_path)
    assert note and note["what"] == "saying why it ended" and note["names"] == "provenance"
    with audit_job.at_work(tmp_path):
        assert audit_job.running_in(tmp_path)
    assert audit_job.running_in(tmp_path) is None and not (tmp_path / "progress.json").exists()


def test_a_stop_is_no_refusal(home: Path, tmp_path: Path) -> None:
    """What answers a Refusal with "not measured" must let a stop through, however deep it comes from."""

    def asks(subject: object, limits: object) -> list:
        subject.report("drawing", 1, 2)  # type: ignore[attr-defined]
        return []

    class Asked:
        n, seed, kind, source = 10, 0, "image", "digits"

    with audit_job.at_work(tmp_path / "audit") as progress:
        Asked.report = progress  # type: ignore[attr-defined]
        (tmp_path / "audit" / "stop").touch()
        with pytest.raises(Stopped):
            Audit("made up", "Does it stop?", asks, of=Asked)(Asked())  # type: ignore[arg-type]
    assert "made up" not in AUDITS and not issubclass(Stopped, ValueError)
