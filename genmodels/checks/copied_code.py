"""The longest passage of a function that a training function has word for word, from which file it is, and how far that can be trusted.

Passages are runs of words, as in `copied_passages`: capitals, white space and line breaks do not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from genmodels.checks.copied_passages import BLOCK, LEAST_WORDS, Chance, Words, chance
from genmodels.checks.copied_texts import planted_copies
from genmodels.data.dataset import Dataset
from genmodels.estimates.clustered import share_over
from genmodels.estimates.estimate import Estimate, clopper_pearson

USUAL = np.arange(LEAST_WORDS, 201)  # words of functions for which the rates of `usual` are counted


@dataclass(frozen=True)
class Copied:
    """A passage of a text that a training file has word for word: its words, of how many, the passage, the file and its licence.

    `unusual`: it shares more with the training text than 99 of 100 unseen texts of that length do.
    """

    words: int
    of: int
    passage: str
    file: str
    licence: str
    unusual: bool


@dataclass(frozen=True)
class Trust:
    """What unseen functions of such lengths share with the training ones, and how often a check by that is wrong.

    `alarms`: the share of unseen functions that are flagged all the same (None: there are too few to say); `found` and `edited`:
    the share of training functions, copied whole and with one word in ten changed, that is flagged.
    """

    unseen: Chance
    alarms: Estimate | None
    found: Estimate
    edited: Estimate

    def told(self) -> str:
        """How often such a check is wrong, in a sentence of plain text."""
        alarms = (
            f"{_percent(self.alarms)} are called copied all the same"
            if self.alarms
            else "there are too few to say how many are called copied"
        )
        return (
            f"Of unseen functions {alarms}; of training functions that were copied on purpose {_percent(self.found)} are seen, "
            f"with one word in ten changed {_percent(self.edited)}."
        )


class Sources:
    """The training functions of a set, each of a file, in which passages are looked up."""

    def __init__(self, data: Dataset) -> None:
        self.words = Words(data.train.documents)
        self._held_out, self._licence = data.test.documents, data.licence
        self._files = data.train.families or ("",) * len(self.words.documents)
        self._ends = np.cumsum([len(each) + 1 for each in self.words.documents])
        self._stream = np.concatenate([np.append(each, -1) for each in self.words.documents])

    def trust(self, lengths: np.ndarray, seed: int = 0) -> Trust:
        """That of a check of functions of so many words (n,)."""
        unseen = chance(self.words, self._held_out, lengths, seed)
        planted = planted_copies(self.words, unseen, int(lengths.max()), seed)
        found, edited = (clopper_pearson(int(planted[share].sum()), len(planted[share])) for share in (0.0, 0.1))
        enough = len(unseen.flags) >= 2 * BLOCK
        return Trust(unseen, share_over(unseen.flags, unseen.blocks)[0] if enough else None, found, edited)

    @cached_property
    def usual(self) -> Trust:
        """That of functions of 8 to 200 words, counted once."""
        return self.trust(USUAL)

    def numbers(self, texts: Sequence[str]) -> list[np.ndarray]:
        """The words of each text as numbers (words,)."""
        return [self.words.numbers(text) for text in texts]

    def copied(self, texts: Sequence[str], unseen: Chance) -> list[Copied | None]:
        """The longest passage of each text that a training function has; None for a text of fewer than 8 words."""
        rows = self.numbers(texts)
        long = [row for row in rows if len(row) >= LEAST_WORDS]
        if not long:
            return [None] * len(rows)
        shares = self.words.copied(long)
        above = unseen.above(np.array([len(row) for row in long]), shares)
        found = iter([self._longest(*each) for each in zip(long, shares[:, 0], above, strict=True)])
        return [next(found) if len(row) >= LEAST_WORDS else None for row in rows]

    def _longest(self, row: np.ndarray, share: float, unusual: bool) -> Copied:
        length = round(float(share) * len(row))
        start = int(np.argmax(self.words.corpus.holds(row, length))) if length else 0
        run = row[start : start + length]
        file = self._files[int(np.searchsorted(self._ends, self._place(run), "right"))] if length else ""
        return Copied(length, len(row), self.words.text(run), file, self._licence, bool(unusual))

    def _place(self, run: np.ndarray) -> int:
        """Where a run of numbers begins that the training text holds, the first of such places."""
        places = np.flatnonzero(self._stream[: len(self._stream) - len(run) + 1] == run[0])
        for offset in range(1, len(run)):
            places = places[self._stream[places + offset] == run[offset]]
        return int(places[0])


def _percent(share: Estimate) -> str:
    return f"{share.value:.1%} ({share.low:.1%} to {share.high:.1%}, n = {share.n:,})"
