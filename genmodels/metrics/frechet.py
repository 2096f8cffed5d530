"""Frechet distance: how far apart two sets of examples are when each is taken for a normal distribution.

Papers: Dowson and Landau 1982; Heusel et al. 2017, arXiv 1706.08500 (who use it on the features of an Inception
network; on other features, as here, it must not be called FID).

    |m1 - m2|^2 + tr(S1) + tr(S2) - 2 tr((S1 S2)^(1/2))

Where this differs: with S1 = L L', the last trace is the sum of the roots of the eigenvalues of L' S2 L, which is
symmetric, so no general matrix square root is needed; with fewer examples than dimensions the same numbers are the
singular values of the smaller matrix X Y' of the centred examples. The estimate is biased upwards, the more the fewer
the examples: compare at one n only. The interval is about the expected value at this n, for another sample of both
sets: the normal one of the infinitesimal jackknife (Efron 1982), which asks how the distance changes with the weight of
each example, or each cluster. What lies in pairs of examples is counted once and not twice (`clusters`); near two equal
covariances with eigenvalues l it is |m1 - m2|^2 + sum_ab (S1 - S2)_ab^2 / (2 (l_a + l_b)).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from genmodels.estimates.clusters import Clusters, inverted, pairs_variance, slopes_variance
from genmodels.estimates.estimate import Estimate
from genmodels.metrics.metric import as_features, metric

PAIRED, DIMENSIONS, LEAST = (
    512,
    64,
    1e-3,
)  # examples of a set and dimensions in which pairs are looked at; least eigenvalue, of the greatest
ROWS = 2048  # examples in one block


@metric("frechet", better="lower", unit="squared distance", paper="Heusel et al. 2017, arXiv 1706.08500")
def frechet_distance(real: np.ndarray, fake: np.ndarray, clusters: Clusters | None = None) -> Estimate:
    """Frechet distance of uint8 pictures or float features, at least 10 of each, with its interval.

    Twice to three times the work of `frechet_value`. n is the number of generated examples.
    """
    real, fake = as_features(real, fake, least=10)
    if len(real) * len(fake) < real.shape[1] ** 2:
        value, changes = _few_by_example(*_centred(real, fake))
    else:
        value, changes = _many_by_example(real, fake)
    value, clusters = max(0.0, value), clusters or Clusters.of(len(real), len(fake))
    of_real, of_fake = (each - each.mean() for each in changes)
    slopes = slopes_variance(of_real, of_fake, clusters)
    pairs, alike = _pairs(real, fake, clusters)
    return inverted(value, slopes, pairs, None if clusters.shared else value - alike, len(fake), least=0.0)


def _pairs(real: np.ndarray, fake: np.ndarray, clusters: Clusters) -> tuple[float, float]:
    """Variance and mean of the distance were both sets alike, from the `DIMENSIONS` in which they vary most."""
    rows, columns = clusters.part(PAIRED)
    smaller = len(rows) * len(columns) / (len(real) * len(fake))  # it falls with the square of n
    part = Clusters.of(len(rows), len(columns), clusters.real[rows], clusters.fake[columns])
    x, y = (each[chosen].astype(np.float64) for each, chosen in ((real, rows), (fake, columns)))
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    both = np.concatenate([x / np.sqrt(2 * len(x)), y / np.sqrt(2 * len(y))])
    _, roots, axes = np.linalg.svd(both, full_matrices=False)
    kept = np.flatnonzero(roots[:DIMENSIONS] ** 2 > LEAST * roots[0] ** 2)
    if not len(kept):
        return 0.0, 0.0
    values, axes = roots[kept] ** 2, axes[kept]
    times = np.exp(
        np.arange(np.log(0.01 / values[0]), np.log(4 / values[-1]) + 1)
    )  # 1 / (a + b) as a sum of exp(-a t) exp(-b t)
    fading = [(time, np.exp(-values * time)) for time in times]

    def kernel(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        return first @ second.T + sum(time / 2 * ((first * fade) @ second.T) ** 2 for time, fade in fading)

    variance, mean = pairs_variance(kernel, x @ axes.T, y @ axes.T, part)
    return variance * smaller, mean * smaller**0.5


def frechet_value(real: np.ndarray, fake: np.ndarray) -> float:
    """The distance alone, without an interval."""
    real, fake = as_features(real, fake)
    if len(real) * len(fake) < real.shape[1] ** 2:
        real, fake, shift, trace = _centred(real, fake)
        root = float(np.linalg.svd(real @ fake.T, compute_uv=False).sum())
    else:  # one set at a time, so that one copy of it is in memory
        (mean, first), (other_mean, second) = (_moments(x) for x in (real, fake))
        shift, trace = mean - other_mean, float(np.trace(first) + np.trace(second))
        factor = _factor(first)
        root = float(np.sqrt(np.maximum(np.linalg.eigvalsh(factor.T @ second @ factor), 0)).sum())
    return max(0.0, float((shift**2).sum()) + trace - 2 * root)


def _moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (dimensions,) and covariance (dimensions, dimensions), in blocks of rows, so that x is not copied."""
    mean = x.mean(axis=0, dtype=np.float64)
    covariance = np.zeros((x.shape[1], x.shape[1]))
    for block in _blocks(x, mean):
        covariance += block.T @ block
    return mean, covariance


