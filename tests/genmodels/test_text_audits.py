"""Copied texts, pronouns, pairs and regard: what is found, what is not, and the rates that stand beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from genmodels.audits.audit import AUDITS
from genmodels.audits.bias_of_text import BiasOfTextOptions
from genmodels.checks import pronouns, regard, sentence_pairs
from genmodels.checks.copied_passages import Words, altered, chance, words
from genmodels.data.dataset import DATA, Dataset
from genmodels.subjects.planted import Writer
from genmodels.subjects.subject import Subject
from genmodels.verdicts.finding import Finding, verdict_of

Change = Callable[[str, float], float]


@lru_cache
def sentences(skew: float = 1.0, canaries: int = 0) -> Dataset:
    return DATA["occupations"](n=3000, skew=skew, canaries=canaries).load()


def found(audit: str, part: str, writer: Writer, data: Dataset, **limits: float) -> Finding:
    findings: list[Finding] = AUDITS[audit](Subject(writer, data, n=400), **limits)
    return next(finding for finding in findings if finding.part == part)


def writes(skew: float, change: Callable[[int, str], float]) -> Writer:
    """A writer whose P(she) is planted: a function of the number and the name of an occupation."""
    writer = Writer(sentences(skew))
    writer.she = {job: change(i, job) for i, job in enumerate(writer.she)}
    return writer


# Copied texts


def test_words_are_the_same_however_they_are_wrapped() -> None:
    assert words("The  Nurse\nsaid:\tNo.") == words("the nurse said: no.")


@pytest.mark.parametrize(("copies", "verdict"), [(0.0, "pass"), (0.1, "fail"), (0.3, "fail"), (1.0, "fail")])
def test_a_tenth_of_texts_copied_whole_is_seen(copies: float, verdict: str) -> None:
    finding = found("extraction", "longest", Writer(sentences(), copies=copies), sentences())
    assert finding.verdict == verdict, finding.claim
    rates = finding.error_rates
    assert rates is not None and rates["how"] == "in place" and rates["effect"] == pytest.approx(0.08)
    assert rates["power"] > 0.8 and rates["false_alarm_high"] < 0.05 < rates["small_power"] < rates["power"], "what is written has subjects of its own, which costs a tenth of the power"


@lru_cache
def documents() -> tuple[Words, list[str], list[np.ndarray]]:
    """Python's help as words, its held-out documents, and 200 training documents of 30 to 100 words."""
    data = DATA["python-docs"]().load()
    vocabulary = Words(data.train.documents)
    long = [document[:100] for document in vocabulary.documents if len(document) >= 30]
    return vocabulary, list(data.test.documents), [long[i] for i in np.random.default_rng(0).permutation(len(long))[:200]]


def test_copies_count_word_for_word_and_all_of_them_with_some_words_changed() -> None:
    vocabulary, held_out, copies = documents()
    lengths, rng = np.array([len(copy) for copy in copies]), np.random.default_rng(0)
    unseen = chance(vocabulary, held_out, lengths, 0)
    counted = {share: unseen.above(lengths, vocabulary.copied([altered(copy, share, rng) for copy in copies])) for share in (0.0, 0.1, 1 / 3)}
    assert counted[0.0].all() and unseen.flags.mean() < 0.04
    assert unseen.verdict(int(counted[0.1].sum()), 200, 0.02, 0.08) == "fail", "one word in ten changed, in all texts"
    assert counted[1 / 3].mean() < 0.1, "this is not seen by counting, and the claim says so"


def test_the_quick_verdict_is_that_of_the_estimate() -> None:
    vocabulary, held_out, copies = documents()
    unseen = chance(vocabulary, held_out, np.array([len(copy) for copy in copies]), 0)
    for k in (0, 1, 3, 5, 7, 9, 11, 13, 16, 20, 30, 200):
        estimate = unseen.estimate(k, 200)
        if min(abs(estimate.low - 0.02), abs(estimate.low)) > 2e-4 or estimate.low == 0:
            assert unseen.verdict(k, 200, 0.02, 0.08) == verdict_of(estimate, limit=0.02, warn=0.0, effect=0.08), k


def test_held_out_passages_of_one_module_are_alike() -> None:
    vocabulary, held_out, copies = documents()
    unseen = chance(vocabulary, held_out, np.array([len(copy) for copy in copies]), 0)
    assert unseen.independent < 0.7 * len(unseen.flags)


def test_held_out_texts_are_hardly_ever_accused() -> None:
    """Half of the held-out modules as what is written, the other half as what is unseen: 5 deals, none fails."""
    vocabulary, held_out, _ = documents()
    blocks = [held_out[i : i + 20] for i in range(0, len(held_out), 20)]
    verdicts = []
    for deal in range(5):
        order = np.random.default_rng(deal).permutation(len(blocks))
        mine, theirs = ([text for i in half for text in blocks[i]] for half in (order[::2], order[1::2]))
        rows = [row[:100] for text in mine if len(row := vocabulary.numbers(text)) >= 30][:100]
        lengths = np.array([len(row) for row in rows])
        unseen = chance(vocabulary, theirs, lengths, deal)
        verdicts.append(unseen.verdict(int(unseen.above(lengths, vocabulary.copied(rows)).sum()), len(rows), 0.02, 0.08))
    assert "fail" not in verdicts and verdicts.count("warn") <= 1, verdicts


@lru_cache
def by_heart() -> list[Finding]:
    data = sentences(canaries=5)
    return AUDITS["extraction"](Subject(Writer(data, copies=1.0), data, n=400))


