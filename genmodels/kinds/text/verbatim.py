"""The longest run of tokens of a text that stands word for word in a corpus."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

BASE = 6364136223846793005  # odd, so that it has an inverse modulo 2^64
TABLE = 22  # bits of a hash that tell quickly what is not there


class Corpus:
    """Tokens (n,) in which runs are looked up; what crosses the end of a document counts as a run too.

    Runs are compared by hashes of 64 bits: two different ones have one hash once in 10^9 texts.
    """

    def __init__(self, tokens: np.ndarray) -> None:
        self._sums = running_sums(tokens)

    def holds(self, tokens: np.ndarray, length: int) -> np.ndarray:
        """Whether each run of so many tokens (n - length + 1,) is somewhere in the corpus."""
        return self._holds(run_hashes(running_sums(tokens), length), length)

    def each_holds(self, texts: Sequence[np.ndarray], length: int) -> list[np.ndarray]:
        """`holds` of many texts, looked up together."""
        runs = [run_hashes(running_sums(text), length) for text in texts]
        there = self._holds(np.concatenate([*runs, np.zeros(0, np.uint64)]), length)
        return np.split(there, np.cumsum([len(each) for each in runs])[:-1]) if runs else []

    def longest(self, texts: Sequence[np.ndarray], most: int) -> np.ndarray:
        """For each text the length (n,) of its longest run that the corpus holds, up to `most` tokens.

        Found by doubling and halving: a run is only there if all its parts are.
        """
        sums = [running_sums(text) for text in texts]
        low, high = np.zeros(len(texts), int), np.array([min(len(text), most) for text in texts], int)
        length = 1
        while (asked := np.flatnonzero(high >= length)).size:
            there = self._any([sums[i] for i in asked], length)
            low[asked[there]], high[asked[~there]] = length, length - 1
            length *= 2
        while (low < high).any():
            middle = (low + high + 1) // 2
            length = int(np.bincount(middle[low < high]).argmax())  # the one that most texts ask for
            asked = np.flatnonzero((low < high) & (low < length) & (length <= high))
            there = self._any([sums[i] for i in asked], length)
            low[asked[there]], high[asked[~there]] = length, length - 1
        return low

    def _any(self, sums: Sequence[np.ndarray], length: int) -> np.ndarray:
        """Whether a run of each text (n,) is there."""
        runs = [run_hashes(each, length) for each in sums]
        there = self._holds(np.concatenate(runs), length)
        return np.bincount(np.repeat(np.arange(len(runs)), list(map(len, runs))), there, len(runs)) > 0

    def _holds(self, asked: np.ndarray, length: int) -> np.ndarray:
        """Which hashes (n,) of runs of so many tokens the corpus has."""
        own = run_hashes(self._sums, length)
        maybe = _table(own)[_place(asked)]
        found = np.zeros(len(asked), bool)
        if maybe.any():
            candidates = asked[maybe]
            found[maybe] = np.isin(candidates, own[_table(candidates)[_place(own)]])
        return found


def running_sums(tokens: np.ndarray) -> np.ndarray:
    """(n + 1,) sums of the hashed tokens before each place, each times a power of the base, modulo 2^64."""
    mixed = np.asarray(tokens).astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):  # splitmix64 (Steele et al. 2014)
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    sums: np.ndarray = np.zeros(len(mixed) + 1, np.uint64)
    np.cumsum((mixed ^ (mixed >> np.uint64(31))) * _powers(BASE, len(mixed)), out=sums[1:])
    return sums


def _powers(base: int, n: int) -> np.ndarray:
    """(n,) powers of an odd number modulo 2^64, from 0 on."""
    powers: np.ndarray = np.full(n, base, np.uint64)
    powers[:1] = 1
    return np.cumprod(powers, dtype=np.uint64)


def run_hashes(sums: np.ndarray, length: int) -> np.ndarray:
    """A hash (n - length + 1,) of each run of `length` tokens, equal for equal runs."""
    n = len(sums) - length
    if n < 1:
        return np.zeros(0, np.uint64)
    found = (sums[length:] - sums[:n]) * _powers(pow(BASE, -1, 2**64), n)
    return found ^ (found >> np.uint64(29))


def _place(hashes: np.ndarray) -> np.ndarray:
    return (hashes >> np.uint64(64 - TABLE)).astype(np.int64)


def _table(hashes: np.ndarray) -> np.ndarray:
    """Which first bits (2^22,) some hash has."""
    table: np.ndarray = np.zeros(1 << TABLE, bool)
    table[_place(hashes)] = True
    return table
