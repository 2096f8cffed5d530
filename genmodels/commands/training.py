"""The verbs of training: train, resume, stop, branch."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from genmodels.commands.signals import INTERRUPTED, Terminated
from genmodels.commands.verb import RUN, Arguments, answer, flag, settings, several, verb
from genmodels.knobs import Knob
from genmodels.refusal import Refusal
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

Tell = Callable[[dict[str, Any]], None]  # takes a status

ASKED_FOR: list[Knob] = [
    knob for knob in Experiment.knobs() if knob.name in ("epochs", "batch_size", "seed", "patience")
]  # the knobs of an experiment that are plain flags
SETTINGS = several("--set", dest="recipe", metavar="setting=value", help="a setting of the model")


@verb(
    "train",
    flag("model", metavar="MODEL"),
    flag("--data", default="digits", metavar="NAME"),
    several("--with", dest="source", metavar="setting=value", help="a setting of the data set"),
    SETTINGS,
    *(flag(f"--{knob.name.replace('_', '-')}", default=knob.default, help=knob.help) for knob in ASKED_FOR),
    flag("--forecast", action="store_true", help="only say how long it will take and what it will weigh"),
    flag("--detach", action="store_true", help="train in the background"),
)
def train(arguments: Arguments) -> int:
    """Train a model on a data set in a new run."""
    named = vars(arguments)
    experiment = Experiment.from_dict(
        {
            "model": arguments.model,
            "data": arguments.data,
            "recipe": settings(arguments.recipe),
            "source": settings(arguments.source),
        }
        | {knob.name: named[knob.name] for knob in ASKED_FOR}
    )
    if arguments.forecast:
        from genmodels.training.forecast import forecast

        expected = forecast(experiment)
        answer(arguments, expected, f"About {expected['seconds']:.0f} s, {expected['bytes'] / 1e6:.0f} MB on disk.")
        return 0
    store = RunStore.default()
    if arguments.detach:
        from genmodels.runs import launching

        run = launching.start(experiment, store)
        answer(arguments, {"run": run.id, "state": run.state}, f"{run.id} trains in the background.")
        return 0
    return _work(arguments, store.create(experiment), store)


@verb("resume", RUN)
def resume(arguments: Arguments) -> int:
    """Go on with a run from its last whole checkpoint (or start it)."""
    store = RunStore.default()
    run = store[arguments.run]
    run.experiment  # noqa: B018  (a damaged run is refused before anything is written)
    if run.state == "done":
        raise Refusal(f"Run {run.id} is done; branch it to train on.")
    if run.state not in ("waiting", "running"):  # a stop that was asked for before it begins stands
        run.folder.forget_stop()
    return _work(arguments, run, store)


@verb("stop", RUN, flag("--now", action="store_true", help="end the process at once"))
def stop(arguments: Arguments) -> int:
    """Ask a run to stop at its next step and save."""
    from genmodels.runs import launching

    run = RunStore.default()[arguments.run]
    said = launching.kill(run) if arguments.now else launching.stop(run)
    answer(arguments, {"run": run.id, "message": said}, said)
    return 0


@verb(
    "branch",
    RUN,
    flag("--epoch", type=int, required=True),
    several("--set", dest="recipe", metavar="setting=value"),
    flag("--epochs", default=None),
    flag("--seed", default=None),
)
def branch(arguments: Arguments) -> int:
    """Train on from a kept epoch of a run, with other settings, in a new run."""
    from genmodels.runs import launching

    store, named = RunStore.default(), {"epochs": arguments.epochs, "seed": arguments.seed}
    changes = {name: value for name, value in named.items() if value is not None}
    run = launching.branch(store, store[arguments.run], arguments.epoch, recipe=settings(arguments.recipe), **changes)
    return _work(arguments, run, store)


def _work(arguments: Arguments, run: Run, store: RunStore) -> int:
    """Train in the foreground, and say how it ended."""
    state = _trained(run, store, _progress if sys.stderr.isatty() else _phases())
    status = run.status
    message = str(status.get("message", ""))
    document = {
        "run": run.id,
        "state": state,
        "epochs": status.get("epoch", 0),
        "seed": run.experiment.seed,
        "seconds": round(status.get("seconds", 0.0), 1),
        "reason": message,
    }
    if state == "failed":
        print(f"genmodels: {message}", file=sys.stderr)
    answer(arguments, document, f"{run.id} {state}: {message}")
    if state == "stopped":
        return next((code for name, code in INTERRUPTED.items() if f"Stopped by {name} " in message), 0)
    return 1 if state == "failed" else 0


def _trained(run: Run, store: RunStore, tell: Tell) -> str:
    """Hold the lease, wait for the turn and train; returns the state in which the run ended."""
    from genmodels.runs import beginning, launching, leftovers

    leftovers.sweep()
    with run.lease():
        try:
            leftovers.sweep_run(run.path)
            with launching.turn(run, store):
                beginning.enter(run, "importing", tell, **beginning.present())
                from genmodels.training.loop import train as train_run

                return train_run(run, tell)
        except (InterruptedError, KeyboardInterrupt, Terminated) as error:
            run.write_status(
                state="stopped", message="Stopped while it waited; resume puts it into the queue again.", phase=""
            )
            if not isinstance(error, InterruptedError):
                raise
            return "stopped"


def _phases() -> Tell:
    """Says on standard error what a training does before its first step, a line each; for logs and pipes."""
    said = {""}

    def tell(status: dict[str, Any]) -> None:
        if status.get("phase") and (message := str(status["message"])) not in said:
            said.add(message)
            print(f"{message} …", file=sys.stderr, flush=True)

    return tell


def _progress(status: dict[str, Any]) -> None:
    """The same in a terminal, and then how far it is, in one line."""
    if status.get("phase"):
        print(f"\r{status['message']} …".ljust(78), end="", file=sys.stderr, flush=True)
        return
    left = status.get("seconds_left")
    line = f"epoch {status.get('epoch', 0)}/{status.get('epochs', 0)}  step {status.get('step', 0)}/{status.get('steps', 0)}"
    print(f"\r{line}  {'' if left is None else f'{left:.0f} s left'}   ", end="", file=sys.stderr)
