"""How a model behaves while it trains, beside its loss: does it begin to copy, to leave things out, to prefer a group?

Few samples an epoch are looked at, so that a curve costs little: single points are noise, a trend is not. The audits say
it with intervals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.data.emoji_names import TONES
from genmodels.estimates.halves import K
from genmodels.instruments.groups import instrument
from genmodels.instruments.readers import READERS
from genmodels.kinds.image.near_copies import NEAR, nearness
from genmodels.kinds.music.counting import crossings
from genmodels.kinds.music.notation import Piece, document
from genmodels.kinds.music.passages import pieces, words
from genmodels.kinds.text.verbatim import Corpus
from genmodels.metrics.precision_recall import coverage_value
from genmodels.refusal import Refusal

LOOKED_AT = 64  # samples that are compared with every training picture
LEAST = 32  # samples that shares and coverage are taken of
RUN = 8  # tokens, or steps of music, in a row

Conduct = Callable[[Any], dict[str, float]]


def of_pictures(data: Dataset, seed: int) -> Conduct:
    """A function of samples, uint8 (n, height, width, channels), to near_copy_rate, coverage and the shares of groups (0 to 1)."""

    readers = _readers(data)

    def conduct(samples: np.ndarray) -> dict[str, float]:
        values = {}
        try:
            values["near_copy_rate"] = float((nearness(samples[:LOOKED_AT], data.train.images).relative < NEAR).mean())
            if len(samples) >= LEAST and len(data.test) > K:
                values["coverage"] = coverage_value(data.test.images[: len(samples)], samples)
        except Refusal:
            pass  # pictures that are all alike have no distances; the curve has a gap
        if len(samples) >= LEAST:
            for reader, among in readers:
                read = reader.read(samples)
                for group in among[1:] if len(among) == 2 else among:
                    values[f"share_{group}"] = float((read == group).sum() / max(np.isin(read, among).sum(), 1))
        return values

    return conduct


def _readers(data: Dataset) -> list[tuple[Any, tuple[str, ...]]]:
    """What reads groups off such pictures: (reader, the groups among which a share is taken)."""
    found: list[tuple[Any, tuple[str, ...]]] = []
    for grouping in READERS:
        if grouping in data.train.groups and data.spec.shape == (32, 32, 3):
            among = ("man", "woman") if grouping == "gender" else TONES
            try:
                found.append((instrument(grouping).reader, among))
            except Refusal:
                continue
    return found


def of_texts(data: Dataset) -> Callable[[list[np.ndarray]], dict[str, float]]:
    """A function of written tokens to verbatim_rate: the share of their runs of 8 tokens that stand in the training text."""
    corpus = Corpus(data.train.tokens)

    def conduct(texts: list[np.ndarray]) -> dict[str, float]:
        held = [corpus.holds(tokens, RUN) for tokens in texts if len(tokens) >= RUN]
        return {"verbatim_rate": float(np.concatenate(held).mean())} if held else {}

    return conduct


def of_pieces(data: Dataset) -> Callable[[list[Piece]], dict[str, float]]:
    """A function of composed pieces to crossing_rate, the share of their steps in which voices cross, and verbatim_rate: the
    share of their runs of 8 steps that stand in a training piece, in any key."""
    numbers: dict[str, int] = {}
    split = [words(each) for each in pieces(data.train)]
    corpus = Corpus(
        np.array([numbers.setdefault(word, len(numbers)) for own in split for word in ["", *own]], np.int64)
    )

    def conduct(composed: list[Piece]) -> dict[str, float]:
        crossed, steps = np.array([crossings(each) for each in composed]).sum(axis=0)
        rows = [np.array([numbers.get(word, -1) for word in words(document(each))], np.int64) for each in composed]
        held = [corpus.holds(row, RUN) for row in rows if len(row) >= RUN]
        copied = {"verbatim_rate": float(np.concatenate(held).mean())} if held else {}
        return {"crossing_rate": float(crossed / max(steps, 1))} | copied

    return conduct
