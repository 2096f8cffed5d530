"""What an audit is evidence of: measured, declared, open or not applicable; never that anybody complies."""

from __future__ import annotations

import ast
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest

from genmodels.audits.audit import AUDITS
from genmodels.refusal import Refusal
from genmodels.review.obligation_evidence import OF_DOCUMENT
from genmodels.review.obligations import READ_ON, REGISTER, Clause, notice, register, warned
from genmodels.review.policy import Policy
from genmodels.review.report import report
from tests.house import SOURCES

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


def test_evidence_names_audits_that_there_are() -> None:
    named = {each.split("/")[0] for clause in REGISTER for each in clause.evidence}
    assert named <= {*AUDITS, *OF_DOCUMENT}
    assert len({clause.id for clause in REGISTER}) == len(REGISTER), "what is declared goes by the name of a clause"


@pytest.mark.parametrize("clause", [each for each in REGISTER if each.evidence and each.evidence[0] in AUDITS], ids=lambda clause: clause.id)
def test_only_what_was_judged_measures(clause: Clause) -> None:
    """Of every clause: a number that nothing judged, or that was asked for and not measured, is told as that and leaves it open."""
    audit, _, part = clause.evidence[0].partition("/")
    own = {"audit": audit, "part": part or "any", "estimate": FINDING["estimate"]}
    assert status({}, own | {"verdict": "pass"})[clause.id] == "measured"
    for verdict, said in (("reported", "reported, not judged"), ("not measured", "asked and not measured: no labels")):
        rows = register({"findings": [own | {"verdict": verdict, "reason": "no labels"}]}, {})
        row = rows[REGISTER.index(clause)]
        assert row["status"] == "open" and said in row["evidence"]


def test_what_stands_in_the_whole_document() -> None:
    rates = {"false_alarm": 0.01, "power": 0.9}
    count = FINDING | {"estimate": {"value": 1.0, "low": 1.0, "high": 1.0, "n": 40}}
    document = {
        "findings": [FINDING | {"error_rates": rates}, count],
        "verdict": "fail",
        "policy": {"name": "ours", "digest": "ab"},
        "not_measured": [{"audit": "copies", "reason": "no training pictures"}],
    }
    told = {clause.id: row for clause, row in zip(REGISTER, register(document, {}), strict=True)}
    assert "the policy ours (digest ab)" in told["GV-1.3-002"]["evidence"] and "verdict on all: fail" in told["GV-1.3-002"]["evidence"]
    assert "1 audits" in told["MS-1.1-009"]["evidence"] and "copies" in told["MS-1.1-009"]["evidence"]
    assert "1 of 2 verdicts" in told["MS-2.13-001"]["evidence"]
    assert "of 2 judged numbers 1 have an interval" in told["Uncertainty"]["evidence"] and told["Uncertainty"]["status"] == "measured"
    assert told["MS-2.12-003"]["status"] == "open"
    assert {row["status"] for row in register({}, {})} == {"open"}, "where nothing was asked nothing is measured"


def test_a_report_that_grew_old_says_so_when_it_is_read() -> None:
    said = notice(READ_ON)
    assert warned(said, READ_ON + timedelta(180)) == said and warned("", READ_ON) == "" and warned("Read on 2026-99-99", READ_ON) == "Read on 2026-99-99"
    old = warned(said, READ_ON + timedelta(181))
    assert "181 days ago: read the sources again" in old and warned(old, READ_ON + timedelta(400)) == old
    document = {"outputs": {"kind": "image", "n": 9}, "findings": [FINDING], "obligations": register({}, {}), "read": said.replace("2026", "2020")}
    assert all("read the sources again" in report(document, form).replace("\\", "") for form in ("html", "md"))


FORBIDDEN = re.compile(r"\bcompli(?:ant|ance)\b|\bconform(?:s|ity|ant)\b", re.IGNORECASE)


def test_no_text_of_ours_says_that_anybody_complies() -> None:
    """No text that a page, a report or a command could show; comments and docstrings may speak of it."""
    found = {}
    for file in SOURCES:
        tree = ast.parse(file.read_text())
        doc = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body and isinstance(node.body[0], ast.Expr)}
        said = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in doc]
        if wrong := [text for text in said if FORBIDDEN.search(text)]:
            found[file.name] = wrong
    assert not found


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
