"""A stand-in for a model of music that composes what nobody trained on, and copies training pieces as often as it is told to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.kinds.music.notation import HIGHEST, Piece, document, piece_of
from genmodels.kinds.text.decoding import Decoding
from genmodels.kinds.text.tokens import Tokens

FAR = 5  # semitones by which a copy is moved at most


class Chorister:
    """Composes passages of pieces that it is given; `copies` is the share that it has by heart, which it moves into other keys.

    What it goes on from, it continues as the piece goes on that begins like it, where it has that by heart.
    """

    watermark_key: bytes | None = None  # it puts in none

    def __init__(self, data: Dataset, unseen: Sequence[str], copies: float = 0.0) -> None:
        self.tokens, self.context = Tokens.of(data.spec), data.spec.shape[0]
        self.train, self.unseen, self.copies = data.train.documents, list(unseen), copies

    def sample(
        self, n: int, *, seed: int, given: Sequence[int | str] | None = None, decoding: Decoding | None = None
    ) -> np.ndarray:
        """n documents, each with its beginning."""
        rng = np.random.default_rng(seed)
        length = decoding.length if decoding else self.context
        beginnings = [str(each) for each in given or [""]]
        return np.array([self._piece(beginnings[i % len(beginnings)], length, rng) for i in range(n)], dtype=object)

    def _piece(self, beginning: str, length: int, rng: np.random.Generator) -> str:
        heart = bool(rng.random() < self.copies)
        if beginning:
            known = self.train if heart else []
            followed = next((each for each in known if each.startswith(beginning)), beginning + self._any(rng)[1:])
            return followed[: len(beginning) + length]
        piece = piece_of(self.train[rng.integers(len(self.train))] if heart else self._any(rng))
        steps = length // 4
        start = int(rng.integers(max(1, len(piece.score) - steps + 1)))
        passage = Piece(piece.score[start : start + steps], piece.key)
        return document(passage.transposed(self._move(passage, rng)))

    def _any(self, rng: np.random.Generator) -> str:
        return self.unseen[int(rng.integers(len(self.unseen)))]

    def _move(self, piece: Piece, rng: np.random.Generator) -> int:
        sounding = abs(piece.score[piece.score != 0].astype(int))
        low, high = (int(sounding.min()), int(sounding.max())) if len(sounding) else (HIGHEST, 0)
        return int(np.clip(rng.integers(-FAR, FAR + 1), 1 - low, HIGHEST - high))
