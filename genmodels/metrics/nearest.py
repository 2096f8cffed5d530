"""Nearest distances: how near generated examples come to real ones, beside how near real ones are to each other."""

from __future__ import annotations

import numpy as np

from genmodels.findings import Estimate, bootstrap
from genmodels.metrics import as_features, metric
from genmodels.neighbours import nearest, radii
from genmodels.refusal import Refusal


@metric("nearest", better="lower", unit="ratio", paper="Xu et al. 2018, arXiv 1806.07755 (nearest neighbours of samples)")
def nearest_ratio(real: np.ndarray, fake: np.ndarray) -> Estimate:
    """Mean distance of a generated example to the nearest real one, as a multiple of that between real ones; 1 is alike.

    Far below 1 means copies of these real examples; far above means that something else is drawn. The interval is a
    bootstrap over the generated examples, the real ones as they are.
    """
    real, fake = as_features(real, fake, least=3)
    among = float(np.sqrt(radii(real, 1)).mean())
    if not among:
        raise Refusal("All real examples have a copy among the real ones, so that no distance can be compared with theirs.")
    return bootstrap(nearest(fake, real)[1][:, 0] / among)
