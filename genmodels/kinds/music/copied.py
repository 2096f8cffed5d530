"""The longest passage of a piece that stands in another, moved by any number of semitones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from genmodels.kinds.music.notation import Piece, document
from genmodels.kinds.music.passages import pieces, words
from genmodels.kinds.text.examples import Texts
from genmodels.kinds.text.verbatim import Corpus


@dataclass(frozen=True)
class Copies:
    """Training pieces and held-out ones as the words of `passages`."""

    trained: Sequence[Sequence[str]]
    unseen: Sequence[Sequence[str]]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(sorted({each for own in self.trained for each in own}))}

    @cached_property
    def _corpus(self) -> Corpus:
        end = len(self._numbers)  # stands in no piece, so that no passage crosses from one to the next
        rows = [[*(self._numbers[word] for word in own), end] for own in self.trained]
        return Corpus(np.array([number for row in rows for number in row], np.int64))

    def longest_of(self, those: Sequence[Sequence[str]]) -> np.ndarray:
        """Of each piece (n,), as words, how many steps its longest passage has that a training piece holds."""
        rows = [np.array([self._numbers.get(word, -1) for word in own], np.int64) for own in those]
        return self._corpus.longest(rows, max(map(len, rows), default=1))

    def longest(self, piece: Piece) -> int:
        """The same of one piece."""
        return int(self.longest_of([words(document(piece))])[0])

    def held_out(self, steps: int) -> np.ndarray:
        """The same of held-out pieces (n,), cut to so many steps; shorter ones are left out."""
        return self.longest_of([own[:steps] for own in self.unseen if len(own) >= steps])


def copies_of(train: Texts, test: Texts) -> Copies:
    """Both splits, each piece once."""
    return Copies([words(each) for each in pieces(train)], [words(each) for each in pieces(test)])
