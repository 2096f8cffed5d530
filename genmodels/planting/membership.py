"""Membership: pictures that a model never saw, and a model that knows a hundred by heart."""

from __future__ import annotations

import numpy as np

from genmodels.planting import PLANTED, Case, Planted, Report
from genmodels.trained_to_calibrate import by_heart, data_of


@PLANTED.add("membership")
def membership(repetitions: int, seed: int, report: Report) -> Planted:
    """Losses of pictures that a model never saw, dealt into two at random; and of a model that knows 100 by heart."""
    from genmodels.losses import losses
    from genmodels.ranks import probability_lower
    from genmodels.runs import RunStore

    run = RunStore.default()["vae-openmoji"]
    held_out = data_of(run).test
    strangers = losses(run.generator(), held_out, np.arange(len(held_out)), seed)
    n = len(strangers) // 2
    found = []
    for number in range(repetitions):
        order = np.random.default_rng([seed, number]).permutation(len(strangers))
        found.append(probability_lower(strangers[order[:n]], strangers[order[n:]]).low)
    yield Case("auc", "a VAE and pictures it never saw", False, n, 0.0), np.array(found) > 0.6, None
    yield Case("auc", "the same: warnings", False, n, 0.0), np.array(found) > 0.5, None
    model = by_heart(0, report)
    data = data_of(model)
    known, others = (losses(model.generator(), part, np.arange(len(part)), seed) for part in (data.train, data.test))
    for size in (50, 100):
        flags = []
        for number in range(repetitions):
            rng = np.random.default_rng([seed, size, number])
            flags.append(probability_lower(rng.choice(known, size), rng.choice(others, size)).low > 0.6)
        auc = probability_lower(known, others).value
        yield Case("auc", f"VAE that knows 100 pictures by heart (AUC {auc:.2f}), resampled", True, size, auc - 0.5, size == 50), np.array(flags), None
