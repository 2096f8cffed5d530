"""Which examples are held out: by class, and by family, so that a drawing and its copies are never on both sides."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

import numpy as np


def stratified(labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    """A mask of shape (n,), true where held out: `share` of every class, at least one of a class of two or more."""
    rng = np.random.default_rng(seed)
    held_out = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        count = max(round(share * len(members)), int(len(members) > 1))
        held_out[rng.permutation(members)[:count]] = True
    return held_out


def families(n: int, *groupings: Sequence[Hashable]) -> np.ndarray:
    """Family of each of n examples (whole numbers from 0 in order of appearance).

    Two examples are of one family when any grouping gives them the same key, directly or through others (union-find).
    A key of None or "" binds nothing.
    """
    parent = list(range(n))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for keys in groupings:
        first: dict[Hashable, int] = {}
        for i, key in enumerate(keys):
            if key is not None and key != "":
                a, b = root(first.setdefault(key, i)), root(i)
                parent[max(a, b)] = min(a, b)
    return np.unique([root(i) for i in range(n)], return_inverse=True)[1]


def whole_families(family: np.ndarray, share: float, seed: int) -> np.ndarray:
    """A mask of shape (n,), true where held out: whole families, drawn at random until `share` of n is reached."""
    rng = np.random.default_rng(seed)
    sizes = np.bincount(family)
    held_out = np.zeros(len(sizes), bool)
    count, wanted = 0, share * len(family)
    for each in rng.permutation(len(sizes)):
        if count >= wanted:
            break
        if count + sizes[each] <= max(1.05 * wanted, 1) or not count:
            held_out[each] = True
            count += sizes[each]
    return held_out[family]


def picture_keys(images: np.ndarray) -> list[bytes]:
    """One key a picture of `images` (n, ...); equal keys are equal pixels."""
    return [np.ascontiguousarray(image).tobytes() for image in images]


def first_of_each(keys: Iterable[Hashable]) -> np.ndarray:
    """The indices of the first example of every key, in order."""
    seen: dict[Hashable, int] = {}
    for i, key in enumerate(keys):
        seen.setdefault(key, i)
    return np.array(sorted(seen.values()), int)
