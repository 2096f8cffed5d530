"""Measures of texts against cases that can be worked out by hand."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from genmodels.kinds.spec import Spec
from genmodels.kinds.text.examples import Texts
from genmodels.kinds.text.ngram import NGram
from genmodels.kinds.text.tokens import Tokens, escape_bits
from genmodels.measuring.texts import _likelihoods
from genmodels.metrics.texts import bits_per_character, distinct, parse_share, parses, perplexity
from genmodels.models.recipe import MODELS
from genmodels.refusal import Refusal
from genmodels.runs.run import Run

TOKENS = np.array([0, 1, 2, 1, 2, 1, 3, 0, 1, 2, 2, 0])


def test_witten_bell_by_hand_for_two_tokens() -> None:
    pairs = NGram(TOKENS, 4, order=2)
    single = np.array([3 + 4 / 4, 4 + 4 / 4, 4 + 4 / 4, 1 + 4 / 4]) / (12 + 4)  # all four kinds occur
    assert np.allclose(pairs.following(np.array([], int)), single)
    after_one = (np.array([0, 0, 3, 1]) + 2 * single) / (4 + 2)  # 1 is followed by 2 three times and by 3 once
    assert np.allclose(pairs.following(np.array([3, 1])), after_one)
    assert np.allclose(pairs.log_likelihood(np.array([1, 2, 3])), np.log([after_one[2], pairs.following(np.array([2]))[3]]))


@pytest.mark.parametrize("context", [[], [0], [1, 2], [3, 3, 3, 3], [0, 1, 2, 1, 2, 1], [2, 2, 0, 3]])
def test_probabilities_add_up_and_agree_with_the_likelihood(context: list[int]) -> None:
    fives = NGram(TOKENS, 4)
    p = fives.following(np.array(context, int))
    assert p.sum() == pytest.approx(1) and (p > 0).all()
    if context:
        assert np.allclose([fives.log_likelihood(np.array([*context, token]))[-1] for token in range(4)], np.log(p))


def test_it_learns_what_repeats_and_its_samples_are_documents() -> None:
    fives = NGram(np.tile([0, 1, 2, 3], 200), 4)
    assert np.exp(fives.log_likelihood(np.tile([0, 1, 2, 3], 5))).min() > 0.9
    assert fives.sample(np.random.default_rng(0), 50, temperature=0.5).tolist() == [1, 2, 3]
    with pytest.raises(Refusal, match="can't be counted"):
        NGram(TOKENS, 100_000)


def test_bits_and_perplexity_of_a_fair_coin() -> None:
    nats = np.full((10, 8), math.log(2))
    bits = bits_per_character(nats.sum(1), np.full(10, 8))
    assert bits.value == pytest.approx(1) and bits.low == pytest.approx(1) and bits.n == 10
    assert perplexity(nats).value == pytest.approx(2)
    uneven = bits_per_character(np.array([1.0, 9.0]) * math.log(2), np.array([1, 3]))
    assert uneven.value == pytest.approx(2.5)  # of sums, not a mean of ratios


def test_distinct_is_within_a_text_and_short_ones_do_not_count() -> None:
    assert distinct(["a b c d", "a a a a"], 1).value == pytest.approx((1 + 1 / 4) / 2)
    assert distinct(["a b a b", "a b c d", "a"], 2).value == pytest.approx((2 / 3 + 1) / 2)
    assert distinct(["a", "b"], 3) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("def f():\n    return 1", True), ("def f(:", False), ("", False), ("   \n# only a comment", False), ("x = '\\d'", True),
     ("(" * 5000, False), ("x\x00", False)],
)  # fmt: skip
def test_what_parses(text: str, expected: bool) -> None:
    assert parses(text) is expected


def test_the_share_that_parses_has_an_exact_interval() -> None:
    share = parse_share(["x = 1"] * 3 + ["x ="])
    assert share.value == 0.75 and share.low == pytest.approx(0.194, abs=1e-3) and share.high == pytest.approx(0.994, abs=1e-3)


def test_a_trained_model_is_measured_beside_its_floor(trained, tmp_path) -> None:
    import shutil
    from pathlib import Path

    from genmodels.measuring.measure import measure_run

    run = Run(Path(shutil.copytree(trained("transformer"), tmp_path / "copy")))
    document = measure_run(run, n=4, seed=1)
    rows = {row["metric"]: row for row in document["measures"]}
    ours, theirs, less = (rows[name]["value"] for name in ("bits per character", "bits per character of a 5-gram", "bits per character of a 5-gram, less the model's"))
    assert less == pytest.approx(theirs - ours) and 0 < theirs < 8
    assert run.findings()["measures"] == document["measures"] and "parses" not in rows
    last = run.history["held_out_loss"].dropna().iloc[-1]
    assert rows["perplexity"]["value"] == pytest.approx(math.exp(last), rel=1e-3)
    with pytest.raises(Refusal, match="No metric is called 'kid'"):
        measure_run(run, ["kid"])


def test_what_an_escape_costs_by_hand() -> None:
    rest = math.log2(1_112_064 - 2)
    assert escape_bits(3, 1, 2) == pytest.approx(math.log2((3 + 1) * 3) + rest)  # one of three, anywhere: 4 C(3, 1)
    assert escape_bits(4, 2, 2) == pytest.approx(math.log2((4 + 1) * 6) / 2 + rest)
    assert escape_bits(1000, 0, 2) == 0


def test_characters_that_no_training_held_are_found_where_they_stand() -> None:
    tokens = Tokens.learned(["abba"], "character", 0)
    documents = ["aéb", "é", "ab\U0001f98a"]
    row = tokens.encode_all(documents)
    assert row.tolist() == [0, 1, 2, 0, 0, 1, 2, 0] and tokens.unseen(documents).tolist() == [2, 4, 7]
    assert len(tokens.unseen([])) == len(tokens.unseen(["ab"])) == 0
    assert len(Tokens.learned(["abba"], "byte-pair", 258).unseen(documents)) == 0


def test_bits_per_character_count_what_no_training_held() -> None:
    """A model that knows nothing: every token of three has a third, so log2 3 bits; each stranger costs its escape."""
    tokens = Tokens.learned(["ab"], "character", 0)
    documents = ("abééab", "ba" * 3, "abé")
    row = tokens.encode_all(documents)
    held_out = Texts(documents, row, context=len(row) - 1)
    scored = SimpleNamespace(scored=lambda networks: lambda windows: np.full((len(windows), windows.shape[1] - 1), math.log(3)))
    generator = SimpleNamespace(recipe=scored, networks={}, tokens=tokens)
    floor = NGram(np.tile([0, 1, 2], 20), 3)
    rows = {name: (estimate, protocol) for name, estimate, *_, protocol in _likelihoods(generator, SimpleNamespace(test=held_out), floor)}
    estimate, protocol = rows["bits per character"]
    assert estimate.value == pytest.approx(((len(row) - 1) * math.log2(3) + 3 * escape_bits(15, 3, 2)) / 15)
    assert f"3 of 15 characters, which no training text held, at {escape_bits(15, 3, 2):.1f} bits each" in protocol
    less = rows["bits per character of a 5-gram, less the model's"][0].value
    assert less == pytest.approx(rows["bits per character of a 5-gram"][0].value - estimate.value)  # the same escape on both sides
    learner = SimpleNamespace(spec=Spec("text", (8,), 0, tokens.vocabulary), networks={}, kept=lambda name, make: scored.scored({}))
    assert MODELS["transformer"]().evaluate(learner, held_out, None)["bits_per_character"] == pytest.approx(estimate.value)
