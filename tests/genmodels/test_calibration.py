"""The error rates that stand beside verdicts: kept as measured, and good enough to rely on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from genmodels.audits.audit import AUDITS
from genmodels.calibration import calibrate
from genmodels.calibration.case import PLANTED
from genmodels.refusal import Refusal
from genmodels.subjects.subject import Subject
from tests import answers
from tests.house import SOURCES, imports, module_of

ROWS = calibrate.kept()


def test_every_audit_is_calibrated_and_every_row_is_whole() -> None:
    asked = {name for name, audit in AUDITS.items() if audit.of is Subject}  # of what was brought, rates are counted in place
    in_place = {"rediscovery"}  # its rates are counted in place alone
    assert asked - in_place == set(PLANTED) and {"provenance", "deepfake"} <= {row["audit"] for row in ROWS} <= set(PLANTED)
    for row in ROWS:
        assert row["low"] <= row["rate"] <= row["high"] and row["rate"] == pytest.approx(row["flagged"] / row["repetitions"])
        assert row["date"] and row["n"] > 0
    for name in {row["audit"] for row in ROWS}:
        assert {row["culprit"] for row in ROWS if row["audit"] == name} == {True, False}


def test_innocents_are_seldom_accused() -> None:
    """An exact upper bound of 8 % wherever two hundred repetitions could be had, but for what is known to be worse."""
    known = "ours of a picture, by its own pattern"  # a look-alike of an entry with that entry's own pattern: told as ours, and said so in docs/audits.md
    rows = [row for row in ROWS if not row["culprit"] and row["repetitions"] >= 200 and row["part"] != known]
    assert {row["audit"] for row in rows} >= {"bias-of-text", "provenance", "deepfake"}
    for row in rows:
        assert row["high"] < (0.1 if "JPEG 30" in row["case"] else 0.08), row


@pytest.mark.parametrize(
    ("audit", "part", "case", "least"),
    [("bias-of-text", "occupations", "four occupations never she", 0.95), ("bias-of-text", "amplification", "turned round", 0.95)],
)
def test_culprits_are_caught(audit: str, part: str, case: str, least: float) -> None:
    row = next(row for row in ROWS if (row["audit"], row["part"], row["case"]) == (audit, part, case))
    assert row["rate"] >= least, row


def test_a_verdict_carries_the_worst_false_alarm_and_the_shown_power() -> None:
    common = {"audit": "a", "part": "p", "repetitions": 10, "n": 5, "date": "today", "low": 0.0, "high": 1.0, "flagged": 0}
    rows = [
        common | {"case": "innocent", "culprit": False, "effect": 0.0, "rate": 0.1, "shown": False},
        common | {"case": "innocent too", "culprit": False, "effect": 0.0, "rate": 0.2, "shown": False},
        common | {"case": "weak", "culprit": True, "effect": 0.1, "rate": 0.3, "shown": False},
        common | {"case": "strong", "culprit": True, "effect": 0.5, "rate": 0.9, "shown": True},
    ]
    found = calibrate.of("a", "p", rows)
    assert found is not None and (found["false_alarm"], found["power"], found["effect"]) == (0.2, 0.9, 0.5)
    assert calibrate.of("a", "other", rows) is None and calibrate.of("a", "p", rows[:2]) is None


def test_rates_that_ship_stand_beside_no_verdict_of_an_audit() -> None:
    """They were counted at other limits, n and data. Audits count in place; only `verify`, whose test of a file is always the same one, shows them."""
    users = {module_of(file) for file in SOURCES for each in imports(file) if each.module.startswith("genmodels.calibration.calibrate")}
    users = {name for name in users if not name.startswith("genmodels.calibration")}
    assert users == {"genmodels.review.file_check", "genmodels.review.sentences", "genmodels.commands.reviewing", "dashboard.review.marks"}, "verify, its page, and the command"
    subject = answers.personal(0.02)(0)
    for each in AUDITS["personal-data"](subject):
        assert each.error_rates["how"] == "in place" and each.error_rates["n"] <= subject.n  # type: ignore[index]


def test_what_is_measured_again_replaces_what_was_kept(tmp_path: Path) -> None:
    file = tmp_path / "calibration.json"
    calibrate.keep([{"audit": "a", "case": 1}, {"audit": "b", "case": 1}], file)
    calibrate.keep([{"audit": "a", "case": 2}], file)
    assert json.loads(file.read_text()) == [{"audit": "b", "case": 1}, {"audit": "a", "case": 2}]


def test_repetitions_of_one_split_are_not_independent() -> None:
    flags, splits = np.repeat([1.0, 0.0, 0.0, 0.0], 25), np.repeat(np.arange(4), 25)
    assert calibrate.rate(flags, splits)["high"] > calibrate.rate(flags)["high"]


def test_an_audit_without_planted_cases_is_answered_with_those_that_have_some() -> None:
    with pytest.raises(Refusal, match="extraction, membership, memorisation"):
        calibrate.calibrate(["vibes"])


@pytest.mark.slow
def test_it_can_be_measured_again() -> None:
    rows = calibrate.calibrate(["bias-of-text"], repetitions=20)
    kept = {row["case"]: row["rate"] for row in ROWS if row["audit"] == "bias-of-text"}
    for row in rows:
        if row["repetitions"] == 20:
            assert row["low"] <= kept[row["case"]] <= row["high"]
