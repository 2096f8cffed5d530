"""One split of texts: documents, and the tokens of all of them in one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    import hashlib


@dataclass(frozen=True)
class Texts:
    """One split of texts or code: its documents, and the tokens of all of them in one row.

    `tokens` (n,) int32 has `END` (0) before the first document and after each. An example is a window of `context`
    tokens with the token after it; `windows` of them make an epoch (0: as many as fit side by side).
    """

    documents: tuple[str, ...]
    tokens: np.ndarray
    context: int
    windows: int = 0
    groups: Mapping[str, np.ndarray] = field(default_factory=dict)  # one entry a document
    families: tuple[
        str, ...
    ] = ()  # what each document is part of (a module), where that is known; no part of the digest

    def __len__(self) -> int:
        return self.windows or max(0, len(self.tokens) - 1) // self.context

    @property
    def characters(self) -> int:
        """How many characters all documents have together."""
        return sum(map(len, self.documents))

    def order(self, seed: Sequence[int]) -> np.ndarray:
        """Where the windows of an epoch begin: side by side from an offset drawn anew, each token once; or anywhere."""
        rng, most = np.random.default_rng(seed), len(self.tokens) - self.context
        if self.windows:
            return rng.integers(most, size=self.windows)
        offset = rng.integers(min(self.context, most - (len(self) - 1) * self.context))
        return offset + self.context * rng.permutation(len(self))

    def evenly(self, most: int) -> np.ndarray:
        """Where up to `most` evenly spread windows begin, (n,)."""
        return self.context * np.unique(np.linspace(0, len(self) - 1, min(most, len(self))).astype(int))

    def batch(self, starts: np.ndarray) -> tuple[np.ndarray, None]:
        """The windows (n, context + 1) that begin there."""
        return self.tokens[starts[:, None] + np.arange(self.context + 1)], None

    def without_empty(self) -> Self:
        """The documents that have a token: symbols can't write all."""
        ends = np.flatnonzero(self.tokens == 0)
        there = np.diff(ends) > 1
        return replace(
            self,
            documents=tuple(compress(self.documents, there)),
            tokens=np.delete(self.tokens, ends[1:][~there]),
            groups={name: values[there] for name, values in self.groups.items()},
            families=tuple(compress(self.families, there)),
        )

    def facts(self) -> dict[str, Any]:
        """What else a run records of its training split."""
        return {"documents": len(self.documents), "characters": self.characters, "tokens": len(self.tokens)}

    def speed(self, examples_per_second: float) -> dict[str, float]:
        """The speed of a training in the unit that is usual for it."""
        return {"tokens_per_second": examples_per_second * self.context}

    def digest(self, sha: hashlib._Hash) -> None:
        """Feed all of it to a hash."""
        sha.update(repr((self.tokens.shape, self.context, self.windows)).encode())
        sha.update(self.tokens.astype("<i4").tobytes())
        sha.update("\0".join(self.documents).encode())
        for name, values in sorted(self.groups.items()):
            sha.update("\n".join([name, *values]).encode())


@dataclass(frozen=True)
class Aligned(Texts):
    """Texts of which a window begins where a document does, so that a model sees all of what stands before a token.

    What of a document is longer than the window is not seen, and behind a shorter one the next begins. `windows` of them
    make an epoch (0: every document once).
    """

    @cached_property
    def starts(self) -> np.ndarray:
        """Where documents begin: at the `END` before each behind which a whole window fits."""
        ends = np.flatnonzero(self.tokens == 0)[:-1]
        return ends[ends + self.context < len(self.tokens)]

    def __len__(self) -> int:
        return self.windows or len(self.starts)

    def evenly(self, most: int) -> np.ndarray:
        """Where up to `most` evenly spread documents begin."""
        return self.starts[np.unique(np.linspace(0, len(self.starts) - 1, min(most, len(self.starts))).astype(int))]

    def order(self, seed: Sequence[int]) -> np.ndarray:
        """Where the documents of an epoch begin, in random order."""
        rng = np.random.default_rng(seed)
        return self.starts[
            rng.permutation(len(self.starts)) if not self.windows else rng.integers(len(self.starts), size=self.windows)
        ]


@dataclass(frozen=True)
class Whole:
    """A split of texts, of which a model sees whole documents, one a row, in place of windows: those that fit.

    It is walked through as the split is, so that an epoch shows as many documents as there are windows: the first that
    begins in or behind each.
    """

    texts: Texts

    @cached_property
    def starts(self) -> np.ndarray:
        """Where the `END` before each document stands that fits into a window with the `END` behind it."""
        ends = np.flatnonzero(self.texts.tokens == 0)
        return ends[:-1][np.diff(ends) <= self.texts.context]

    def __len__(self) -> int:
        return len(self.starts)

    def batch(self, places: np.ndarray) -> tuple[np.ndarray, None]:
        """The documents (n, context + 1) that begin at these places of the row or behind them, `END` before and after."""
        return self.rows(np.searchsorted(self.starts, places) % len(self.starts)), None

    def rows(self, numbers: np.ndarray) -> np.ndarray:
        """Documents by their number among those that fit, int32 (n, context + 1), filled up with `END`."""
        tokens, context = self.texts.tokens, self.texts.context
        places = self.starts[numbers][:, None] + np.arange(context + 1)
        rows = tokens[np.minimum(places, len(tokens) - 1)]
        ended = np.cumsum(rows[:, 1:] == 0, axis=1) > 0
        return np.concatenate([rows[:, :1], np.where(ended, 0, rows[:, 1:])], axis=1)
