"""Train the runs of the gallery, from nothing, on this machine: `make gallery`, or `python -m genmodels.commands.make_gallery NAME ...`.

What ships of each: experiment, facts, history, up to ten grids of samples, the weights that drawing needs in half
precision (of some in eight bits), the numbers measured with those weights, and a model card. Interrupted, it goes on where it stood.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
import time
from pathlib import Path

import numpy as np

from genmodels import checkpoints, gallery
from genmodels.commands.gallery_experiments import BEFORE, EIGHT_BITS, EXPERIMENTS
from genmodels.files import home, write_atomically
from genmodels.instruments.detector import RUN
from genmodels.instruments.detector_scale import fit_scale_of, unworn
from genmodels.instruments.features import keep_domain
from genmodels.instruments.readers import READERS, SOMEBODY
from genmodels.instruments.reading_counts import keep_errors
from genmodels.measuring.measure import measure_run
from genmodels.refusal import Refusal
from genmodels.review.audit import audit_run
from genmodels.review.report import report
from genmodels.review.run_document import run_document
from genmodels.runs import launching
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from genmodels.training.loop import kept_epochs, train


def make(name: str) -> Run:
    """Train, slim, measure and audit one run of the gallery."""
    run = trained(
        name,
        Experiment.from_dict(EXPERIMENTS[name]),
        trained(name, Experiment.from_dict(BEFORE[name])) if name in BEFORE else None,
    )
    shipped = slim(run, gallery.GALLERY / name)
    if name == RUN:
        fit_scale_of(shipped, unworn(run.experiment.source))
    if name == "clip":
        keep_domain()
    for grouping, reader in READERS.items():
        if name in (reader, SOMEBODY):
            keep_errors(Run(gallery.GALLERY / reader), grouping)
    started = time.monotonic()
    measured_again(shipped)
    print(f"\n{name}: trained in {run.status['seconds']:.0f} s, measured in {time.monotonic() - started:.0f} s.")
    return shipped


def measured_again(shipped: Run) -> None:
    """Measure and audit a run of the gallery and write its card; what it shipped with before is replaced."""
    file = shipped.path / "findings.json"
    shipped.findings_file.unlink(missing_ok=True)
    measure_run(shipped, seed=1, file=file)
    audited_again(shipped)


def audited_again(shipped: Run) -> None:
    """Audit a run of the gallery and write its card."""
    audit_run(shipped, seed=1, file=shipped.path / "findings.json")
    write_atomically(shipped.path / "card.md", report(run_document(shipped), "md"))


def trained(name: str, experiment: Experiment, before: Run | None = None) -> Run:
    """The run of that experiment, trained to its end; from the weights of another where there is one."""
    store = RunStore(home() / "gallery" / "runs")
    parent = f"{before.id}@{before.status['epoch']}" if before else ""
    same = [run for run in store if run.experiment == dataclasses.replace(experiment, parent=parent)]
    if same:
        run = same[0]
    elif before:
        changes = {key: value for key, value in experiment.to_dict().items() if key != "parent"}
        run = launching.branch(store, before, before.status["epoch"], **changes)
    else:
        run = store.create(experiment)
    if run.state != "done":
        run.folder.forget_stop()
        with run.lease():
            if (
                train(
                    run, lambda status: print(f"\r{name}: epoch {status.get('epoch')}/{status.get('epochs')}  ", end="")
                )
                != "done"
            ):
                raise Refusal(f"{name}: {run.status['message']}")
    return run


def slim(run: Run, folder: Path, *, shown: bool = True) -> Run:
    """A copy of `run` in `folder`, small enough to keep in a repository; `shown`: with its history and what it drew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in ("experiment.json", "facts.json", *(("history.jsonl",) if shown else ())):
        shutil.copyfile(run.path / file, folder / file)
    status = {key: value for key, value in run.status.items() if not key.startswith("pid")}
    write_atomically(folder / "status.json", json.dumps(status))
    kept = kept_epochs(run.status["epoch"])
    for pictures in ("samples", "reconstructions") if shown else ():
        for epoch, file in getattr(run, pictures).items():
            if epoch in kept:
                (folder / pictures).mkdir(exist_ok=True)
                shutil.copyfile(file, folder / pictures / file.name)
    newest, _ = checkpoints.newest_whole(run.path / "checkpoints")
    if newest is None:
        raise Refusal(f"{run.id} has no whole checkpoint; train it again.")
    about, parts = checkpoints.load(newest)
    drawing = run.experiment.make_recipe().drawing
    halves = {
        k: v.astype(np.float16) if v.dtype == np.float32 else v
        for k, v in parts["weights"].items()
        if k.split(".")[0] in drawing
    }
    weights = checkpoints.in_eight_bits(halves) if folder.name in EIGHT_BITS else halves
    checkpoints.save(folder / "epochs" / str(run.status["epoch"]), about=about, weights=weights)
    return Run(folder)


if __name__ == "__main__":
    for each in sys.argv[1:] or EXPERIMENTS:
        make(each)
