"""The one training loop: takes a run from where it stands to its end, and can be stopped or killed at any moment.

Everything that decides the weights comes from (seed, step): the order of the batches is drawn anew for each epoch,
noise from a state that is saved with the weights. TensorFlow's operations are held deterministic throughout (it cost
nothing measurable), so a resumed training equals an uninterrupted one bit for bit on the same machine.
"""

from __future__ import annotations

import math
import os
import platform
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from genmodels import cache, checkpoints
from genmodels.files import write_atomically
from genmodels.jobs.folder import Stopped
from genmodels.networks.learner import Learner
from genmodels.refusal import Refusal
from genmodels.runs import beginning
from genmodels.runs.history import History
from genmodels.runs.run import Run
from genmodels.training.endings import chain, expected, sentence, stop_requests
from genmodels.training.epoch import EXHIBITS
from genmodels.training.loading import load_for, take_over

KEPT_EPOCHS = 10  # whose weights stay, for branching and looking back
STATUS_SECONDS = 0.5
CHECKPOINT_SECONDS = float(os.environ.get("GENMODELS_CHECKPOINT_SECONDS", "10"))
RESERVE = 1 << 16  # bytes kept aside, so that a full disk can still be reported

tf.config.experimental.enable_op_determinism()


def train(run: Run, report: Callable[[dict[str, Any]], None] = lambda status: None) -> str:
    """Train `run` from where it stands. The caller holds its lease. Returns the state that it ended in.

    `report` is called with the status whenever that is written. Raises nothing but what ends the process: what went
    wrong stands in the status as one sentence and in the log with its traceback.
    """
    reserve = run.path / "reserve"
    try:
        reserve.write_bytes(b"\0" * RESERVE)
        with stop_requests(run) as asked:
            state, message = Trainer(run, report).go(asked)
    except Refusal as refusal:
        state, message = "failed", str(refusal)
    except Exception as error:
        if not any(expected(each) for each in chain(error)):
            traceback.print_exc()
        state, message = "failed", sentence(error)
    reserve.unlink(missing_ok=True)
    run.write_status(state=state, message=message, phase="", phase_share=None)
    report(run.status)
    return state


