"""What needs TensorFlow and is not worth keeping in the server's memory: asked of the command line in a process of its own."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from genmodels.jobs.executor import LOCAL, genmodels_command
from genmodels.refusal import Refusal
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import Run

PATIENCE = 300  # seconds


def forecast(experiment: Experiment) -> dict[str, Any]:
    """seconds, bytes, images_per_second, parameters and epochs of a training, from a few timed steps."""
    asked = experiment.to_dict()
    arguments = ["train", experiment.model, "--data", experiment.data]
    for flag, knobs in (("--set", experiment.recipe), ("--with", experiment.source)):
        for name, value in knobs.items():
            arguments += [flag, f"{name}={value}"]
    for name in ("epochs", "batch_size", "seed", "patience"):
        arguments += [f"--{name.replace('_', '-')}", str(asked[name])]
    answer: dict[str, Any] = json.loads(_command([*arguments, "--forecast", "--json"]))
    return answer


def keras_file(run: Run) -> bytes:
    """The network of a run that draws, as a `.keras` file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "generator.keras"
        _command(["export", run.id, "--out", str(file)])
        return file.read_bytes()


def _command(arguments: list[str]) -> str:
    """Standard output of a command; what it says against it is raised as a `Refusal`."""
    try:
        done = LOCAL.wait(genmodels_command(*arguments), PATIENCE)
    except TimeoutError:
        raise Refusal(
            f"The command {arguments[0]} took longer than {PATIENCE} s and was ended; try smaller settings."
        ) from None
    if done.code:
        otherwise = f"The command {arguments[0]} ended with code {done.code}; run it in a terminal to see why."
        raise Refusal(done.complaint() or otherwise)
    return done.output
