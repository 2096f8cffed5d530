"""Passages of texts that stand in others, word for word or with a word changed here and there, and where they stand.

Words are compared without case, white space and punctuation. Every run of 5 words of the known texts is kept as a hash of
64 bits with its place; runs of a text that are there too and lie on one line (the same distance between both places) are
joined over gaps of at most 5 words. What counts of such a passage are the words that are the same on both sides.

Known limits: a word left out or put in ends a passage; a run that stands in more than 20 places is looked up in the first
20; what is written without spaces between words is compared letter by letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from genmodels.kinds.text.verbatim import run_hashes, running_sums

_UNSPACED = "\u3040-\u30ff\u3400-\u9fff"  # kana and Chinese characters, each a word
WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
SEED, GAP, PLACES = 5, 5, 20  # words in a run that is looked up, words between two of them, places of a run
BLOCK = 200_000  # words that are looked up together


def words(text: str) -> list[str]:
    """The words of a text in small letters, without white space and punctuation.

    >>> words("The  nurse\\nsaid: No.")
    ['the', 'nurse', 'said', 'no']
    """
    return WORD.findall(unicodedata.normalize("NFKC", text).lower())


def spans(text: str) -> list[tuple[int, int]]:
    """Where each of `words` begins and ends in the normal form (NFKC) of a text."""
    return [found.span() for found in WORD.finditer(unicodedata.normalize("NFKC", text))]


def told(text: str, first: int, n: int) -> str:
    """What a text says from its word `first` on, n words long, as it is written."""
    places = spans(text)[first : first + n]
    return unicodedata.normalize("NFKC", text)[places[0][0] : places[-1][1]] if places else ""


@dataclass(frozen=True)
class Found:
    """The longest passage of each of n texts that stands in the known ones; all (n,).

    `near` counts the words that are the same in the longest passage with words changed here and there, `exact` those of the
    longest run without a change; runs of fewer than 5 words are 0. `start` and `length` say where the longer passage stands
    in the text, `place` where it begins in the known texts (-1: nowhere).
    """

    near: np.ndarray
    exact: np.ndarray
    start: np.ndarray
    length: np.ndarray
    place: np.ndarray


class Known:
    """Texts in which passages are looked up. `document` (words,) says of which text each of their words is."""

    def __init__(self, documents: Sequence[str]) -> None:
        split = [words(each) for each in documents]
        self.number = {word: i for i, word in enumerate(dict.fromkeys(word for each in split for word in each))}
        self.sizes = np.array([len(each) for each in split])
        self.first = np.concatenate([[0], np.cumsum(self.sizes)[:-1]]).astype(int)
        self.document = np.repeat(np.arange(len(split)), self.sizes)
        self.tokens = np.array([self.number[word] for each in split for word in each], np.int64)
        hashes = run_hashes(running_sums(self.tokens), SEED)
        within = self.document[: len(hashes)] == self.document[SEED - 1 :] if len(hashes) else np.zeros(0, bool)
        places = np.flatnonzero(within)
        order = np.argsort(hashes[places], kind="stable")
        self.places, self.hashes = places[order].astype(np.int32), hashes[places][order]

    def numbers(self, text: str) -> np.ndarray:
        """(n,) numbers of the words of a text; those that no known text has are one number that none of them holds."""
        return np.array([self.number.get(word, len(self.number)) for word in words(text)], np.int64)

    @cached_property
    def families(self) -> np.ndarray:
        """(documents,) number of the family of each known text: those that share half of the runs of one are one family."""
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        count, documents = len(self.sizes), self.document[self.places].astype(np.int64)
        same = (self.hashes[1:] == self.hashes[:-1]) & (documents[1:] != documents[:-1])
        pairs, shared = np.unique(documents[:-1][same] * count + documents[1:][same], return_counts=True)
        one, other = pairs // max(count, 1), pairs % max(count, 1)
        runs = np.maximum(np.minimum(self.sizes[one], self.sizes[other]) - SEED + 1, 1)
        alike = shared >= runs / 2
        graph = coo_matrix((np.ones(alike.sum()), (one[alike], other[alike])), (count, count))
        return np.asarray(connected_components(graph, directed=False)[1])

    @cached_property
    def spread(self) -> np.ndarray:
        """(places,) how many families hold the run of 5 words that is kept there."""
        if not len(self.hashes):
            return np.zeros(0, int)
        run = np.concatenate([[0], np.cumsum(self.hashes[1:] != self.hashes[:-1])])
        many = int(self.families.max()) + 1
        held = np.unique(run * many + self.families[self.document[self.places]]) // many
        return np.asarray(np.bincount(held)[run])

    def holds(self, text: np.ndarray) -> float:
        """The share of the runs of a text, as numbers (n,), that stand in the known ones."""
        hashes = run_hashes(running_sums(text), SEED)
        if not len(hashes) or not len(self.hashes):
            return 0.0
        at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return float((self.hashes[at] == hashes).mean())

    def find(
        self, texts: Sequence[np.ndarray], apart: Sequence[np.ndarray] | None = None, most_families: int = 0
    ) -> Found:
        """The longest passage of each text, given as numbers of words.

        `apart` names for each text the families in which it is not looked for, since it is of them. Where `most_families` is
        given, runs of 5 words that more families hold (besides those left out) are passed over as what is common to all.
        """
        parts, start, size = list[np.ndarray](), 0, 0
        for number, text in enumerate(texts):
            size += len(text)
            if size >= BLOCK or number == len(texts) - 1:
                rows = slice(start, number + 1)
                parts.append(self._found(texts[rows], apart and apart[rows], most_families))
                start, size = number + 1, 0
        return Found(*np.concatenate([np.zeros((5, 0), int), *parts], axis=1))

    def _found(self, texts: Sequence[np.ndarray], apart: Sequence[np.ndarray] | None, most: int) -> np.ndarray:
        """The five arrays of `Found`, (5, n), of texts that are looked up together."""
        sizes = np.array([len(text) for text in texts])
        first = np.cumsum(sizes) - sizes
        stream, text_of = np.concatenate([*texts, np.zeros(0, np.int64)]), np.repeat(np.arange(len(texts)), sizes)
        at, kept_at = self._hits(stream, text_of)
        if most:
            rare = self.spread[kept_at] <= most + (apart is not None)
            at, kept_at = at[rare], kept_at[rare]
        place = self.places[kept_at].astype(np.int64)
        if apart is not None:
            many = int(self.families.max(initial=0)) + 1
            banned = np.concatenate([number * many + each for number, each in enumerate(apart)])
            kept = ~np.isin(text_of[at] * many + self.families[self.document[place]], banned)
            at, place = at[kept], place[kept]
        found = np.zeros((5, len(texts)), int)
        found[4] = -1
        if len(at):
            self._join(found, stream, text_of, at, place)
            found[2] -= np.where(found[4] >= 0, first, 0)
        return found

    def _hits(self, stream: np.ndarray, text_of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places of runs of a text, and where the same runs are kept, at most 20 of each; both (hits,)."""
        hashes = run_hashes(running_sums(stream), SEED)
        own = np.flatnonzero(text_of[: len(hashes)] == text_of[SEED - 1 :]) if len(hashes) else np.zeros(0, int)
        low = np.searchsorted(self.hashes, hashes[own], "left")
        many = np.minimum(np.searchsorted(self.hashes, hashes[own], "right") - low, PLACES)
        nth = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        return np.repeat(own, many), np.repeat(low, many) + nth

    def _join(
        self, found: np.ndarray, stream: np.ndarray, text_of: np.ndarray, at: np.ndarray, place: np.ndarray
    ) -> None:
        """Joins hits on one line and enters the longest of each text into `found` (5, texts)."""
        order = np.lexsort((at, place - at))
        at, place = at[order], place[order]
        same = np.diff(place - at) == 0
        same &= (text_of[at[1:]] == text_of[at[:-1]]) & (self.document[place[1:]] == self.document[place[:-1]])
        steps = np.diff(at)
        for row, reach in ((1, 1), (0, SEED + GAP)):  # without a gap, with gaps
            begins = np.flatnonzero(np.concatenate([[True], ~(same & (steps <= reach))]))
            ends = np.concatenate([begins[1:], [len(at)]]) - 1
            length = at[ends] - at[begins] + SEED
            score = length if reach == 1 else self._alike(stream, at[begins], place[begins], length)
            best = np.lexsort((-begins, score))  # the last of each text wins: the highest, of equals the first
            texts = text_of[at[begins[best]]]
            found[row, texts] = score[best]
            if not row:
                found[2, texts], found[3, texts], found[4, texts] = (
                    at[begins[best]],
                    length[best],
                    place[begins[best]],
                )

    def _alike(self, stream: np.ndarray, at: np.ndarray, place: np.ndarray, length: np.ndarray) -> np.ndarray:
        """How many words are the same in passages of these lengths, (n,)."""
        nth = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
        alike = stream[np.repeat(at, length) + nth] == self.tokens[np.repeat(place, length) + nth]
        sums = np.concatenate([[0], np.cumsum(alike)])
        ends = np.cumsum(length)
        return sums[ends] - sums[ends - length]