class Trainer:
    """One training in progress: the data, the learner, the clock and the position."""

    def __init__(self, run: Run, report: Callable[[dict[str, Any]], None]) -> None:
        self.run, self.report = run, report
        self.experiment = run.experiment
        beginning.enter(run, "reading", report, **beginning.present())
        with cache.telling(beginning.telling(run, report)):
            self.data = load_for(self.experiment)
        self.steps_per_epoch = len(self.data.train) // self.experiment.batch_size
        self.log_every = max(1, self.steps_per_epoch // 20)
        self.check_data()
        beginning.enter(run, "building", report)
        steps = self.experiment.epochs * self.steps_per_epoch
        self.learner = Learner(self.experiment.make_recipe(), self.data.spec, self.experiment.seed, steps=steps)
        self.examples = self.learner.recipe.prepared(self.data.train)
        self.exhibit = EXHIBITS[self.learner.recipe.exhibit or self.data.spec.kind](
            self.learner, self.data, self.experiment.seed
        )
        self.step, self.seconds, self.cpu_seconds = 0, 0.0, 0.0
        self.best: dict[str, Any] = {}
        self.rate = 0.0  # steps a second, lately
        self.restore()
        self.compiled = self.shown = False  # the first step and the first look of a sitting take long
        self.history = History(run.path / "history.jsonl", self.step)
        self.started, self.cpu_started = time.monotonic(), time.process_time()
        self.saved_at = self.started
        self.reported_at, self.reported_step = self.started, self.step

    def check_data(self) -> None:
        """Record what the run is trained on; a resumed run must find the same."""
        digest, before = self.data.digest(), self.run.facts.get("data_sha256")
        if before and before != digest:
            raise Refusal("The data has changed since this run began; resume is impossible, start a new run.")
        facts = {
            "spec": vars(self.data.spec),
            "data_sha256": digest,
            "n_train": len(self.data.train),
            "n_test": len(self.data.test),
            "licence": self.data.licence,
            "source": self.data.source,
            "credit": self.data.credit,
            "steps_per_epoch": self.steps_per_epoch,
            "versions": versions(),
            **self.data.train.facts(),
        }
        write_atomically(self.run.path / "facts.json", json_text(self.run.facts | facts))

    def restore(self) -> None:
        """Go on from the newest whole checkpoint; else from the weights that this run branched from; else from zero."""
        folder, complaints = checkpoints.newest_whole(self.run.path / "checkpoints")
        for complaint in complaints:
            print(complaint, file=sys.stderr)
        if folder is not None:
            about, parts = checkpoints.load(folder)
            self.learner.restore(parts["weights"], parts["training"])
            self.step, self.seconds, self.cpu_seconds = about["step"], about["seconds"], about["cpu_seconds"]
            self.best = about["best"]
        elif (self.run.path / "epochs" / "0").is_dir():
            self.learner.restore(checkpoints.load(self.run.path / "epochs" / "0")[1]["weights"])
        else:
            take_over(self.learner)
        if complaints:
            self.run.write_status(notice=complaints[0])

    def go(self, asked: Callable[[], str]) -> tuple[str, str]:
        """Train to the end; returns the state and what to say about it."""
        total = self.steps()
        try:
            while self.step < total:
                epoch, position = divmod(self.step, self.steps_per_epoch)
                order = self.data.train.order([self.experiment.seed, epoch])
                for batch in range(position, self.steps_per_epoch):
                    if who := asked():
                        raise Stopped(f"Stopped by {who} at step {self.step}; resume continues from here.")
                    self.take_step(order[batch * self.experiment.batch_size :][: self.experiment.batch_size], epoch)
                self.end_epoch(epoch + 1)
                if self.out_of_patience(epoch + 1):
                    message = f"No better {self.best['name']} for {self.experiment.patience} epochs; the best was epoch {self.best['epoch']}."
                    self.save()
                    return "done", message
        except Stopped as stopped:
            self.save()
            return "stopped", str(stopped)
        except FloatingPointError as broken:
            return "failed", str(broken)
        finally:
            self.write_status()
            self.history.close()
        return "done", f"Trained {self.experiment.epochs} epochs in {self.elapsed():.0f} s."

    def take_step(self, index: np.ndarray, epoch: int) -> None:
        """One step on the training examples at `index`; stops at the first term that is not finite."""
        if not self.compiled:
            beginning.enter(
                self.run, "compiling", self.report, epoch=epoch, epochs=self.experiment.epochs, steps=self.steps()
            )
        terms = self.learner.step(*self.examples.batch(index))
        self.step += 1
        if not self.compiled:
            self.compiled = True
            self.write_status(**beginning.ended(self.run))
        broken = [name for name, value in terms.items() if not math.isfinite(value)]
        if broken or self.step % self.log_every == 0:
            self.log(epoch, **terms, **({"broken": broken[0]} if broken else {}))
        if broken:
            raise FloatingPointError(
                f"The term {broken[0]} is not a finite number at step {self.step}; lower the learning rate"
                f" ({self.learner.recipe.learning_rate:g}) and branch from an earlier epoch."
            )
        if time.monotonic() - self.reported_at > STATUS_SECONDS:
            self.write_status()

    def end_epoch(self, epoch: int) -> None:
        """Measure on held-out data, draw the fixed seed again, keep the weights."""
        if not self.shown:
            self.shown = True
            self.write_status(message=f"Looking at what epoch {epoch} learned, for the first time")
        values, files = self.exhibit()
        self.log(epoch - 1, **values)
        name = "held_out_loss" if "held_out_loss" in values else "kernel_distance"
        if not self.best or values[name] < self.best["value"]:
            self.best = {"name": name, "value": values[name], "epoch": epoch}
        for folder, (suffix, content) in files.items():
            (self.run.path / folder).mkdir(exist_ok=True)
            write_atomically(self.run.path / folder / f"{epoch:06d}{suffix}", content)
        if epoch in kept_epochs(self.experiment.epochs):
            checkpoints.save(
                self.run.path / "epochs" / str(epoch), about={"epoch": epoch}, weights=self.learner.weights()
            )
        last = epoch == self.experiment.epochs
        if last or time.monotonic() - self.saved_at >= CHECKPOINT_SECONDS:
            self.save()
        self.write_status(last={name: value for name, value in values.items()})

    def out_of_patience(self, epoch: int) -> bool:
        """Whether the best epoch lies so far back that the experiment ends."""
        return bool(self.experiment.patience) and epoch - self.best["epoch"] >= self.experiment.patience

    def log(self, epoch: int, **values: Any) -> None:
        """Add a row of values to the history, with step, epoch and seconds."""
        self.history.log({"step": self.step, "epoch": epoch, "seconds": round(self.elapsed(), 4), **values})

    def save(self) -> None:
        """A whole checkpoint of this step; the history is on the disk before it."""
        self.history.sync()
        about = {"step": self.step, "seconds": self.elapsed(), "cpu_seconds": self.cpu(), "best": self.best}
        folder = self.run.path / "checkpoints"
        checkpoints.save(
            folder / str(self.step), about=about, weights=self.learner.weights(), training=self.learner.training_state()
        )
        checkpoints.keep_newest(folder)
        self.saved_at = time.monotonic()

    def elapsed(self) -> float:
        """Seconds of training, over all sittings."""
        return self.seconds + time.monotonic() - self.started

    def cpu(self) -> float:
        """Seconds of processor time, over all sittings and cores."""
        return self.cpu_seconds + time.process_time() - self.cpu_started

    def steps(self) -> int:
        """Steps from the first to the end."""
        return self.experiment.epochs * self.steps_per_epoch

    def write_status(self, **more: Any) -> None:
        """Say in the run's folder how far it is and how fast; `more` is added."""
        now = time.monotonic()
        if self.step > self.reported_step:
            self.rate = (self.step - self.reported_step) / max(now - self.reported_at, 1e-9)
        self.reported_at, self.reported_step = now, self.step
        total = self.steps()
        self.run.write_status(
            state="running",
            step=self.step,
            steps=total,
            epoch=self.step // self.steps_per_epoch,
            epochs=self.experiment.epochs,
            seconds=self.elapsed(),
            cpu_seconds=self.cpu(),
            best=self.best,
            **self.data.train.speed(self.rate * self.experiment.batch_size),
            seconds_left=(total - self.step) * self.elapsed() / self.step if self.step else None,
            **{"message": "Training"} | more,
        )
        self.report(self.run.status)


def kept_epochs(epochs: int) -> set[int]:
    """Up to ten epochs, thinned evenly, the last among them."""
    return {round(epoch) for epoch in np.linspace(1, epochs, min(KEPT_EPOCHS, epochs))}


def versions() -> dict[str, str]:
    """What the bits of a training depend on."""
    return {
        "python": platform.python_version(),
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
        "numpy": np.__version__,
        "machine": platform.machine(),
        "threads": str(os.cpu_count()),
    }


def json_text(document: object) -> str:
    """A document as an indented JSON text."""
    import json

    return json.dumps(document, indent=1)
