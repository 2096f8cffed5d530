"""Models that are trained to calibrate the audits on, each once, in GENMODELS_HOME/calibration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from genmodels.data.dataset import Dataset
from genmodels.files import home
from genmodels.refusal import Refusal
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from genmodels.training.loading import load_for


def by_heart(seed: int, report: Callable[[str], None]) -> Any:
    """A run of a VAE that was trained on 100 pictures, held out from nobody, until it knows them."""
    source = {"subset": "all", "most": 100, "skew_seed": seed}
    return trained(
        {
            "model": "vae",
            "data": "openmoji",
            "source": source,
            "recipe": {"latent": 64, "beta": 0.1},
            "epochs": 300,
            "batch_size": 10,
            "seed": seed,
        },
        report,
    )


def trained(experiment: Mapping[str, Any], report: Callable[[str], None]) -> Any:
    """The run of that experiment in GENMODELS_HOME/calibration, trained once."""
    wanted, store = Experiment.from_dict(dict(experiment)), RunStore(home() / "calibration" / "runs")
    run = next((run for run in store if run.experiment == wanted), None) or store.create(wanted)
    if run.state != "done":
        from genmodels.training.loop import train

        report(f"training {wanted.model} on {wanted.data} for the calibration")
        with run.lease():
            if train(run) != "done":
                raise Refusal(f"The model for the calibration could not be trained: {run.status['message']}")
    return run


@lru_cache(maxsize=8)
def _loaded(path: Path) -> Any:
    return load_for(Run(path).experiment)


def data_of(run: Run) -> Dataset:
    """The data that a run was trained on."""
    return _loaded(run.path)
