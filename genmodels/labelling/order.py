"""Which examples people are asked about, and in which order each of them sees them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

REPEATED = 0.05  # share of the examples that come once more, unannounced
LEAST_APART = 5  # examples between the two times, or a third of them where there are fewer


def drawn_order(prompts: Sequence[str], seed: int) -> np.ndarray:
    """The numbers (n,) of all outputs in random order, of which every beginning is divided evenly over prompts.

    Of a prompt with m outputs the r-th in random order (from 0) comes at (r + u) / m, u random in [0, 1) for each prompt: so
    every output is equally likely to be among the first k, and no prompt has more than its share by more than one.
    """
    rng = np.random.default_rng([seed, 51])
    groups, counts = np.unique(np.asarray(prompts, dtype=str), return_inverse=True, return_counts=True)[1:]
    shuffled = rng.permutation(len(prompts))
    by_group = shuffled[np.argsort(groups[shuffled], kind="stable")]
    ranks = np.arange(len(prompts)) - np.repeat(np.cumsum(counts) - counts, counts)
    place = np.empty(len(prompts))
    place[by_group] = (ranks + rng.random(len(counts))[groups[by_group]]) / counts[groups[by_group]]
    return np.argsort(place, kind="stable")


@dataclass(frozen=True)
class Showing:
    """One example that a rater is shown: its number in the sample, and whether it is a hidden repeat."""

    number: int
    repeat: bool = False


def showings(sizes: Sequence[int], rater: str, seed: int) -> list[Showing]:
    """Everything that this rater is shown, in his own random order; what was drawn later comes later.

    `sizes` are how many examples there were each time that some were drawn. One in twenty of each comes again.
    """
    words = np.frombuffer(hashlib.sha256(f"{seed}\0{rater}".encode()).digest(), np.uint32)
    rng = np.random.default_rng(words)
    found, start = list[Showing](), 0
    for size in sizes:
        found += _one_batch(np.arange(start, start + size), rng)
        start += size
    return found


def _one_batch(numbers: np.ndarray, rng: np.random.Generator) -> list[Showing]:
    order = rng.permutation(numbers)
    apart = min(LEAST_APART, len(order) // 3)
    again = rng.permutation(max(1, len(order) - apart))[: round(REPEATED * len(order))]
    places = [(int(rng.integers(first + apart, len(order))) + 0.5, int(order[first])) for first in again]
    shown = [(float(place), Showing(int(number))) for place, number in enumerate(order)]
    shown += [(place, Showing(number, True)) for place, number in places]
    return [each for _, each in sorted(shown, key=lambda pair: pair[0])]
