"""Models with known faults, small enough to be trained while one waits: what they are trained as, and where they lie."""

from __future__ import annotations

from genmodels.lessons import LESSONS
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import Run

SKEWS = {"skewed-50": 0.5, "skewed-75": 0.75, "skewed-95": 0.95}  # the share of the first digit in training
COPIER = "copier"
FIRST, SECOND = "0", "1"  # two digits that are easily told apart
PICTURES = 20  # that the copier learned from
RECIPE = {"latent": 8, "width": 16, "warmup": 200, "beta": 1.0}


def skewed(share: float) -> Experiment:
    """A VAE of two digits, of which the first has this share of the training pictures."""
    source = {"only": f"{FIRST}, {SECOND}", "skew": f"{FIRST}={share:g}"}
    return Experiment.from_dict(
        {"model": "vae", "recipe": RECIPE, "data": "digits", "source": source, "epochs": 120, "batch_size": 32}
    )


def copier() -> Experiment:
    """A VAE that sees 20 pictures again and again."""
    recipe = RECIPE | {"latent": 2, "beta": 0.2, "learning_rate": 2e-3}
    source = {"most": PICTURES}
    return Experiment.from_dict(
        {"model": "vae", "recipe": recipe, "data": "digits", "source": source, "epochs": 1500, "batch_size": 20}
    )


def prepared(name: str) -> Run:
    """One of those that ship."""
    return Run(LESSONS / name)
