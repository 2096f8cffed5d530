"""Distances between many points and their nearest neighbours, in blocks, so that the memory does not grow with n squared."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

ROWS = 1024  # queries in one block


def squared_distances(
    queries: np.ndarray, references: np.ndarray, rows: int = ROWS
) -> Iterator[tuple[slice, np.ndarray]]:
    """Blocks of the squared Euclidean distances: which queries, and (rows, len(references)) numbers of at least 0.

    Computed as |q|^2 + |r|^2 - 2 q.r around the mean of the references, in the precision of the arrays; what is within
    rounding of 0 is 0. The yielded block is overwritten by the next.
    """
    centre = references.mean(axis=0)
    right = references - centre
    right_norms = np.einsum("ij,ij->i", right, right)
    rounding = 4 * np.finfo(right.dtype).eps
    block = np.empty((min(rows, len(queries)), len(references)), right.dtype)
    for start in range(0, len(queries), rows):
        left = queries[start : start + rows] - centre
        norms = np.einsum("ij,ij->i", left, left)
        out = block[: len(left)]
        np.matmul(left * -2, right.T, out=out)
        out += right_norms
        out += norms[:, None]
        out[out < rounding * norms[:, None]] = 0
        yield slice(start, start + len(left)), out


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
    """Squared distance (n,) from each point to its k-th nearest other point."""
    found = np.empty(len(points), points.dtype)
    for part, squared in squared_distances(points, points):
        squared[np.arange(len(squared)), np.arange(part.start, part.stop)] = -1  # itself comes first
        found[part] = np.partition(squared, k, axis=1)[:, k]
    return found
