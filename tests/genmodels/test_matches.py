"""Runs of tokens that stand in a corpus, against looking for them one by one; measures of texts by hand."""

from __future__ import annotations

import numpy as np
import pytest

from genmodels.kinds.text.verbatim import Corpus
from genmodels.metrics.texts import repetition, self_bleu


def test_the_longest_run_is_that_of_a_plain_search() -> None:
    rng = np.random.default_rng(0)
    corpus = rng.integers(3, size=300)
    texts = [rng.integers(3, size=int(n)) for n in rng.integers(1, 40, 30)] + [corpus[50:90], np.array([7, 8, 9])]
    text = " ".join(map(str, corpus))

    def plainly(tokens: np.ndarray) -> int:
        runs = [(i, j) for i in range(len(tokens)) for j in range(i + 1, len(tokens) + 1)]
        return max((j - i for i, j in runs if f" {' '.join(map(str, tokens[i:j]))} " in f" {text} "), default=0)

    assert Corpus(corpus).longest(texts, 64).tolist() == [plainly(each) for each in texts]


def test_runs_are_found_where_they_are() -> None:
    corpus = Corpus(np.array([1, 2, 3, 4, 5]))
    assert corpus.holds(np.array([2, 3, 9, 4, 5]), 2).tolist() == [True, False, False, True]
    assert not corpus.holds(np.array([1, 2, 3, 4, 5, 6]), 6).any() and len(corpus.holds(np.array([1]), 2)) == 0


def test_self_bleu_by_hand() -> None:
    """Two texts of four words: three of four words, two of three pairs, one of two triples, no four are shared; one added above 1."""
    found = self_bleu(["a b c d", "a b c e"])
    assert found is not None and found.value == pytest.approx((3 / 4 * 3 / 4 * 2 / 3 * 1 / 2) ** 0.25)


def test_self_bleu_of_copies_is_one_and_of_strangers_near_zero() -> None:
    copies, strangers = self_bleu(["one two three four five"] * 4), self_bleu(["a b c d e", "f g h i j", "k l m n o"])
    assert copies is not None and strangers is not None
    assert copies.value == pytest.approx(1) and strangers.value == 0
    assert self_bleu(["too short", "as well"]) is None


def test_a_text_without_its_like_is_not_judged_by_itself() -> None:
    """An n-gram that only one text has, however often, is in no other."""
    found = self_bleu(["x x x x x x", "a b c d e f"])
    assert found is not None and found.value == 0


def test_repetition_counts_what_stood_before() -> None:
    found = repetition(["a b a b a b a b", "c d e f g h i j"], 2)
    assert found is not None and found.value == pytest.approx((5 / 7 + 0) / 2) and found.low >= 0
