"""Train the tiny models with known faults that the lesson on risks looks at: `python -m genmodels.commands.make_faulty_models`.

Of each ships what a run of the gallery ships, in half precision, without measures. About half a minute each on two cores.
"""

from __future__ import annotations

import shutil

from genmodels.commands.make_gallery import slim, trained
from genmodels.files import write_atomically
from genmodels.lessons import LESSONS
from genmodels.runs.experiment import Experiment
from genmodels.runs.faulty import COPIER, SKEWS, copier, skewed

THIN = 20  # of so many lines of a history one ships


def make(name: str, experiment: Experiment) -> None:
    """Train one and put it beside the code."""
    run = slim(trained(name, experiment), LESSONS / name)
    for pictures in ("samples", "reconstructions"):
        shutil.rmtree(run.path / pictures, ignore_errors=True)
    history = run.path / "history.jsonl"
    write_atomically(history, "".join(history.read_text().splitlines(keepends=True)[THIN - 1 :: THIN]))


if __name__ == "__main__":
    for name, share in SKEWS.items():
        make(name, skewed(share))
    make(COPIER, copier())
