"""Each rule of decoding against a small case that can be worked out by hand, and all of them together."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from genmodels.kinds.text import decoding
from genmodels.kinds.text.decoding import NEVER, Decoding, beam_step, filtered, gumbel
from genmodels.refusal import Refusal

LOGITS = np.log(np.array([[0.5, 0.25, 0.15, 0.1]], "float32"))


def kept(logits: object) -> list[bool]:
    return (np.asarray(logits)[0] > NEVER / 2).tolist()


def probabilities(logits: object) -> np.ndarray:
    values = np.exp(np.asarray(logits, "float64")[0])
    return values / values.sum()


def test_temperature_divides_logits_and_zero_is_greedy() -> None:
    assert np.allclose(decoding.temperature(LOGITS, np.float32(2)), LOGITS / 2)
    assert kept(decoding.temperature(LOGITS, np.float32(0))) == [True, False, False, False]
    assert np.allclose(probabilities(decoding.temperature(LOGITS, np.float32(100))), 0.25, atol=0.01)


@pytest.mark.parametrize(("k", "expected"), [(0, 4), (1, 1), (3, 3), (4, 4), (99, 4)])
def test_top_k_keeps_the_k_largest(k: int, expected: int) -> None:
    assert sum(kept(decoding.top_k(LOGITS, np.float32(k)))) == expected


@pytest.mark.parametrize(("p", "expected"), [(0.0, 1), (0.4, 1), (0.51, 2), (0.74, 2), (0.76, 3), (1.0, 4)])
def test_top_p_keeps_the_fewest_that_reach_p(p: float, expected: int) -> None:
    assert kept(decoding.top_p(LOGITS, np.float32(p))) == [True] * expected + [False] * (4 - expected)


@pytest.mark.parametrize(("share", "expected"), [(0.0, 4), (0.19, 4), (0.21, 3), (0.49, 2), (0.51, 1), (1.0, 1)])
def test_min_p_is_a_share_of_the_largest(share: float, expected: int) -> None:
    assert sum(kept(decoding.min_p(LOGITS, np.float32(share)))) == expected


def test_the_repetition_penalty_lowers_used_tokens_whatever_their_sign() -> None:
    logits, used = np.array([[2.0, -1.0, 0.5]]), np.array([[True, True, False]])
    assert np.asarray(decoding.repetition_penalty(logits, used, 2.0)).tolist() == [[1.0, -2.0, 0.5]]
    assert np.asarray(decoding.repetition_penalty(logits, used, 1.0)).tolist() == logits.tolist()


def test_neutral_settings_change_nothing_and_rules_compose_in_their_order() -> None:
    used = np.zeros((1, 4), bool)
    neutral = {name: np.float32(value) for name, value in Decoding(temperature=1.0).numbers().items()}
    assert np.array_equal(filtered(LOGITS, neutral, used), LOGITS)
    strict = neutral | {"temperature": np.float32(0.5), "top_k": np.float32(3), "top_p": np.float32(0.9), "min_p": np.float32(0.3)}
    squared = np.array([0.25, 0.0625, 0.0225, 0.01])  # temperature 0.5 squares; top-k drops the last, top-p the third, min-p the second
    assert kept(filtered(LOGITS, strict, used)) == [True, False, False, False]
    assert squared[1] / squared[0] < 0.3 < squared[1] / squared[0] + 0.1


def test_the_largest_of_logits_and_gumbel_noise_is_a_draw_from_the_softmax() -> None:
    noise = gumbel(np.random.default_rng(0), 20_000, 4)
    drawn = np.bincount((LOGITS + noise).argmax(axis=1), minlength=4) / 20_000
    assert np.abs(drawn - [0.5, 0.25, 0.15, 0.1]).max() < 0.015  # 4 standard errors
    assert np.array_equal(noise[:7], gumbel(np.random.default_rng(0), 7, 4))


def test_beam_search_with_enough_beams_finds_the_best_of_all_texts() -> None:
    rng = np.random.default_rng(1)
    table = np.log(rng.dirichlet(np.ones(3), size=3))  # log p(next | last), the first text begins with 0
    scores, texts = np.array([0.0] + [-np.inf] * 8), [[0]] * 9
    for _ in range(3):
        parents, chosen, scores = beam_step(scores, np.array([table[text[-1]] for text in texts]))
        texts = [[*texts[parent], int(token)] for parent, token in zip(parents, chosen, strict=True)]
    every = {text: sum(table[a, b] for a, b in itertools.pairwise((0, *text))) for text in itertools.product(range(3), repeat=3)}
    best = max(every, key=lambda text: every[text])
    assert tuple(texts[0][1:]) == best and scores[0] == pytest.approx(every[best])
    assert (np.diff(scores) <= 0).all()


@pytest.mark.parametrize("wrong", [{"temperature": -1}, {"temperature": 1e9}, {"temperature": "hot"}, {"top_p": 1.5}, {"length": 0}, {"beams": 99}])
def test_settings_out_of_range_are_refused_in_one_sentence(wrong: dict) -> None:
    with pytest.raises(Refusal, match="must be"):
        Decoding.from_dict(wrong)
