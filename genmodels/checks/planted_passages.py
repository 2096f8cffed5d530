"""Passages of training texts that are copied on purpose, as they are and changed as copies are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from genmodels.kinds.text.passages import Known, words

PLANTED, TRIES, LEAST_TRIES = 50, 60, 10  # words of a planted passage; passages that are planted
Change = Callable[[list[str], np.random.Generator], str]


def _other_words(passage: list[str], rng: np.random.Generator) -> str:
    """Every tenth word, on average, is another word of the passage."""
    others = rng.permutation(passage)
    return " ".join(np.where(rng.random(len(passage)) < 0.1, others, passage))


CHANGES: dict[str, Change] = {
    "word for word": lambda passage, rng: " ".join(passage),
    "with other white space": lambda passage, rng: "".join(
        word + gap for word, gap in zip(passage, rng.choice([" ", "  ", "\n", "\t"], len(passage)), strict=True)
    ),
    "in capitals": lambda passage, rng: " ".join(passage).upper(),
    "without punctuation": lambda passage, rng: " ".join(re.sub(r"[^\w\s]", " ", word) for word in passage),
    "with one word in ten changed": _other_words,
}


def planted(known: Known, documents: Sequence[str], usual: int, seed: int) -> dict[str, np.ndarray]:
    """For each change the words (tries,) that are the same in the longest passage found; at most as long as answers usually are."""
    rng = np.random.default_rng([seed, 44])
    passages = passages_of(documents, min(PLANTED, usual), rng)
    return {
        name: known.find([known.numbers(change(each, rng)) for each in passages], most_families=1).near
        for name, change in CHANGES.items()
    }


def passages_of(documents: Sequence[str], size: int, rng: np.random.Generator) -> list[list[str]]:
    """Passages of so many words as they are written, of documents drawn at random."""
    long = [i for i, each in enumerate(documents) if len(each) >= 2 * size and len(words(each[: 40 * size])) >= size]
    found = []
    for i in rng.permutation(long)[:TRIES].astype(int):
        split = documents[i].split()
        start = int(rng.integers(max(1, len(split) - size + 1)))
        found.append(split[start : start + size])
    return found
