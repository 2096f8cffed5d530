"""How alike molecules are: Tanimoto's coefficient of fingerprints, of all pairs or of each to the most like of many."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

DIGIT = 256  # numbers of shared bits below it are packed three to one float32, whose whole numbers go to 2^24
ROWS, COLUMNS = 2000, 2048  # of a product of matrices


def likeness(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Tanimoto's likeness (n, m), 0 to 1, float32, of packed fingerprints (n, bytes) and (m, bytes): shared bits by bits of either.

    Two without any bit are not alike: 0.
    """
    a, b = (np.unpackbits(each, axis=1).astype("float32") for each in (first, second))
    shared = a @ b.T
    either = a.sum(1)[:, None] + b.sum(1)[None] - shared
    return np.divide(shared, either, out=np.zeros_like(shared), where=either > 0)


def mean_likeness(prints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each molecule (n,) the mean likeness to all of them, itself among them, and the mean of its square.

    Likeness is the same both ways, so that each pair of blocks is compared once.
    """
    blocks = [np.unpackbits(part, axis=1).astype("float32") for part in in_parts(prints, COLUMNS)]
    means, squares = np.zeros(len(prints)), np.zeros(len(prints))
    for first, rows in enumerate(blocks):
        here = slice(first * COLUMNS, first * COLUMNS + len(rows))
        for second, columns in enumerate(blocks[first:], first):
            alike = rows @ columns.T
            either = rows.sum(1)[:, None] + columns.sum(1)[None] - alike
            np.divide(alike, either, out=alike, where=either > 0)
            squared = alike * alike
            means[here] += alike.sum(1, dtype="float64")
            squares[here] += squared.sum(1, dtype="float64")
            if second > first:
                there = slice(second * COLUMNS, second * COLUMNS + len(columns))
                means[there] += alike.sum(0, dtype="float64")
                squares[there] += squared.sum(0, dtype="float64")
    return means / len(prints), squares / len(prints)


def nearest(prints: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each (n,) which of the others is most like it, and how alike the two are."""
    best, where = np.full(len(prints), -1.0, "float32"), np.zeros(len(prints), int)
    for begin in range(0, len(others), 8192):
        for start in range(0, len(prints), 500):
            alike = likeness(prints[start : start + 500], others[begin : begin + 8192])
            index = alike.argmax(1)
            value = alike[np.arange(len(alike)), index]
            rows = slice(start, start + len(alike))
            where[rows] = np.where(value > best[rows], begin + index, where[rows])
            best[rows] = np.maximum(value, best[rows])
    return where, best


def most_alike(prints: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How like each (n,) is to the most like of the others, exactly as `nearest` has it, in a third of the work.

    Among others with equally many bits the most like is the one with the most shared bits. Three of them are added as
    digits of one number, so that one product counts all three: the bytes of its results are the counts.
    """
    counts, theirs = (np.bitwise_count(each).sum(1, dtype=int) for each in (prints, others))
    if min(counts.max(initial=0), theirs.max(initial=0)) >= DIGIT:
        return nearest(prints, others)[1]
    blocks = [
        (start, np.ascontiguousarray(np.unpackbits(part, axis=1).T.astype("float32")))
        for start, part in zip(range(0, len(prints), COLUMNS), in_parts(prints, COLUMNS), strict=True)
    ]
    best = np.zeros(len(prints))
    for count in np.unique(theirs):
        for packed in _in_threes(others[theirs == count]):
            for start, columns in blocks:
                product = (packed @ columns).astype(np.int32).view(np.uint8)
                shared = product.max(0).reshape(-1, 4).max(1).astype(int)
                rows = slice(start, start + len(shared))
                either = counts[rows] + count - shared
                best[rows] = np.maximum(best[rows], shared / np.maximum(either, 1))
    return best


def _in_threes(prints: np.ndarray) -> Iterator[np.ndarray]:
    """Fingerprints as float32 (rows, bits), each row three of them as digits."""
    for part in in_parts(prints, 3 * ROWS):
        bits = np.unpackbits(part, axis=1).astype("float32")
        bits = np.concatenate([bits, np.zeros((-len(bits) % 3, bits.shape[1]), "float32")])
        yield bits[0::3] + DIGIT * bits[1::3] + DIGIT * DIGIT * bits[2::3]


def in_parts(prints: np.ndarray, size: int) -> Iterator[np.ndarray]:
    """Fingerprints, `size` at a time."""
    return (prints[start : start + size] for start in range(0, len(prints), size))
