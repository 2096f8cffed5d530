"""Distances between many points and their nearest neighbours, in blocks, so that the memory does not grow with n squared."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

ROWS = 1024  # queries in one block
FOLDS = 16  # columns of a block that are compared at once when its smallest numbers are looked for


def squared_distances(queries: np.ndarray, references: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Blocks of the squared Euclidean distances: which queries, and (rows, len(references)) numbers of at least 0.

    Computed as |q|^2 + |r|^2 - 2 q.r around the mean of the references, in the precision of the arrays; what is within
    rounding of 0 is 0. The yielded block is overwritten by the next.
    """
    centre = references.mean(axis=0)
    right = references - centre
    norms = _norms(right)
    room = np.empty((min(ROWS, len(queries)), len(references)), right.dtype)
    for start in range(0, len(queries), ROWS):
        left = queries[start : start + ROWS] - centre
        yield slice(start, start + len(left)), _squared(left, _norms(left), right, norms, room[: len(left)])


def nearest(queries: np.ndarray, references: np.ndarray, k: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest references of each query, nearest first: indices (n, k) and Euclidean distances (n, k).

    The distances are computed again from the differences, so that an exact copy is at 0.
    """
    k = min(k, len(references))
    indices = np.empty((len(queries), k), np.intp)
    distances = np.empty((len(queries), k), np.float64)
    for part, squared in squared_distances(queries, references):
        found = np.argpartition(squared, k - 1, axis=1)[:, :k]
        exact = np.stack([np.linalg.norm(queries[part] - references[found[:, i]], axis=1) for i in range(k)], axis=1)
        order = np.argsort(exact, axis=1, kind="stable")
        indices[part], distances[part] = np.take_along_axis(found, order, 1), np.take_along_axis(exact, order, 1)
    return indices, distances


def radii(points: np.ndarray, k: int) -> np.ndarray:
    """Squared distance (n,) from each point to its k-th nearest other point. Each pair is computed once."""
    points = points - points.mean(axis=0)
    norms, n = _norms(points), len(points)
    best = np.full((n, k), np.inf, points.dtype)  # the k smallest so far, in any order
    room = np.empty((min(ROWS, n), n), points.dtype)
    for start in range(0, n, ROWS):
        stop = min(start + ROWS, n)
        own, later = slice(start, stop), slice(stop, n)
        block = room.reshape(-1)[: (stop - start) * (n - start)].reshape(stop - start, n - start)
        _squared(points[own], norms[own], points[start:], norms[start:], block)
        np.fill_diagonal(block, np.inf)  # a point is no neighbour of itself
        best[own] = smallest(np.concatenate([best[own], smallest(block, k)], axis=1), k)
        if stop < n:
            best[later] = smallest(np.concatenate([best[later], smallest(block[:, stop - start :].T, k)], axis=1), k)
    return best.max(axis=1)


def smallest(block: np.ndarray, k: int) -> np.ndarray:
    """The k smallest numbers of each row (rows, columns), in any order: (rows, k); all of them if there are no more.

    They lie among those folds of the row whose own minima are the k smallest, so only those are sorted.
    """
    rows, columns = block.shape
    width = columns // FOLDS
    if width <= 2 * k:
        return np.partition(block, k - 1, axis=1)[:, :k] if columns > k else block
    folded = block[:, : FOLDS * width].reshape(rows, FOLDS, width)
    chosen = np.argpartition(folded.min(axis=1), k - 1, axis=1)[:, :k]
    candidates = np.take_along_axis(folded, chosen[:, None], axis=2).reshape(rows, -1)
    return np.partition(np.concatenate([candidates, block[:, FOLDS * width :]], axis=1), k - 1, axis=1)[:, :k]


def _squared(
    left: np.ndarray, left_norms: np.ndarray, right: np.ndarray, right_norms: np.ndarray, out: np.ndarray
) -> np.ndarray:
    np.matmul(left * -2, right.T, out=out)
    out += right_norms
    out += left_norms[:, None] * (1 - 4 * np.finfo(out.dtype).eps)  # less by the rounding, so that copies end at 0
    return np.maximum(out, 0, out=out)


def _norms(points: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", points, points)
