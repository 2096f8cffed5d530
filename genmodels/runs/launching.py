"""Starting and stopping trainings: one process a run, in a session of its own, so that it outlives who started it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from typing import Any

from genmodels import checkpoints
from genmodels.files import make_folder, open_to_append
from genmodels.jobs.executor import LOCAL, Worker, genmodels_command
from genmodels.jobs.folder import locked, try_lock, unlock
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
    run.folder.forget_stop()
    _say_that_it_starts(run)
    LOCAL.start(
        genmodels_command("resume", run.id), run.folder, environment={"GENMODELS_HOME": str(run.path.parent.parent)}
    )


def _say_that_it_starts(run: Run) -> None:
    """It waits where another run has the turn; else its process is about to start."""
    about: dict[str, Any] = {"pid": 0, "phase_began": time.time(), "usual": beginning.usual_seconds(run)}
    if locked(run.path.parent / ".turn"):
        run.write_status(**about, state="waiting", message=WAITS, phase="")
    else:
        run.write_status(**about, state="running", message=beginning.words(STARTING, about["usual"]), phase=STARTING)


def start(experiment: Experiment, store: RunStore) -> Run:
    """A new run of the experiment, started in the background."""
    run = store.create(experiment)
    launch(run)
    return run


def stop(run: Run) -> str:
    """Ask the run to stop at its next step and save. Says what will happen; does nothing to a run that has ended."""
    state = run.state
    if state not in ("running", "waiting"):
        return f"Run {run.id} is not running."
    run.folder.ask_to_stop()
    return f"Run {run.id} stops at its next step and saves."


def kill(run: Run) -> str:
    """End the run's process group at once. Nothing up to the last checkpoint is lost.

    A process id may have been reused, so it is believed only where the process was created when the run says.
    """
    status = run.status
    worker = Worker(int(status.get("pid", -1)), float(status.get("pid_created", 0)))
    if not run.held() or not LOCAL.kill(worker):
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
    before, old = run.experiment, run.experiment.to_dict()
    knobs = {"recipe": before.make_recipe(), "source": before.make_source()}
    merged = {name: old[name] | each.renamed(changes.pop(name, {})) for name, each in knobs.items()}
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
            if run.folder.stop_asked():
                raise InterruptedError
            if try_lock(file):
                if not _older_waiting(run, store):
                    break
                unlock(file)
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
