"""Shares from few labels, agreement of raters: golden values from papers, and coverage on simulated audits."""

from __future__ import annotations

import numpy as np
import pytest

from genmodels.bench.coverage_of_shares import (
    COMBINATIONS,
    HEADING,
    READERS,
    apart,
    covered,
    section,
    table,
    with_section,
)
from genmodels.bench.turns import ROOT
from genmodels.estimates.agreement import agreement_with_oneself, krippendorff_alpha
from genmodels.estimates.estimate import Estimate
from genmodels.estimates.prediction_powered import (
    Guesses,
    best_weight,
    difference,
    needed,
    prediction_powered,
    share,
    wilson,
)
from genmodels.refusal import Refusal


@pytest.mark.parametrize("name", [name for name, reader in READERS.items() if reader])
def test_intervals_hold_whatever_the_reader(name: str) -> None:
    """300 audits: within 93 to 97 % as far as these can tell (three standard errors)."""
    found = covered(name, 0.2, 200, 300)
    assert 0.93 - 0.035 <= found.coverage <= 0.97 + 0.025, found
    assert found.width < 1.05 and (found.width < 0.7) == (name in ("perfect", "1 % wrong", "good"))


def test_the_page_has_the_part_once() -> None:
    rows = [covered("good", 0.1, 100, 5), covered("no reader", 0.1, 100, 5)]
    page = with_section("# How often\n\ntext\n", section(rows))
    assert with_section(page, section(rows)) == page and page.count(HEADING) == 1 and page.startswith("# How often\n\ntext\n\n## Shares")
    assert "| 0.1 | 100 |" in table(rows) and (ROOT / "docs" / "coverage.md").read_text().count(HEADING) == 1


def test_the_estimator_is_that_of_the_peer() -> None:
    """Over 40 simulated audits, value and both bounds, where `make bench` has made the peer's environment."""
    found = apart()
    if isinstance(found, str):
        pytest.skip(found)
    assert found < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(("expected", "n"), COMBINATIONS)
def test_intervals_hold_in_93_to_97_of_100_audits(name: str, expected: float, n: int) -> None:
    """1,000 audits, three standard errors of the simulation. Of few positives a reader without error keeps more: its errors can't be seen to be none."""
    found = covered(name, expected, n)
    assert found.coverage >= 0.93 - 0.024
    assert found.coverage <= 0.97 + 0.016 or (name in ("perfect", "1 % wrong") and n * expected <= 10)


def test_the_published_estimate() -> None:
    """ppi-python 0.2.3 gave these for the same numbers (`ppi_mean_pointestimate`, `ppi_mean_ci`, alpha 0.05)."""
    labels = np.array([1, 0, 0, 1, 0, 1, 0, 0, 0, 1], float)
    guesses = Guesses(np.array([0.9, 0.2, 0.1, 0.7, 0.4, 0.6, 0.3, 0.1, 0.2, 0.3]), np.linspace(0, 1, 25) ** 2)
    found = prediction_powered(labels, guesses)
    assert (found.value, found.low, found.high) == pytest.approx(GOLDEN, abs=1e-6)
    assert prediction_powered(labels, guesses, 0.0).value == labels.mean()
    assert 0 <= best_weight(labels, guesses) <= 1


GOLDEN = (0.36936952867532813, 0.12861763831345233, 0.610121419037204)


def test_without_guesses_it_is_the_interval_of_wilson() -> None:
    """Newcombe 1998, table I, method 3: 81 of 263 and 15 of 148, 1 of 29."""
    for k, n, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (1, 29, 0.0061, 0.1718)):
        found = share(np.repeat([1.0, 0.0], [k, n - k]))
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4) and found.n == n


def test_the_difference_of_two_shares() -> None:
    """Newcombe 1998 (interval estimation for the difference), method 10: 56/70 - 48/80 is 0.2, from 0.0524 to 0.3339."""
    first, second = (share(np.repeat([1.0, 0.0], [k, n - k])) for k, n in ((56, 70), (48, 80)))
    found = difference(first, second)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)


