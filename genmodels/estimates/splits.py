"""Which examples are held out: by class, or by whole families, so that a drawing and its copies never part."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

COPY = 0.0075  # root mean square difference (of 1) below which two pictures are one: calibrated on OpenMoji at 32x32


def stratified(labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    """A mask of shape (n,), true where held out: `share` of every class, at least one of a class of two or more."""
    rng = np.random.default_rng(seed)
    held_out = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        count = max(round(share * len(members)), int(len(members) > 1))
        held_out[rng.permutation(members)[:count]] = True
    return held_out


def families(*groupings: Sequence[Hashable] | np.ndarray) -> np.ndarray:
    """The family of each of n examples, as whole numbers of shape (n,).

    Every grouping gives each example a key. Two examples are of one family when any grouping gives them the same key,
    directly or through others (connected components). A key of None binds nothing.
    """
    pairs = []
    for keys in groupings:
        first: dict[Hashable, int] = {}
        pairs += [(first.setdefault(key, i), i) for i, key in enumerate(keys) if key is not None]
    return components(len(groupings[0]), np.array(pairs, int).reshape(-1, 2))


def copies(images: np.ndarray, limit: float = COPY) -> np.ndarray:
    """The family of each picture when those that differ by less than `limit` are one; shape (n,).

    `images` are uint8 of shape (n, height, width, channels); the difference is the root mean square over pixels and
    channels, of 1. Chains count: a like b and b like c joins all three.
    """
    flat = images.reshape(len(images), -1).astype(np.float32) / 255
    squares = np.square(flat).sum(1)
    pairs = []
    for start in range(0, len(flat), 512):
        block = slice(start, start + 512)
        distances = squares[block, None] + squares - 2 * flat[block] @ flat.T
        near = np.argwhere(distances < limit**2 * flat.shape[1])
        pairs.append(near + [start, 0])
    return components(len(images), np.concatenate(pairs) if pairs else np.zeros((0, 2), int))


def components(n: int, pairs: np.ndarray) -> np.ndarray:
    """The number of the group (n,) of each of n things, of which these pairs (m, 2) belong together; chains count."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return connected_components(graph, directed=False)[1]


def whole_families(family: np.ndarray, share: float, seed: int) -> np.ndarray:
    """A mask of shape (n,), true where held out: whole families, in random order, until `share` of n is reached.

    A family that would overshoot by more than a twentieth is passed over.
    """
    names, family, sizes = np.unique(family, return_inverse=True, return_counts=True)
    held_out = np.zeros(len(names), bool)
    wanted, count = share * len(family), 0
    for each in np.random.default_rng(seed).permutation(len(names)):
        if count < wanted and count + sizes[each] <= 1.05 * wanted + 1:
            held_out[each] = True
            count += sizes[each]
    return held_out[family]
