"""Frechet distance by the general matrix root of scipy; precision, recall, density and coverage by the prdc package."""

from __future__ import annotations

import importlib
import sys

import numpy as np

from genmodels.bench.ours import DIMENSIONS, two_sets
from genmodels.bench.turns import serve


def frechet(real: np.ndarray, fake: np.ndarray) -> float:
    """|m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)) as it is usually computed (Heusel et al. 2017)."""
    from scipy.linalg import sqrtm

    shift = real.mean(axis=0) - fake.mean(axis=0)
    covariances = [np.cov(each, rowvar=False) for each in (real, fake)]
    root = sqrtm(covariances[0] @ covariances[1])
    return float(shift @ shift + np.trace(covariances[0]) + np.trace(covariances[1]) - 2 * np.trace(root).real)


def prdc(real: np.ndarray, fake: np.ndarray) -> dict[str, float]:
    """Naeem et al. 2020, by the authors' package."""
    from prdc import compute_prdc

    return compute_prdc(real_features=real, fake_features=fake, nearest_k=5)


def main(bench: str) -> None:
    """Serve the metric of that name as its reference library computes it."""
    function, dimensions, package = {
        "frechet": (frechet, DIMENSIONS, "scipy.linalg"),
        "prdc": (prdc, DIMENSIONS, "prdc"),
    }[bench]
    importlib.import_module(package)  # what is missing is missing at once
    real, fake = two_sets(dimensions)

    def work(steps: int) -> None:
        for _ in range(steps):
            function(real, fake)

    serve(work, warm_up=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