def test_prompts_as_strata_narrow_and_as_clusters_widen() -> None:
    rng = np.random.default_rng(3)
    prompts = np.repeat(np.arange(20), 15)
    labels = (rng.random(300) < np.where(prompts % 2, 0.9, 0.1)).astype(float)
    plain, strata, clusters = share(labels), share(labels, strata=prompts), share(labels, clusters=prompts)
    assert strata.high - strata.low < 0.75 * (plain.high - plain.low) < 0.5 * (clusters.high - clusters.low)
    alike = share((rng.random(300) < 0.3).astype(float), strata=prompts)
    assert alike.high - alike.low == pytest.approx(0.103, abs=0.01), "prompts that don't differ change nothing"
    none, ten = share(np.zeros(100), clusters=np.arange(100) // 10), share(np.zeros(10))
    assert (none.value, none.low, none.high) == (0, 0, pytest.approx(ten.high)), "where all labels are alike those of a prompt may count as one"


@pytest.mark.parametrize("way", ["strata", "clusters"])
def test_intervals_hold_by_prompt(way: str) -> None:
    """Ten prompts whose shares differ are these ten (strata), or ten of all there are (clusters)."""
    shares, held = np.linspace(0.05, 0.75, 10), 0
    for seed in range(300):
        rng = np.random.default_rng([seed, 5])
        of = shares if way == "strata" else rng.beta(1.5, 2.5, 30)
        prompts = np.repeat(np.arange(len(of)), 200 // len(of))
        labels = (rng.random(len(prompts)) < of[prompts]).astype(float)
        found = share(labels, **{way: prompts})
        held += found.low <= (shares.mean() if way == "strata" else 0.375) <= found.high
    assert 0.93 - 0.035 <= held / 300 <= 0.97 + 0.02


def test_how_many_labels_are_needed() -> None:
    """In simulated audits at that n the share beyond the limit is found in nine of ten."""
    for limit, effect in ((0.05, 0.05), (0.5, 0.1), (0.0, 0.02)):
        n = needed(limit, effect)
        assert n is not None
        counts = np.random.default_rng(1).binomial(n, limit + effect, 2000)
        assert np.mean([wilson(k / n, n)[0] > limit for k in counts]) == pytest.approx(0.9, abs=0.03)
    assert needed(0.5, 0.001, most=1000) is None


@pytest.mark.parametrize("labels", [[], [1.0], [0.5, np.nan], [2.0, 0.0]])
def test_what_are_no_labels_is_refused(labels: list[float]) -> None:
    with pytest.raises(Refusal, match="label"):
        share(np.array(labels))
    with pytest.raises(Refusal, match="guesses"):
        share(np.array([0.0, 1.0]), Guesses(np.zeros(3), np.zeros(5)))


# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C: four observers, twelve units.
OBSERVERS = [
    ["1", "2", "3", "3", "2", "1", "4", "1", "2", "", "", ""],
    ["1", "2", "3", "3", "2", "2", "4", "1", "2", "5", "", "3"],
    ["", "3", "3", "3", "2", "3", "4", "2", "2", "5", "1", ""],
    ["1", "2", "3", "3", "2", "4", "4", "1", "2", "5", "1", ""],
]


def test_alpha_of_the_paper() -> None:
    found = krippendorff_alpha(OBSERVERS)
    assert found.value == pytest.approx(0.743, abs=5e-4) and found.n == 11
    assert found.low < 0.6 and found.high > 0.85 and krippendorff_alpha(OBSERVERS) == found
    two = krippendorff_alpha([list("aaabbaabba"), list("aaabbabbba")])  # one of ten differs; o = 2, n = 20, 9 and 11 by name
    assert two.value == pytest.approx(1 - 19 * 2 / (20**2 - 9**2 - 11**2))


def test_alpha_needs_two_raters_and_two_names() -> None:
    with pytest.raises(Refusal, match="two people"):
        krippendorff_alpha([["a", "b", ""], ["", "", "b"]])
    with pytest.raises(Refusal, match="by chance|from chance"):
        krippendorff_alpha([["a", "a"], ["a", "a"]])
    with pytest.raises(Refusal, match="shown twice"):
        agreement_with_oneself([], [])
    assert isinstance(agreement_with_oneself(["a", "b", "a"], ["a", "b", "b"]), Estimate)
