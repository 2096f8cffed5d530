"""Starting and stopping trainings: one process a run, in a session of its own, so that it outlives who started it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from genmodels import checkpoints
from genmodels.files import make_folder, open_to_append
from genmodels.refusal import Refusal
from genmodels.runs import beginning
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import STARTING, Run
from genmodels.runs.store import RunStore

WAITS = "Waiting for its turn"


def launch(run: Run) -> None:
    """Start or resume `run` in the background: `python -m genmodels resume RUN`, output to its log."""
    if run.state == "done":
        raise Refusal(f"Run {run.id} is done; branch it to train on.")
    if run.held():
        raise Refusal(f"Run {run.id} is already {run.state} in process {run.holder()}.")
    clear_stop(run)
    _say_that_it_starts(run)
    environment = os.environ | {"GENMODELS_HOME": str(run.path.parent.parent)}
    with open_to_append(run.path / "log.txt") as log:
        subprocess.Popen(
            [sys.executable, "-m", "genmodels", "resume", run.id],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=environment,
        )


def _say_that_it_starts(run: Run) -> None:
    """It waits where another run has the turn; else its process is about to start."""
    about: dict[str, Any] = {"pid": 0, "phase_began": time.time(), "usual": beginning.usual_seconds(run)}
    if _taken(run.path.parent / ".turn"):
        run.write_status(**about, state="waiting", message=WAITS, phase="")
    else:
        run.write_status(**about, state="running", message=beginning.words(STARTING, about["usual"]), phase=STARTING)


def start(experiment: Experiment, store: RunStore) -> Run:
    """A new run of the experiment, started in the background."""
    run = store.create(experiment)
    launch(run)
    return run


def clear_stop(run: Run) -> None:
    """Forget an earlier request to stop."""
    (run.path / "stop").unlink(missing_ok=True)


def stop(run: Run) -> str:
    """Ask the run to stop at its next step and save. Says what will happen; does nothing to a run that has ended."""
    state = run.state
    if state not in ("running", "waiting"):
        return f"Run {run.id} is not running."
    (run.path / "stop").touch()
    return f"Run {run.id} stops at its next step and saves."


def kill(run: Run) -> str:
    """End the run's process group at once. Nothing up to the last checkpoint is lost.

    A process id may have been reused, so it is believed only where the process was created when the run says.
    """
    import psutil

    status = run.status
    try:
        process = psutil.Process(int(status["pid"]))
        if not run.held() or abs(process.create_time() - status["pid_created"]) > 1:
            return f"Run {run.id} is not running."
        group = os.getpgid(process.pid)
        if group == os.getpgid(0):  # trained in our own terminal: not the whole group
            process.kill()
        else:
            os.killpg(group, signal.SIGKILL)
    except (KeyError, psutil.NoSuchProcess, ProcessLookupError):
        return f"Run {run.id} is not running."
    return f"Run {run.id} was ended at once; resume continues from its last checkpoint."


def branch(store: RunStore, run: Run, epoch: int, **changes: Any) -> Run:
    """A new run that starts from the weights of one of the kept epochs of `run`, with changes to its experiment.

    `changes` are fields of `Experiment`; `recipe` and `source` are merged. Waits to be launched.
    """
    kept = run.path / "epochs" / str(int(epoch))
    if not kept.is_dir():
        epochs = ", ".join(p.name for p in checkpoints.steps(run.path / "epochs")) or "none"
        raise Refusal(f"Run {run.id} kept no weights of epoch {epoch}; it kept: {epochs}.")
    about, parts = checkpoints.load(kept)
    old = run.experiment.to_dict()
    merged = {name: old[name] | changes.pop(name, {}) for name in ("recipe", "source")}
    experiment = Experiment.from_dict(old | merged | changes | {"parent": f"{run.id}@{epoch}"})
    new = store.create(experiment)
    checkpoints.save(new.path / "epochs" / "0", about=about, **parts)
    return new


@contextlib.contextmanager
def turn(run: Run, store: RunStore) -> Iterator[None]:
    """Wait until no other run trains and no older one waits; first come, first served.

    A waiting run is a living process that has not imported TensorFlow yet. Raises `InterruptedError` when it is asked to
    stop while it waits.
    """
    make_folder(store.folder)
    with open_to_append(store.folder / ".turn") as file:
        while True:
            if (run.path / "stop").exists():
                raise InterruptedError
            if _locked(file):
                if not _older_waiting(run, store):
                    break
                fcntl.flock(file, fcntl.LOCK_UN)
            if run.status.get("message") != WAITS:
                run.write_status(state="waiting", message=WAITS, phase="", pid=os.getpid())
            time.sleep(0.5)
        yield


def _older_waiting(run: Run, store: RunStore) -> bool:
    """Does a living process wait with a run that was created before? Only runs that are held are read at all."""
    own = (run.created, run.id)
    return any((other.created, other.id) < own and other.held() and _waits(other.status) for other in store)


def _waits(status: Mapping[str, Any]) -> bool:
    return status.get("state") == "waiting" or status.get("phase") == STARTING


def _taken(file: Path) -> bool:
    """Does a run that trains hold the lock on the turn?"""
    try:
        with open(file, "rb") as turn:
            fcntl.flock(turn, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _locked(file: Any) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
