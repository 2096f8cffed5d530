"""Membership: examples that a model never saw, and a model that knows a hundred by heart.

The audit counts its rates in place, by dealing its own families anew; here it is counted once more for one model: whole
families of pictures that it never saw, dealt into two.
"""

from __future__ import annotations

import numpy as np

from genmodels.calibration.case import PLANTED, Case, Planted, Report
from genmodels.calibration.trained_culprits import by_heart, data_of
from genmodels.checks.blind import blind
from genmodels.checks.membership import Sides, auc_of, dealt, picture_families
from genmodels.runs.store import shipped
from genmodels.trained.opening import open_model


@PLANTED.add("membership")
def membership(repetitions: int, seed: int, report: Report) -> Planted:
    """Losses of pictures that a model never saw, whole families dealt into two; and of a model that knows 100 by heart."""
    run = shipped("vae-openmoji")
    held_out = data_of(run).test
    everything = np.arange(len(held_out))
    strangers, numbers = open_model(run).losses(held_out, everything, seed), blind(held_out, everything)
    family = picture_families(held_out, held_out.take(everything[:0]))[0]
    half = len(strangers) // 2
    whole = Sides(strangers[half:], strangers[:half], (family[half:], family[:half]), {})
    lows = []
    for number in range(repetitions):
        train, test = dealt(whole, np.random.default_rng([seed, number]))
        order = np.concatenate([np.arange(half, len(strangers)), np.arange(half)])
        one, other = order[train], order[test]
        lows.append(
            auc_of(
                Sides(
                    strangers[one],
                    strangers[other],
                    (family[one], family[other]),
                    {name: (each[one], each[other]) for name, each in numbers.items()},
                )
            ).low
        )
    yield Case("auc", "a VAE and drawings it never saw", False, half, 0.0), np.array(lows) > 0.6, None
    yield Case("auc", "the same: warnings", False, half, 0.0), np.array(lows) > 0.5, None
    model = by_heart(0, report)
    data = data_of(model)
    known, others = (open_model(model).losses(part, np.arange(len(part)), seed) for part in (data.train, data.test))
    families = picture_families(data.train, data.test)
    blindly = [blind(part, np.arange(len(part))) for part in (data.train, data.test)]
    found = auc_of(Sides(known, others, families, {name: (blindly[0][name], blindly[1][name]) for name in blindly[0]}))
    yield (
        Case(
            "auc",
            f"VAE that knows 100 pictures by heart (AUC {found.value:.2f})",
            True,
            len(known),
            found.value - 0.5,
            True,
        ),
        np.array([found.low > 0.6]),
        None,
    )
