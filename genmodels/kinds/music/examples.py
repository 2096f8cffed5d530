"""One split of pieces: as texts, but that a window begins where a piece does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from genmodels.kinds.text.examples import Texts


@dataclass(frozen=True)
class Scores(Texts):
    """Pieces and the tokens of all of them in one row; an example is the window that begins with a piece.

    What of a piece is longer than the window is not seen, and behind a shorter one the next begins. `windows` of them
    make an epoch (0: every piece once).
    """

    @cached_property
    def starts(self) -> np.ndarray:
        """Where pieces begin: at the `END` before each behind which a whole window fits."""
        ends = np.flatnonzero(self.tokens == 0)[:-1]
        return ends[ends + self.context < len(self.tokens)]

    def __len__(self) -> int:
        return self.windows or len(self.starts)

    def evenly(self, most: int) -> np.ndarray:
        """Where up to `most` evenly spread pieces begin."""
        return self.starts[np.unique(np.linspace(0, len(self.starts) - 1, min(most, len(self.starts))).astype(int))]

    def order(self, seed: Sequence[int]) -> np.ndarray:
        """Where the pieces of an epoch begin, in random order."""
        rng = np.random.default_rng(seed)
        return self.starts[
            rng.permutation(len(self.starts)) if not self.windows else rng.integers(len(self.starts), size=self.windows)
        ]
