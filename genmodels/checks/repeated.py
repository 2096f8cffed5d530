"""Which outputs repeat each other: pictures that are equal or nearly so, texts that say the same words."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np

from genmodels.estimates.splits import components, families

EQUAL, NEAR = (
    0.01,
    0.04,
)  # root mean square of the difference of small copies, 0 to 1: as JPEG leaves it, and hardly told apart
CELLS = 16  # the grid by which pictures that may be alike are found
BLOCK = 512  # pictures that are compared with all others at once
MOST_PAIRS = 5_000_000  # beyond it all pictures are alike
RUN = 3  # words of a shingle
HASHES, BANDS = 64, 16  # of a text; two texts of a Jaccard index of 0.8 share a band in more than 99.9 %
ALIKE = 0.8  # Jaccard index of the shingles of two texts that say nearly the same


def repeated_pictures(
    small: np.ndarray, report: Callable[[int, int], None] = lambda done, of: None
) -> dict[str, np.ndarray]:
    """The group of each picture (n,) of uint8 (n, side, side, 3): "equal" ones are one group, "near" ones too.

    The distance is the root mean square over pixels and channels of the small copies. It is never below that of the
    averages over a grid, so that no pair is overlooked.
    """
    n, side = len(small), small.shape[1]
    cells = (
        small.reshape(n, CELLS, side // CELLS, CELLS, side // CELLS, 3).mean((2, 4), dtype=np.float32).reshape(n, -1)
        / 255
    )
    squares = (cells**2).sum(1)
    pairs: dict[str, list[np.ndarray]] = {"equal": [], "near": []}
    count = 0
    for start in range(0, n, BLOCK):
        report(start, n)
        part = cells[start : start + BLOCK]
        squared = squares[start : start + BLOCK, None] + squares[None, start:] - 2 * part @ cells[start:].T
        rows, columns = np.nonzero(squared < (NEAR**2 + 1e-6) * cells.shape[1])
        rows, columns = rows[columns > rows] + start, columns[columns > rows] + start
        count += len(rows)
        for few in np.array_split(np.arange(len(rows)), len(rows) // 512 + 1):
            first, second = small[rows[few]].astype(np.float32), small[columns[few]].astype(np.float32)
            apart = np.sqrt(((first - second) ** 2).mean((1, 2, 3))) / 255
            for name, limit in (("equal", EQUAL), ("near", NEAR)):
                close = few[apart < limit]
                pairs[name].append(np.stack([rows[close], columns[close]], 1))
        if count > MOST_PAIRS:
            break
    return {name: components(n, np.concatenate(found)) for name, found in pairs.items()}


def repeated_texts(texts: Sequence[str]) -> dict[str, np.ndarray]:
    """The group of each text (n,): "equal" ones say the same words in the same order, "near" ones share 0.8 of their runs of three words."""
    words = [re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()) for text in texts]
    equal = families([" ".join(each) for each in words])
    shingles = [
        np.unique([_hash(" ".join(each[i : i + RUN])) for i in range(max(1, len(each) - RUN + 1))]) for each in words
    ]
    rng = np.random.default_rng(0)
    factors = rng.integers(1, 2**61, HASHES, dtype=np.uint64) | np.uint64(1)
    signatures = np.stack([(each[:, None] * factors[None]).min(0) for each in shingles])
    pairs = []
    for band in range(BANDS):
        keys = signatures[:, band * HASHES // BANDS : (band + 1) * HASHES // BANDS]
        _, bucket = np.unique(keys, axis=0, return_inverse=True)
        order = np.argsort(bucket.ravel(), kind="stable")
        same = np.flatnonzero(np.diff(bucket.ravel()[order]) == 0)
        pairs.append(np.stack([order[same], order[same + 1]], 1))
    candidates = np.unique(np.sort(np.concatenate(pairs), 1), axis=0)
    alike = [jaccard(shingles[i], shingles[j]) >= ALIKE for i, j in candidates]
    near = components(len(texts), candidates[np.array(alike, bool)] if len(candidates) else np.zeros((0, 2), int))
    return {"equal": equal, "near": families(equal, near)}


def jaccard(one: np.ndarray, other: np.ndarray) -> float:
    """How many of the different things in either array are in both, 0 to 1."""
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both / max(1, len(one) + len(other) - both)


def _hash(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(errors="replace"), digest_size=8).digest(), "little"))
