"""A document written with its middle last, so that a model that only goes on can fill a gap (Bavarian et al. 2022, arXiv 2207.14255).

    PREFIX before SUFFIX behind MIDDLE the middle

What is before and behind the gap is given, and what is written after the last mark, up to the end of the document, fills it. The marks
are characters for private use, which no document of code holds: only printable ones are taken.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

PREFIX, SUFFIX, MIDDLE = "\ue000", "\ue001", "\ue002"
MARKS = (PREFIX, SUFFIX, MIDDLE)
LEAST = 3  # characters of a document that can be cut twice


def middle_last(document: str, rng: np.random.Generator) -> str | None:
    """A document cut at two places drawn evenly among its characters, with the middle last; None for one that is too short."""
    if len(document) < LEAST:
        return None
    first, last = sorted(rng.choice(np.arange(1, len(document) + 1), 2, replace=False).tolist())
    return asked(document[:first], document[last:]) + document[first:last]


def asked(before: str, behind: str) -> str:
    """The prompt after which a model that learned from such documents writes what stands between the two."""
    return f"{PREFIX}{_unmarked(before)}{SUFFIX}{_unmarked(behind)}{MIDDLE}"


def is_middle_last(document: str) -> bool:
    """Is this a document that was written with its middle last?"""
    return document.startswith(PREFIX)


def in_order(document: str) -> str:
    """A document with its middle where it belongs, without marks; others as they are."""
    if not is_middle_last(document):
        return document
    before, _, rest = document[1:].partition(SUFFIX)
    behind, _, middle = rest.partition(MIDDLE)
    return before + _unmarked(middle) + behind


def unwritten(tokens: Sequence[bytes]) -> np.ndarray | None:
    """What is added to logits (vocabulary,) so that no mark is written, by what each token writes; None where none writes a mark."""
    marks = {mark.encode() for mark in MARKS}
    if not marks & set(tokens):
        return None
    begins = {mark[:2] for mark in marks}  # of a token that begins a mark, too
    return np.where([any(each in token for each in begins) for token in tokens], -1e9, 0).astype("float32")


def _unmarked(text: str) -> str:
    return "".join(letter for letter in text if letter not in MARKS)
