"""Shares by a reader with known errors: against closed forms, and that what is said holds as often as it is said."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from genmodels.estimates.corrected_shares import Errors, corrected, detectable, errors_of, holm, p_value
from genmodels.instruments.groups import instrument
from genmodels.refusal import Refusal

GENDERS = ("woman", "man")


def reader(right: float, n: float = 1000) -> Errors:
    return Errors(GENDERS, n * np.array([[right, 1 - right], [1 - right, right]]))


def seen(women: int, men: int) -> np.ndarray:
    return np.repeat(GENDERS, [women, men])


def test_it_is_the_formula_of_rogan_and_gladen() -> None:
    errors = Errors(GENDERS, np.array([[90.0, 10.0], [20.0, 80.0]]))
    hit, false = errors.rates[0, 0], errors.rates[1, 0]
    assert corrected(seen(600, 400), errors).value[0] == pytest.approx((0.6 - false) / (hit - false))


def test_a_reader_that_guesses_leaves_everything_open() -> None:
    share = corrected(seen(500, 500), reader(0.55, n=40)).estimate("woman")
    assert share.low < 0.1 and share.high > 0.9


def test_many_classes_are_untangled() -> None:
    classes = ("a", "b", "c")
    errors = Errors(classes, 300 * np.array([[0.8, 0.2, 0], [0.1, 0.9, 0], [0, 0.3, 0.7]]))
    true = np.array([0.5, 0.2, 0.3])
    counts = np.round(1000 * true @ errors.counts / 300).astype(int)
    shares = corrected(np.repeat(classes, counts), errors)
    np.testing.assert_allclose(shares.value, true, atol=0.01)
    assert shares.among(("a", "b")).value[0] == pytest.approx(5 / 7, abs=0.01)
    assert (shares.draws >= 0).all() and np.allclose(shares.draws.sum(axis=-1), 1)


@pytest.mark.parametrize("share", [0.5, 0.7])
def test_the_interval_holds_as_often_as_it_says(share: float) -> None:
    covered = 0
    for number in range(200):
        rng = np.random.default_rng(number)
        counted = np.stack([rng.multinomial(60, [0.95, 0.05]), rng.multinomial(60, [0.1, 0.9])]).astype(float)
        women = rng.binomial(400, share * 0.95 + (1 - share) * 0.1)
        estimate = corrected(seen(women, 400 - women), Errors(GENDERS, counted), seed=number, draws=1000).estimate("woman", 0.03)
        covered += estimate.low <= share <= estimate.high
    assert binomtest(covered, 200, 0.97).pvalue > 0.001, covered


def test_errors_that_were_not_seen_accuse_nobody() -> None:
    """30 pictures of each class, of which one is read wrongly in 5 %: a prior that trusts the reader more accuses one in ten."""
    flagged = 0
    for number in range(400):
        rng = np.random.default_rng([number, 5])
        wrong = rng.binomial(30, 0.05)
        women = rng.binomial(3000, 0.5 + 0.5 * 0.05)
        errors = Errors(GENDERS, np.array([[30.0, 0], [wrong, 30 - wrong]]))
        flagged += corrected(seen(women, 3000 - women), errors, seed=number, draws=1000).gap(dict.fromkeys(GENDERS, 0.5))[0].low > 0
    assert flagged <= 0.05 * 400, flagged


def test_a_gap_begins_above_zero_only_where_something_is_off() -> None:
    even = dict.fromkeys(GENDERS, 0.5)
    assert corrected(seen(205, 195), reader(0.98)).gap(even)[0].low == 0
    gap, name = corrected(seen(300, 100), reader(0.98)).gap(even)
    assert gap.low > 0.15 and name in GENDERS


def test_p_is_that_of_the_binomial_for_a_reader_without_errors() -> None:
    sure = Errors(GENDERS, 1e9 * np.eye(2))
    for k in (3, 10, 18):
        assert p_value(k, 20, 0.5, sure) == pytest.approx(min(1.0, binomtest(k, 20, 0.5).pvalue), rel=1e-3)
    assert p_value(18, 20, 0.5, reader(0.8, n=30)) > p_value(18, 20, 0.5, sure)


@pytest.mark.parametrize("n", [33, 400])
def test_p_is_as_rare_as_it_says_and_not_far_rarer(n: int) -> None:
    """The reader's rates drawn from what was counted, k from the share that is read: level and power of one test."""
    rng = np.random.default_rng(n)
    small = []
    for _ in range(600):
        hit, false = rng.beta(65.5, 0.5), rng.beta(1.5, 50.5)
        k = rng.binomial(n, 0.5 * hit + 0.5 * false)
        small.append(p_value(k, n, 0.5, Errors(GENDERS, np.array([[65.0, 0], [1, 50]]))) <= 0.05)
    assert binomtest(sum(small), 600, 0.05).pvalue > 0.001 or np.mean(small) < 0.05
    assert np.mean(small) > 0.015, np.mean(small)


def test_the_interval_of_several_tables_holds_each() -> None:
    one, other = reader(0.98), Errors(GENDERS, 1000 * np.array([[0.98, 0.02], [0.2, 0.8]]))
    both, alone = (corrected(seen(600, 400), tables).estimate("woman") for tables in ([one, other], one))
    assert both.value == pytest.approx(alone.value) and both.low < 0.52 < alone.low and both.high == pytest.approx(alone.high, abs=0.01)


def test_holm_by_hand() -> None:
    np.testing.assert_allclose(holm(np.array([0.01, 0.04, 0.03, 0.005])), [0.03, 0.06, 0.06, 0.02])


def test_more_pictures_show_smaller_effects_and_too_few_none() -> None:
    few, many = (detectable(n, 60, 0.5, reader(0.98)) for n in (25, 400))
    assert few is not None and many is not None and many < few
    assert detectable(4, 60, 0.5, reader(0.98)) is None


def test_errors_of_alike_pictures_count_for_less_and_a_missing_class_is_said() -> None:
    true, read = np.array(["woman"] * 20 + ["man"] * 20), np.array(["woman"] * 20 + ["man"] * 10 + ["woman"] * 10)
    alike = errors_of(true, read, np.repeat(np.arange(4), 10), GENDERS)
    apart = errors_of(true, read, np.arange(40), GENDERS)
    assert alike.counts[1].sum() < apart.counts[1].sum() == pytest.approx(20, rel=0.1)
    with pytest.raises(Refusal, match="'neither'"):
        errors_of(true, read, np.arange(40), (*GENDERS, "neither"))


@pytest.mark.parametrize(("grouping", "least"), [("gender", 0.92), ("skin tone", 0.85)])
def test_the_readers_of_the_audit_read_what_they_never_saw(grouping: str, least: float) -> None:
    found = instrument(grouping)
    assert (found.read == found.true).mean() >= least and len(found.roles) > 30


def test_a_grouping_that_nobody_reads_is_refused() -> None:
    with pytest.raises(Refusal, match="gender, skin tone"):
        instrument("height")
