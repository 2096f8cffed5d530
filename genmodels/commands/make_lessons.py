"""Make what the lessons show, from nothing, on this machine: `python -m genmodels.commands.make_lessons NAME ...`.

What ships of each: experiment, facts, status, the weights in half precision, and what was measured with those weights.
Interrupted, it goes on where it stood. They are no runs of the gallery: no list shows them and no name opens them.
Of each writer of the gallery also ships what it wrote before its first step: a network of its recipe and seed that has
learned nothing, asked for the same as after each epoch (`WRITERS`; seconds each).
"""

from __future__ import annotations

import json
import sys
from typing import Any

from genmodels.commands.make_gallery import slim, trained
from genmodels.files import write_atomically
from genmodels.lessons import LESSONS, UNTRAINED
from genmodels.measuring.latent_plane import measure_plane
from genmodels.networks.learner import Learner
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import Run
from genmodels.runs.store import shipped
from genmodels.training.epoch import EXHIBITS
from genmodels.training.loading import load_for

BETAS = (0, 1, 3, 6, 10)
EXPERIMENTS: dict[str, dict[str, Any]] = {
    f"vae-beta-{beta}": {
        "model": "vae",
        "data": "digits",
        "recipe": {"latent": 2, "width": 8, "warmup": 2000, "beta": float(beta)},
        "epochs": 100,
        "batch_size": 32,
    }
    for beta in BETAS
}
WRITERS = ("transformer-docs", "transformer-occupations", "transformer-code")


def untrained(name: str) -> None:
    """What the run of that name wrote, and its held-out loss, before its first step."""
    experiment = shipped(name).experiment
    data = load_for(experiment)
    learner = Learner(experiment.make_recipe(), data.spec, experiment.seed)
    values, files = EXHIBITS[data.spec.kind](learner, data, experiment.seed)()
    kept = {
        "experiment": experiment.to_dict(),
        "held_out_loss": values["held_out_loss"],
        "texts": json.loads(files["samples"][1]),
    }
    UNTRAINED.mkdir(exist_ok=True)
    write_atomically(UNTRAINED / f"{name}.json", json.dumps(kept, indent=1))


def make(name: str) -> Run:
    """Train, slim and measure one run of a lesson."""
    run = slim(trained(name, Experiment.from_dict(EXPERIMENTS[name])), LESSONS / name, shown=False)
    write_atomically(run.path / "findings.json", json.dumps({"measures": measure_plane(run)}, indent=1))
    return run


if __name__ == "__main__":
    for each in sys.argv[1:] or (*EXPERIMENTS, *WRITERS):
        untrained(each) if each in WRITERS else make(each)
