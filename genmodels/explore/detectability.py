"""How detectable the samples of a run are, epoch by epoch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from genmodels.data.sets.fakes import seen
from genmodels.estimates.estimate import clopper_pearson
from genmodels.instruments.detector import Detector, open_detector
from genmodels.instruments.detector_scale import area_under_curve
from genmodels.kinds.image.resizing import in_colour
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.subjects.subject import Subject
from genmodels.trained.opening import open_model
from genmodels.training.loading import load_for

N = 100


def over_epochs(
    run: Run,
    epochs: Sequence[int],
    n: int = N,
    seed: int = 1,
    *,
    detector: Detector | None = None,
    opened: Callable[[int], AbstractContextManager[Any]] | None = None,
) -> list[dict[str, Any]]:
    """Rows of epoch, area (under the curve, against held-out pictures), found at 2 % false alarms with low and high, n.

    Where others use the same models, `detector` and `opened`, the model of an epoch as a context, take care of turns.
    """
    detector, opened = detector or open_detector(), opened or (lambda epoch: nullcontext(open_model(run, epoch)))
    if detector is None:
        raise Refusal("There is no detector in the gallery, so nothing can be recognised; train one with make gallery.")
    data = load_for(run.experiment)
    real = detector.scores(np.stack([seen(image) for image in in_colour(data.test.images[:1000])]))
    rows = []
    for epoch in epochs:
        with opened(epoch) as generator:
            samples = Subject(generator, data, n=n, seed=seed).samples
        scores, read = detector.read(np.stack([seen(image) for image in in_colour(samples)]))
        told = clopper_pearson(int((read & (scores >= detector.scale.threshold)).sum()), n)
        truth = np.concatenate([np.ones(n, bool), np.zeros(len(real), bool)])
        rows.append(
            {
                "epoch": epoch,
                "area": area_under_curve(np.concatenate([scores, real]), truth),
                "found": told.value,
                "low": told.low,
                "high": told.high,
                "n": n,
            }
        )
    return rows
