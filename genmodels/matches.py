"""The longest run of tokens of a text that stands word for word in a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

BASE = np.uint64(6364136223846793005)  # of a rolling hash in 64 bits: two different runs have one hash once in 10^9 texts


class Corpus:
    """Tokens (n,) in which runs are looked up; what crosses the end of a document counts as a run too."""

    def __init__(self, tokens: np.ndarray) -> None:
        self.tokens = np.asarray(tokens, np.uint64) + np.uint64(1)
        self._runs = lru_cache(maxsize=64)(lambda length: np.unique(hashes(self.tokens, length)))

    def holds(self, tokens: np.ndarray, length: int) -> np.ndarray:
        """Whether each run of so many tokens (n - length + 1,) is somewhere in the corpus."""
        asked, runs = hashes(np.asarray(tokens, np.uint64) + np.uint64(1), length), self._runs(length)
        if not len(runs):
            return np.zeros(len(asked), bool)
        return runs[np.minimum(np.searchsorted(runs, asked), len(runs) - 1)] == asked

    def longest(self, texts: Sequence[np.ndarray], most: int) -> np.ndarray:
        """For each text the length (n,) of its longest run that the corpus holds, up to `most` tokens.

        Found by doubling and halving: a run is only there if all its parts are.
        """
        low, high = np.zeros(len(texts), int), np.array([min(len(text), most) for text in texts])
        length = 1
        while (asked := np.flatnonzero(high >= length)).size:
            for i in asked.tolist():
                if self.holds(texts[i], length).any():
                    low[i] = length
                else:
                    high[i] = length - 1
            length *= 2
        while (low < high).any():
            middle = (low + high + 1) // 2
            for i in np.flatnonzero(low < high).tolist():
                if self.holds(texts[i], int(middle[i])).any():
                    low[i] = middle[i]
                else:
                    high[i] = middle[i] - 1
        return low


def hashes(tokens: np.ndarray, length: int) -> np.ndarray:
    """A number (n - length + 1,) for each run of `length` tokens, equal for equal runs."""
    n = len(tokens) - length + 1
    if n < 1:
        return np.zeros(0, np.uint64)
    found: np.ndarray = np.zeros(n, np.uint64)
    with np.errstate(over="ignore"):
        for place in range(length):
            found = found * BASE + tokens[place : place + n] * np.uint64(0x9E3779B97F4A7C15)
    return found ^ (found >> np.uint64(29))
