"""Train the runs that the lessons show, from nothing, on this machine: `python -m genmodels.commands.make_lessons NAME ...`.

What ships of each: experiment, facts, status, the weights in half precision, and what was measured with those weights.
Interrupted, it goes on where it stood. They are no runs of the gallery: no list shows them and no name opens them.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from genmodels.commands.make_gallery import slim, trained
from genmodels.files import write_atomically
from genmodels.lessons import LESSONS
from genmodels.measuring.latent_plane import measure_plane
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import Run

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


def make(name: str) -> Run:
    """Train, slim and measure one run of a lesson."""
    run = slim(trained(name, Experiment.from_dict(EXPERIMENTS[name])), LESSONS / name, shown=False)
    write_atomically(run.path / "findings.json", json.dumps({"measures": measure_plane(run)}, indent=1))
    return run


if __name__ == "__main__":
    for each in sys.argv[1:] or EXPERIMENTS:
        make(each)