def _blocks(x: np.ndarray, mean: np.ndarray) -> Iterator[np.ndarray]:
    """Rows of x less the mean, divided by the root of n - 1, so that X'X is the covariance."""
    for start in range(0, len(x), ROWS):
        yield (x[start : start + ROWS] - mean) / np.sqrt(len(x) - 1)


def _centred(real: np.ndarray, fake: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """X and Y with X'X = S1 and Y'Y = S2, the difference of the means (dimensions,), and tr(S1) + tr(S2)."""
    real, fake = real.astype(np.float64, copy=False), fake.astype(np.float64, copy=False)
    shift = real.mean(axis=0) - fake.mean(axis=0)
    real, fake = ((x - x.mean(axis=0)) / np.sqrt(len(x) - 1) for x in (real, fake))
    return real, fake, shift, float((real**2).sum() + (fake**2).sum())


def _few_by_example(
    real: np.ndarray, fake: np.ndarray, shift: np.ndarray, trace: float
) -> tuple[float, list[np.ndarray]]:
    """The distance, and how it changes with the weight of each real (n,) and each fake (m,) example."""
    left, values, right = np.linalg.svd(real @ fake.T, full_matrices=False)
    value = float((shift**2).sum()) + trace - 2 * float(values.sum())
    return value, [_change(real, shift, (left**2) @ values), _change(fake, -shift, values @ (right**2))]


def _change(x: np.ndarray, shift: np.ndarray, part: np.ndarray, n: int = 0) -> np.ndarray:
    n = n or len(x)
    return 2 * (x @ shift) * np.sqrt(n - 1) / n + (x**2).sum(axis=1) - part


def _many_by_example(real: np.ndarray, fake: np.ndarray) -> tuple[float, list[np.ndarray]]:
    """The same from matrices of dimensions x dimensions: the singular vectors of X Y' by way of L' S2 L; in blocks."""
    (mean, first), (other_mean, second) = _moments(real), _moments(fake)
    shift, factor = mean - other_mean, _factor(first)
    squares, vectors = np.linalg.eigh(factor.T @ second @ factor)
    values = np.sqrt(np.maximum(squares, 0))
    floored = np.maximum(values, max(values.max(), 1e-300) * 1e-9)
    to_right = (factor @ vectors) / floored
    to_left = (second @ to_right) / floored
    value = float((shift**2).sum() + np.trace(first) + np.trace(second) - 2 * values.sum())
    changes = [
        np.concatenate([_change(block, towards, ((block @ to) ** 2) @ values, len(x)) for block in _blocks(x, centre)])
        for x, centre, towards, to in ((real, mean, shift, to_left), (fake, other_mean, -shift, to_right))
    ]
    return value, changes


def _factor(covariance: np.ndarray) -> np.ndarray:
    """L with L L' = the covariance; lower triangular where no dimension depends on the others."""
    try:
        return np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(covariance)
        return vectors * np.sqrt(np.maximum(values, 0))