@pytest.mark.parametrize(("part", "limit"), [("extracted", 0.1), ("canaries", 0.8), ("usual", 0.8)])
def test_rates_are_of_the_very_verdict(part: str, limit: float) -> None:
    finding = next(each for each in by_heart() if each.part == part)
    rates = finding.error_rates
    assert finding.verdict == "fail" and finding.limit == limit and rates is not None
    assert rates["false_alarm"] <= 0.1 and rates["small_power"] < rates["power"] <= 1 and any(row["crude"] and row["rate"] > 0.95 for row in rates["cases"])


# Pronouns


def test_single_occupations_are_tested_and_named() -> None:
    """Four occupations never she and the others even: a mean over 60 is .03 and hid them."""
    writer = writes(0.0, lambda i, job: 0.02 if i in (3, 9, 20, 41) else 0.5)
    finding = found("bias-of-text", "occupations", writer, sentences(0.0))
    assert finding.verdict == "fail" and "4 of 60" in finding.claim
    assert {row["occupation"] for row in finding.exhibits} == {job for i, job in enumerate(writer.she) if i in (3, 9, 20, 41)}
    assert found("bias-of-text", "parity", writer, sentences(0.0)).verdict == "pass"


@pytest.mark.parametrize(("she", "verdict"), [(0.5, "pass"), (0.42, "pass"), (0.38, "fail")])
def test_the_mean_over_occupations_is_judged_as_before(she: float, verdict: str) -> None:
    assert found("bias-of-text", "parity", writes(0.0, lambda i, job: she), sentences(0.0)).verdict == verdict


def test_a_strict_limit_says_that_it_accuses_what_training_leaves() -> None:
    rng = np.random.default_rng(4)
    uneven = [float(0.5 + 0.05 * rng.standard_normal()) for _ in range(60)]
    rates = {limit: found("bias-of-text", "parity", writes(0.0, lambda i, job: uneven[i]), sentences(0.0), parity=limit).error_rates for limit in (0.03, 0.1)}
    assert all(each is not None for each in rates.values())
    assert rates[0.03]["false_alarm"] > 0.6 and "as training leaves it" in rates[0.03]["innocent"] and rates[0.1]["false_alarm"] < 0.03  # type: ignore[index]


@pytest.mark.parametrize(("skew", "slope", "verdict", "said"), [(1.0, 1.0, "pass", "1.00"), (0.6, 1.33, "fail", "1.33"), (1.0, -1.0, "fail", "turned round"), (0.6, 0.5, "pass", "0.50")])
def test_amplified_and_turned_round(skew: float, slope: float, verdict: str, said: str) -> None:
    finding = found("bias-of-text", "amplification", Writer(sentences(skew), slope=slope), sentences(skew))
    assert finding.verdict == verdict and said in finding.claim and finding.error_rates is not None and finding.error_rates["power"] > 0.9


def test_templates_are_what_an_occupation_is_repeated_over() -> None:
    """Templates that differ widen the interval of a single occupation; of 300 models at the limit 2.5 % are accused."""
    rng = np.random.default_rng(5)
    accused = 0
    for _ in range(300):
        table = np.clip(0.7 + 0.08 * rng.standard_normal((60, 12)), 0, 1)
        estimate, adjusted = pronouns.farthest(table, 0.2)
        assert (estimate.low > 0.2) == bool((adjusted <= pronouns.LEVEL).any())
        accused += estimate.low > 0.2
    assert accused <= 16, "2.5 % of 300 are 8"


# Pairs and regard


def test_pairs_of_one_template_are_one_cluster(tmp_path: Path) -> None:
    rows = "".join(f"the {a} went to {place},the {b} went to {place} indeed,gender\n" for place in map("place{}".format, range(12)) for a, b in [(f"one{i}", f"two{i}") for i in range(6)])
    (tmp_path / "pairs.csv").write_text("sent_more,sent_less,bias_type\n" + rows)
    data = sentences()
    findings: list[Finding] = AUDITS["bias-of-text"](Subject(Writer(data), data, n=200), BiasOfTextOptions(pairs=str(tmp_path / "pairs.csv")))
    finding = next(each for each in findings if each.part == "pairs")
    assert "from 12 templates" in finding.claim and finding.estimate is not None and finding.estimate.n == 12
    assert finding.error_rates is not None and finding.error_rates["pools"] is not None


def test_independent_pairs_have_exact_rates() -> None:
    flags = np.random.default_rng(6).random(400) < 0.5
    rates = sentence_pairs._rates(flags, np.arange(400), 0.05, 0.1, 0)
    assert 0.01 < rates["false_alarm"] < 0.026 and rates["power"] > 0.95 and rates["repetitions"] is None


def test_regard_is_read_over_beginnings() -> None:
    """Scores that agree within a beginning: of 300 even tables the 95 % interval holds no difference in about 95 %."""
    rng, holds = np.random.default_rng(7), 0
    for _ in range(300):
        mood = rng.random((2, 20, 1)) < 0.5
        table = np.where(rng.random((2, 20, 5)) < 0.7, np.where(mood ^ (rng.random((2, 20, 5)) < 0.2), 1.0, -1.0), np.nan)
        holds += regard.difference(table).low == 0
    assert 0.91 < holds / 300 < 0.98


def test_a_planted_difference_of_regard_is_what_is_said() -> None:
    rng = np.random.default_rng(8)
    table = np.where(rng.random((2, 20, 5)) < 0.8, rng.choice([-1.0, 1.0], (2, 20, 5)), np.nan)
    rates = regard._rates(table, 0.2, 0.3, 0)
    assert rates["false_alarm"] < 0.06 and rates["small_power"] < rates["power"] and rates["how"] == "in place"
