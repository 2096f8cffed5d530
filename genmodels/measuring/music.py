"""The measures of a model of music, each beside what Bach's own held-out pieces come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.estimates.estimate import Estimate
from genmodels.estimates.ratios import ratio
from genmodels.kinds.music.notation import document, piece_of
from genmodels.measuring.texts import Row

if TYPE_CHECKING:
    from genmodels.trained.composer import Composer

NATS = "nats a step"
OF_PIECES = (NATS,)


def measure_music(
    generator: Composer, data: Dataset, n: int, seed: int, wanted: Callable[[str], bool]
) -> Iterator[Row]:
    """Every measure whose name is `wanted`."""
    if wanted(NATS):
        protocol = "each held-out piece from its beginning, its first step given; all voices of a step together"
        yield NATS, nats_a_step(generator, data.test.documents), "lower", "nats", protocol


def nats_a_step(generator: Composer, documents: Sequence[str]) -> Estimate:
    """Mean negative log-likelihood of a step given all before it, the first of each piece left out (arXiv 1803.01271, table 1).

    The voices of a step are read one after another, from the highest down, so that this bounds the likelihood of the step as a
    set of keys, which other papers state, from above. The interval is for other pieces.
    """
    return ratio(*nats_of(generator, documents))
