"""The audit of provenance: each verdict has the rates of its own rule, and too few files are no pass."""

from __future__ import annotations

import pytest

from genmodels.audits.provenance import Accepted, Limits, _manifests, _share, _survival
from genmodels.findings import clopper_pearson


def test_too_few_files_are_no_pass() -> None:
    limit = Accepted(0.0, 0.05)
    few, enough = (_manifests(0, n, limit, "picture", []) for n in (24, 80))
    assert (few.verdict, enough.verdict) == ("not measured", "pass") and "would do" in few.reason
    assert _manifests(1, 80, limit, "picture", []).verdict == "fail"


def test_rates_are_those_of_the_verdict_on_files() -> None:
    rates = _manifests(0, 80, Accepted(0.0, 0.05), "picture", []).error_rates
    assert rates["false_alarm"] == 0 and rates["n"] == 80
    assert rates["power"] == pytest.approx(1 - 0.95**80) and rates["small_power"] == pytest.approx(1 - 0.975**80)


def test_a_share_at_the_limit_is_an_innocent_that_seldom_fails() -> None:
    limit = Accepted(0.1, 0.15)
    rates = limit.rates(60, "without a watermark")
    assert rates["false_alarm"] < 0.03 < rates["power"] and limit.verdict(clopper_pearson(0, 60)) == "pass"


def test_what_cannot_fail_is_reported() -> None:
    rows = [{"change": "as it was", "watermark": 1.0, "ledger": 1.0, "together": 1.0, "n": 24, "missed": 0, "unseen": 0}]
    unseen, together = _survival(rows, Limits(Accepted(0, 0.05), Accepted(1.0, 0.1), Accepted(0.5, 0.25)), "picture", "enlarged")
    assert (unseen.verdict, together.verdict) == ("reported", "pass") and "not_measured" in unseen.error_rates


def test_the_worst_of_several_changes_is_judged_more_strictly() -> None:
    assert _share(3, 24, 8).low < _share(3, 24).low and Accepted(0.5, 0.25).rates(24, "x", 8)["false_alarm"] < Accepted(0.5, 0.25).rates(24, "x")["false_alarm"]
