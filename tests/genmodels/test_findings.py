"""Estimates, verdicts, policies: nothing unmeasured is a pass."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from scipy.stats import binomtest

from genmodels.estimates.estimate import Estimate, bootstrap, clopper_pearson
from genmodels.refusal import Refusal
from genmodels.verdicts.finding import Finding, document, judge, not_measured, overall


@pytest.mark.parametrize(("k", "n"), [(0, 20), (1, 20), (7, 20), (20, 20), (3, 1000)])
def test_clopper_pearson_agrees_with_scipy(k: int, n: int) -> None:
    ours, theirs = clopper_pearson(k, n), binomtest(k, n).proportion_ci(method="exact")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))
    assert ours.value == k / n and ours.n == n


def test_bootstrap_covers_the_mean_and_repeats() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(100):
        estimate = bootstrap(rng.standard_normal(50), repetitions=300)
        covered += estimate.low <= 0 <= estimate.high
    assert 87 <= covered <= 99  # 95 % less the known shortfall of the percentile interval at n = 50
    values = rng.standard_normal(50)
    assert bootstrap(values, np.median, seed=3) == bootstrap(values, np.median, seed=3)


@pytest.mark.parametrize(
    "numbers", [(np.nan, 0, 1, 5), (0.5, np.nan, 1, 5), (0.5, 0, np.inf, 5), (0.5, 1, 0, 5), (0.5, 0, 1, 0)]
)
def test_an_estimate_that_means_nothing_is_refused(numbers: tuple[float, float, float, int]) -> None:
    with pytest.raises(Refusal):
        Estimate(*numbers)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.31, 0.4, "fail"), (0.2, 0.35, "warn"), (0.0, 0.2, "pass"), (0.0, 0.32, "pass"), (0.0, 0.9, "not measured")],
)
def test_judge_looks_at_the_whole_interval(low: float, high: float, verdict: str) -> None:
    finding = judge(
        "a", "claim", Estimate((low + high) / 2, low, high, 10), limit=0.3, warn=0.1, effect=0.05, remedy="do"
    )
    assert finding.verdict == verdict
    assert bool(finding.remedy) == (verdict in ("fail", "warn"))
    assert bool(finding.reason) == (verdict == "not measured")


def test_a_check_that_cannot_fail_is_reported_without_a_verdict() -> None:
    found = judge("a", "claim", Estimate(0.9, 0.8, 1.0, 10), limit=1.0, effect=0.1)
    assert found.verdict == "reported" and not found.remedy
    assert overall([found]) == "not measured" and overall([found, finding("pass")]) == "pass"
    assert judge("a", "claim", Estimate(1.9, 1.8, 2.0, 10), limit=1.0, effect=0.1, most=np.inf).verdict == "fail"


@pytest.mark.parametrize(("k", "n", "limit"), [(0, 24, 0.0), (0, 60, 0.0), (3, 24, 0.1), (30, 200, 0.12)])
def test_too_few_says_how_many_would_do(k: int, n: int, limit: float) -> None:
    found = judge("a", "claim", clopper_pearson(k, n), limit=limit, effect=0.05)
    told = re.search("about ([0-9,]+) would do", found.reason)
    assert found.verdict == "not measured" and told
    wanted = int(told.group(1).replace(",", ""))
    enough = range(int(0.8 * wanted), int(2.5 * wanted))  # roughly, if the share stays where it is
    assert wanted > n and any(judge("a", "c", clopper_pearson(round(k / n * each), each), limit=limit, effect=0.05).verdict != "not measured" for each in enough)


def test_no_verdict_without_an_estimate() -> None:
    with pytest.raises(Refusal, match="unmeasured"):
        Finding("a", "claim", "pass")
    with pytest.raises(Refusal, match="Did you mean 'pass'"):
        Finding("a", "claim", "pas", Estimate(0, 0, 0, 1))


def finding(verdict: str, audit: str = "a") -> Finding:
    return Finding(audit, "claim", verdict, None if verdict == "not measured" else Estimate(0, 0, 1, 9))


@pytest.mark.parametrize(
    ("verdicts", "required", "expected"),
    [
        (["pass", "warn"], (), "warn"),
        (["pass", "fail", "not measured"], (), "fail"),
        (["pass", "not measured"], (), "pass"),
        (["not measured"], (), "not measured"),
        ([], (), "not measured"),
        (["pass", "not measured"], ("a",), "not measured"),
        (["pass"], ("a", "b"), "not measured"),
        (["fail"], ("b",), "fail"),
    ],
)
def test_overall(verdicts: list[str], required: tuple[str, ...], expected: str) -> None:
    assert overall([finding(verdict) for verdict in verdicts], required) == expected


def test_the_document_is_json_with_the_promised_keys() -> None:
    found = [
        judge("a", "claim", Estimate(0.2, 0.1, 0.3, 7), limit=0.05, exhibits=[{"sample": 1}]),
        not_measured("b", "claim", "too few"),
    ]
    read = json.loads(json.dumps(document("run-1", found, required=["c"])))
    assert read["verdict"] == "fail" and read["subject"] == "run-1"
    assert {"audit", "claim", "verdict", "estimate", "limit", "remedy", "calibration", "error_rates", "question", "made"} <= read["findings"][0].keys()
    assert read["findings"][0]["estimate"] == {"value": 0.2, "low": 0.1, "high": 0.3, "n": 7}
    assert read["findings"][1]["estimate"] is None
    assert [each["audit"] for each in read["not_measured"]] == ["b", "c"]
