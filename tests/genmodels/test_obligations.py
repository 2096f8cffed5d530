"""What an audit is evidence of: measured, declared, open or not applicable; never that anybody complies."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from genmodels.audits.audit import AUDITS
from genmodels.refusal import Refusal
from genmodels.review.obligations import READ_ON, REGISTER, notice, register
from genmodels.review.policy import Policy

FINDING = {"audit": "marks", "part": "signed", "verdict": "fail", "estimate": {"value": 1.0, "low": 0.9, "high": 1.0, "n": 40}}
SAID = {"says": "a line above the chat", "by": "the team", "when": "2026-09-01"}


def status(team: dict[str, Any], *findings: dict[str, Any]) -> dict[str, str]:
    rows = register({"findings": list(findings)}, team)
    return {clause.id: row["status"] for clause, row in zip(REGISTER, rows, strict=True)}


def test_each_clause_has_the_status_that_stands_for_it() -> None:
    found = status({"role": "provider", "declared": {"Art. 50 (1)": SAID}}, FINDING)
    assert found["Art. 50 (2)"] == "measured" and found["Art. 50 (1)"] == "declared" and found["Art. 50 (4)"] == "not applicable" and found["1.1.2"] == "open"
    unmeasured = FINDING | {"verdict": "not measured", "estimate": None, "reason": "n too small"}
    assert status({"role": "both"}, unmeasured)["Art. 50 (2)"] == "open", "what was asked and not measured is no evidence"
    assert "n too small" in register({"findings": [unmeasured]}, {})[1]["evidence"]


def test_the_day_on_which_it_holds_depends_on_when_it_was_placed_on_the_market() -> None:
    told = {placed: register({}, {"placed": placed} if placed else {})[1]["text"] for placed in ("", "2026-07-01", "2026-09-01")}
    assert told["2026-07-01"].endswith("from 2026-12-02.") and told["2026-09-01"].endswith("from 2026-08-02.") and "2026-12-02" in told[""] and "2026-08-02" in told[""]


def test_an_old_register_says_so_and_nothing_is_called_compliant() -> None:
    assert "read the sources again" not in notice(READ_ON + timedelta(180)) and "read the sources again" in notice(READ_ON + timedelta(181))
    assert "compliant" not in json.dumps(register({"findings": [FINDING]}, {})).lower() and date.fromisoformat("2026-11-25") == READ_ON


def test_evidence_names_audits_that_there_are_or_that_are_to_come() -> None:
    named = {each.split("/")[0] for clause in REGISTER for each in clause.evidence} - {"*"}
    assert named - set(AUDITS) <= {"shares", "wording", "refusals", "personal-data", "verbatim", "copies"}


@pytest.mark.parametrize(
    ("team", "said"),
    [
        ([], "The team of the policy is"),
        ({"rol": "provider"}, "No part of the team"),
        ({"role": "seller"}, "No role is called"),
        ({"placed": "soon"}, "2026-09-01"),
        ({"declared": {"Art. 99": SAID}}, "No clause is called"),
        ({"declared": {"Art. 50 (1)": SAID | {"by": ""}}}, "as texts"),
        ({"declared": {"Art. 50 (1)": SAID | {"when": "2026-13-01"}}}, "The day when of Art"),
    ],
)
def test_what_is_no_team_is_refused(team: Any, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        Policy.from_json(json.dumps({"team": team}))
    assert Policy.from_json(json.dumps({"team": {"role": "provider", "placed": "2026-09-01", "declared": {"Art. 50 (1)": SAID}}})).team["role"] == "provider"
