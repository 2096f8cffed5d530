"""How many texts repeat more of a training text than unseen texts do by chance.

Texts are compared as words: capitals, white space and line breaks do not count, so a copy stays a copy when it is wrapped
otherwise. Two numbers are held against those of held-out passages of the same length: the longest run of words that stands
in the training text, as a share of the text, and the share of words that stand in such runs of 6 or more, which a word
changed here and there hardly lowers. The limits of a text are the 99 % quantiles among the held-out passages of the nearest
lengths. How often unseen text lies above one of them all the same is counted on each fifth of the held-out blocks by the
limits that the other four fifths give.

Neighbours in the held-out text come from one module or topic and are alike: blocks of 10 passages are what is independent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.stats import beta, binom

from genmodels.estimates.clustered import effective_number
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.estimates.ranks import excess
from genmodels.kinds.text.verbatim import Corpus

WORD = re.compile(r"\w+|[^\w\s]")
LEAST_WORDS = 8  # in a text that is judged
RUN = 6  # words, a run of which counts as taken over
BLOCK, FOLDS = 10, 5  # passages next to each other; parts of which each is counted by the limits of the others
NEAREST = 150  # held-out passages of the nearest lengths, whose quantile is the limit of a text
QUANTILE = 0.99
MOST_PASSAGES = 1200  # held-out, spread evenly


class Words:
    """Words as numbers, and the training documents in which runs of them are looked up."""

    def __init__(self, documents: Sequence[str], split_into: Callable[[str], list[str]] | None = None) -> None:
        """`split_into` gives the words of a document; where it is given, documents of the same words count once."""
        self._split_into = split_into or words
        split = [self._split_into(document) for document in documents]
        split = list(map(list, dict.fromkeys(map(tuple, split)))) if split_into else split
        self.number = {word: i for i, word in enumerate(sorted({word for each in split for word in each}))}
        self._names: list[str] = []
        self.documents = [self._numbers(each) for each in split]
        end = np.array(
            [len(self.number) + 1]
        )  # stands in no text, so that no run crosses from one document to the next
        self.corpus = Corpus(np.concatenate([part for each in self.documents for part in (each, end)]))

    def numbers(self, text: str) -> np.ndarray:
        """(n,) numbers of the words of a text; words that no training document has are one number that it does not hold."""
        return self._numbers(self._split_into(text))

    def text(self, row: np.ndarray) -> str:
        """The words of numbers (n,), a space between them; "?" for those that no training document has."""
        if not self._names:
            self._names = list(self.number)
        return " ".join(self._names[i] if 0 <= i < len(self._names) else "?" for i in row.tolist())

    def _numbers(self, split: Sequence[str]) -> np.ndarray:
        return np.array([self.number.get(word, len(self.number)) for word in split], np.int64)

    def copied(self, texts: Sequence[np.ndarray]) -> np.ndarray:
        """(n, 2) shares of each text: its longest run that a training document holds, and its words in such runs of 6."""
        longest = self.corpus.longest(texts, max(map(len, texts), default=1))
        covered = [
            _covered(there, len(text)) for text, there in zip(texts, self.corpus.each_holds(texts, RUN), strict=True)
        ]
        return np.stack([longest, covered], axis=1) / np.maximum([len(text) for text in texts], 1)[:, None]


def words(text: str) -> list[str]:
    """The words and marks of a text in small letters, without white space.

    >>> words("The  nurse\\nsaid: No.")
    ['the', 'nurse', 'said', ':', 'no', '.']
    """
    return WORD.findall(unicodedata.normalize("NFKC", text).lower())


def _covered(there: np.ndarray, n: int) -> int:
    """How many of n words stand in a run of 6 that is there, where each run of 6 words (n - 5,) is told."""
    edges = np.zeros(n + 1, int)
    edges[np.flatnonzero(there)] += 1
    np.subtract.at(edges, np.flatnonzero(there) + RUN, 1)
    return int((np.cumsum(edges)[:n] > 0).sum())


@dataclass(frozen=True)
class Chance:
    """What unseen passages (m,) repeat: their lengths, shares (m, 2), which lie above the limits that others set, blocks."""

    lengths: np.ndarray
    shares: np.ndarray
    flags: np.ndarray
    blocks: np.ndarray
    alike: float  # how many times fewer independent passages there are than passages

    def above(self, lengths: np.ndarray, shares: np.ndarray) -> np.ndarray:
        """Which texts (n,) of so many words repeat more than unseen ones of the nearest lengths."""
        return _above(self.lengths, self.shares, np.asarray(lengths), np.asarray(shares))

    @cached_property
    def independent(self) -> float:
        """Half as many independent passages as these vary like: what is written has subjects of its own, which vary as much."""
        return float(
            max(1.0, min(effective_number(self.flags.astype(float), self.blocks), len(self.flags) / self.alike) / 2)
        )

    def estimate(self, k: int, n: int) -> Estimate:
        """Share of copies beyond chance with its interval, where k of n texts lie above."""
        found = excess(k, n, float(self.flags.mean()) * self.independent, self.independent)
        return Estimate(max(0.0, min(found.value, found.high)), found.low, found.high, n)

    def verdict(self, k: int, n: int, limit: float, effect: float) -> str:
        """That of `estimate` with a warning above 0, by the probabilities alone: `excess` looks for the same ends by trial."""
        chance = self._by_chance
        beyond = [c for c in (limit, 0.0) if k and c < 1 and binom.sf(k - 1, n, c + (1 - c) * chance).mean() < 0.025]
        low = next(iter(beyond), None)
        if limit >= 1:
            return "reported"
        if low is not None:
            return "fail" if low == limit else "warn"
        return "not measured" if clopper_pearson(k, n).high > limit + effect else "pass"

    @cached_property
    def _by_chance(self) -> np.ndarray:
        """(200,) values of the probability that unseen text lies above, evenly spaced by what is known of it."""
        m = self.independent
        found = float(self.flags.mean()) * m
        return beta.ppf((np.arange(200) + 0.5) / 200, found + 0.5, m - found + 0.5)

    def again(self, rng: np.random.Generator) -> Chance:
        """Blocks drawn anew, the limits being kept."""
        names = np.unique(self.blocks)
        rows = [np.flatnonzero(self.blocks == name) for name in rng.choice(names, len(names))]
        return replace(
            self,
            flags=self.flags[np.concatenate(rows)],
            blocks=np.repeat(np.arange(len(rows)), [len(row) for row in rows]),
        )


def chance(vocabulary: Words, held_out: Sequence[str], lengths: np.ndarray, seed: int) -> Chance:
    """Held-out passages as long as the texts (n,) and what they repeat."""
    passages = _passages([vocabulary.numbers(document) for document in held_out], lengths)
    shares, sizes = vocabulary.copied(passages), np.array([len(each) for each in passages], int)
    blocks = np.arange(len(passages)) // BLOCK
    flags = np.zeros(len(passages), bool)
    if len(passages) < 2 * BLOCK:
        return Chance(sizes, shares, flags, blocks, 1.0)
    fold = np.random.default_rng([seed, 5]).permutation(blocks.max() + 1)[blocks] % FOLDS
    for number in np.unique(fold):
        own, others = fold == number, fold != number
        flags[own] = _above(sizes[others], shares[others], sizes[own], shares[own])
    return Chance(sizes, shares, flags, blocks, alike(shares[:, 0], blocks))


def _passages(documents: Sequence[np.ndarray], lengths: np.ndarray) -> list[np.ndarray]:
    """Held-out passages that begin where documents or long pieces of them do, with the lengths of the texts.

    The shortest document gets the shortest length and so on: where a document is too short, what follows it is read on.
    """
    stream, most = np.concatenate([np.zeros(0, np.int64), *documents]), int(lengths.max())
    starts, rest, place = [], [], 0
    for document in documents:
        for start in range(0, len(document), most):
            starts.append(place + start)
            rest.append(min(most, len(document) - start))
        place += len(document)
    kept = [i for i in range(len(starts)) if rest[i] >= LEAST_WORDS and starts[i] + int(lengths.min()) <= len(stream)]
    kept = (
        [kept[i] for i in np.unique(np.linspace(0, len(kept) - 1, min(len(kept), MOST_PASSAGES)).astype(int))]
        if kept
        else []
    )
    wanted = np.quantile(lengths, (np.arange(len(kept)) + 0.5) / max(len(kept), 1), method="nearest").astype(int)
    size = np.empty(len(kept), int)
    size[np.argsort([rest[i] for i in kept], kind="stable")] = wanted
    return [stream[starts[i] : starts[i] + n] for i, n in zip(kept, size.tolist(), strict=True)]


def _above(own: np.ndarray, theirs: np.ndarray, lengths: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Which of the texts (n,) lie above a quantile of the passages of the nearest lengths, in either number; none where there are none."""
    if not len(own):
        return np.zeros(len(lengths), bool)
    order = np.argsort(own, kind="stable")
    own, theirs, few = own[order], theirs[order], min(NEAREST, len(own))
    limits = {}
    for length in np.unique(lengths).tolist():
        middle = (np.searchsorted(own, length, "left") + np.searchsorted(own, length, "right")) // 2
        start = int(np.clip(middle - few // 2, 0, len(own) - few))
        limits[length] = np.quantile(theirs[start : start + few], QUANTILE, axis=0, method="lower")
    limit = np.array([limits[length] for length in lengths.tolist()]).reshape(-1, 2)
    over = np.asarray((shares > limit).any(axis=1) | ((shares >= 1) & (limit >= 1)).all(axis=1))
    return over


def alike(shares: np.ndarray, blocks: np.ndarray) -> float:
    """Design effect of blocks: 1 + (passages of a block - 1) x correlation within, of ranks, at least 1."""
    ranks = np.argsort(np.argsort(shares, kind="stable")) / max(len(shares) - 1, 1)
    sizes = np.bincount(blocks)
    between = np.average((np.bincount(blocks, ranks) / sizes - ranks.mean()) ** 2, weights=sizes)
    within = float(ranks.var()) or 1.0
    return float(max(1.0, between / within * sizes.mean()))


def altered(text: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """A text (n,) with this share of its words replaced by one that no training document has."""
    return np.where(rng.random(len(text)) < share, -1, text)
