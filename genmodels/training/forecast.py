"""How long a training will take and what it will weigh, before it is started."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from genmodels.networks.learner import Learner
from genmodels.runs.experiment import Experiment
from genmodels.training.epoch import SHOWN
from genmodels.training.loading import load_for
from genmodels.training.loop import KEPT_EPOCHS


def forecast(experiment: Experiment, timed_steps: int = 8) -> dict[str, Any]:
    """How long an experiment will take and what it will weigh, from a few timed steps; writes nothing.

    Returns seconds, bytes, images_per_second or tokens_per_second, parameters and epochs.
    """
    data = load_for(experiment)
    learner = Learner(experiment.make_recipe(), data.spec, experiment.seed)
    batch = data.train.batch(np.resize(data.train.order([experiment.seed]), experiment.batch_size))
    times = []
    for _ in range(timed_steps + 2):
        start = time.perf_counter()
        learner.step(*batch)
        times.append(time.perf_counter() - start)
    each = float(np.median(times[2:]))
    steps = experiment.epochs * (len(data.train) // experiment.batch_size)
    weights = sum(array.nbytes for array in learner.weights().values())
    state = sum(array.nbytes for array in learner.training_state().values())
    pictures = experiment.epochs * SHOWN * math.prod(data.spec.shape)
    size = (
        2 * (weights + state)
        + min(KEPT_EPOCHS, experiment.epochs) * weights
        + pictures
        + 400 * min(steps, 20 * experiment.epochs)
    )
    return {
        "seconds": times[0] + steps * each + 0.3 * experiment.epochs,
        "bytes": size,
        **data.train.speed(experiment.batch_size / each),
        "parameters": weights // 4,
        "epochs": experiment.epochs,
    }
