"""Nearest distances: how near generated examples come to real ones, beside how near real ones are to each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from genmodels.estimates.clusters import BOTH, Clusters
from genmodels.estimates.estimate import Estimate, bootstrap
from genmodels.estimates.halves import K, dealt
from genmodels.estimates.neighbours import nearest, radii
from genmodels.metrics.metric import as_features, metric
from genmodels.refusal import Refusal


@metric(
    "nearest", better="lower", unit="ratio", paper="Xu et al. 2018, arXiv 1806.07755 (nearest neighbours of samples)"
)
def nearest_ratio(real: np.ndarray, fake: np.ndarray, clusters: Clusters | None = None) -> Estimate:
    """Mean distance of a generated example to the nearest real one, as a multiple of that between real ones; 1 is alike.

    Far below 1 means copies of these real examples; far above means that something else is drawn. The interval is for
    another sample of both (`halves`).
    """
    real, fake = as_features(real, fake, least=3)
    ratios, clusters = _ratios(real, fake), clusters or Clusters.of(len(real), len(fake))
    if min(len(real), len(fake), clusters.least) < 4:
        alone = bootstrap(ratios)
        return Estimate(
            alone.value,
            max(0.0, alone.value - 2 * (alone.value - alone.low)),
            alone.value + 2 * (alone.high - alone.value),
            alone.n,
            BOTH,
        )
    return dealt(real, fake, K, clusters).of["nearest"].positive(float(ratios.mean()), len(fake), 0.0)


def nearest_ratio_of_these(real: np.ndarray, fake: np.ndarray) -> Estimate:
    """The same number with an interval for these real examples alone: a bootstrap over the generated ones."""
    return replace(bootstrap(_ratios(*as_features(real, fake, least=3))), of="these pictures")


def _ratios(real: np.ndarray, fake: np.ndarray) -> np.ndarray:
    among = float(np.sqrt(radii(real, 1)).mean())
    if not among:
        raise Refusal(
            "All real examples have a copy among the real ones, so that no distance can be compared with theirs."
        )
    return nearest(fake, real)[1][:, 0] / among
