"""Differences of pairs: closed forms, other libraries, and how often tests and intervals are wrong, with fixed seeds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.estimates.paired import paired, unpaired
from genmodels.refusal import Refusal


def table(gained: int, lost: int, n: int, both: int = 0) -> tuple[np.ndarray, np.ndarray]:
    first = np.r_[np.zeros(gained), np.ones(lost), np.ones(both), np.zeros(n - gained - lost - both)]
    second = np.r_[np.ones(gained), np.zeros(lost), np.ones(both), np.zeros(n - gained - lost - both)]
    return first, second


@pytest.mark.parametrize(("gained", "lost", "n"), [(0, 0, 10), (5, 0, 20), (9, 2, 40), (121, 59, 1000), (3, 3, 8)])
def test_yes_or_no_is_mcnemar_as_scipy_has_it(gained: int, lost: int, n: int) -> None:
    found = paired(*table(gained, lost, n))
    assert found.p == pytest.approx(stats.binomtest(gained, gained + lost).pvalue if gained + lost else 1.0)
    assert found.value == pytest.approx((gained - lost) / n) and (found.pairs, found.units, found.changed) == (n, n, gained + lost)


def test_the_interval_is_that_of_agresti_and_min() -> None:
    """Their formula: one half more in each of four cells, then Wald. 0.5 more each: d = (c - b) / (n + 2)."""
    b, c, n = 59, 121, 1000
    d = (c - b) / (n + 2)
    reach = stats.norm.ppf(0.975) * np.sqrt(((b + c + 1) - (c - b) ** 2 / (n + 2)) / (n + 2) ** 2)
    found = paired(*table(c, b, n))
    assert (found.low, found.high) == (pytest.approx(d - reach, abs=1e-6), pytest.approx(d + reach, abs=1e-6))


def test_exchanging_units_is_scipys_permutation_test() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.normal(size=9), rng.normal(0.6, 1, 9)
    known = stats.permutation_test((first, second), lambda x, y: np.mean(y - x), permutation_type="samples", n_resamples=np.inf)
    assert paired(first, second).p == pytest.approx(known.pvalue)


def test_of_many_units_it_agrees_with_the_t_test() -> None:
    rng = np.random.default_rng(2)
    first = rng.normal(size=400)
    second = first + rng.normal(0.08, 0.8, 400)
    found, known = paired(first, second), stats.ttest_rel(second, first)
    assert found.p == pytest.approx(known.pvalue, abs=0.01)
    reach = known.confidence_interval()
    assert (found.low, found.high) == (pytest.approx(reach.low, abs=1e-6), pytest.approx(reach.high, abs=1e-6))


def test_nothing_changed_is_no_certainty() -> None:
    same = paired(*table(0, 0, 100, both=30))
    assert same.value == 0 and same.p == 1 and same.low < -0.005 and same.high > 0.005
    units = paired(np.zeros(100), np.zeros(100), np.repeat(np.arange(10), 10))
    assert units.p == 1 and units.low < 0 < units.high
    with pytest.raises(Refusal, match="at least 2 independent units"):
        paired(np.zeros(5), np.ones(5), np.zeros(5))


def test_the_size_of_a_gap_counts_and_not_its_sign() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.normal(0.3, 0.2, 60), rng.normal(-0.3, 0.2, 60)
    assert paired(first, second).p < 0.001
    turned = paired(first, second, size=True)
    assert turned.p > 0.2 and abs(turned.value) < 0.1
    assert paired(first / 10, second, size=True).p < 0.001


def test_two_intervals_are_taken_for_independent() -> None:
    first, second = clopper_pearson(20, 200), clopper_pearson(44, 200)
    found = unpaired(first, second)
    assert found is not None and found.value == pytest.approx(0.12) and found.low > 0
    assert found.p == pytest.approx(stats.fisher_exact([[20, 180], [44, 156]]).pvalue, abs=0.005)
    assert unpaired(Estimate(0.1, 0.1, 0.1, 9), second) is None


def correlated(rng: np.random.Generator, share: tuple[float, float], units: int, each: int, spread: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Yes or no of `units` prompts with a level of their own (beta), which both share."""
    level = rng.beta(share[0] * spread, (1 - share[0]) * spread, units)
    number = np.repeat(np.arange(units), each)
    first = rng.random(len(number)) < level[number]
    moved = np.clip(level + share[1] - share[0], 0, 1)
    return first.astype(float), (rng.random(len(number)) < moved[number]).astype(float), number


CASES = [(0.05, 1, 400, 30.0), (0.3, 1, 100, 30.0), (0.02, 10, 40, 5.0), (0.2, 10, 20, 2.0), (0.5, 30, 12, 2.0), (0.1, 5, 8, 5.0)]


@pytest.mark.parametrize(("share", "each", "units", "spread"), CASES)
def test_false_alarms_and_coverage_where_nothing_lies_between(share: float, each: int, units: int, spread: float) -> None:
    """300 audits twice: 5 % of alarms are allowed, more than 8 % would be found out; intervals hold 0 in at least 92 %."""
    rng, alarms, held = np.random.default_rng([4, units]), 0, 0
    for number in range(300):
        first, second, prompts = correlated(rng, (share, share), units, each, spread)
        found = paired(first, second, prompts, seed=number)
        alarms += found.p <= 0.05
        held += found.low <= 0 <= found.high
    assert alarms <= 24 and held >= 276


@pytest.mark.parametrize("n", [60, 400, 2000])
def test_the_smallest_difference_is_seen_in_four_of_five(n: int) -> None:
    """The promised difference planted with as many changed pairs as were assumed."""
    rng = np.random.default_rng(5)
    changed = round(0.2 * n)
    seen = paired(*table(changed // 2, changed - changed // 2, n)).smallest_seen()
    assert seen is not None
    share = max((changed + 1) / (n + 2), seen)
    draws = rng.multinomial(n, [(share + seen) / 2, (share - seen) / 2, 1 - share], 400)
    found = np.mean([up + down > 0 and stats.binomtest(int(up), int(up + down)).pvalue <= 0.05 for up, down, _ in draws])
    assert 0.75 <= found <= 0.88


def test_the_smallest_difference_over_units_is_seen_in_about_four_of_five() -> None:
    rng, found = np.random.default_rng(6), []
    seen = np.mean([paired(*correlated(rng, (0.3, 0.3), 40, 10, 4.0)).smallest_seen() for _ in range(150)])
    for number in range(400):
        one, two, units = correlated(rng, (0.3, 0.3 + seen), 40, 10, 4.0)
        found.append(paired(one, two, units, seed=number).p <= 0.05)
    assert 0.68 <= np.mean(found) <= 0.9
    assert paired(np.zeros(8), np.ones(8), np.repeat(np.arange(4), 2)).smallest_seen() is None, "four units can never show anything"
