"""Decisions on an audit are append-only and chained: whatever is changed afterwards breaks the seal visibly."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from genmodels.commands.main import main
from genmodels.refusal import Refusal
from genmodels.review.junit import junit
from genmodels.review.report import report
from genmodels.review.report_out import sealed_document
from genmodels.review.sign_off import FIRST, begin_anew, decide, name_of, names_of, read_review, sign

FINDINGS = [
    {"audit": "marks", "part": "signed", "verdict": "fail", "claim": "3 of 9 are <not> signed.\x00", "remedy": "Sign them.", "error_rates": {"not_measured": "x"}},
    {"audit": "repeats", "part": "equal", "verdict": "pass", "claim": "None.", "reason": ""},
    {"audit": "repeats", "part": "near", "verdict": "not measured", "claim": "", "reason": "n too small"},
]
DOCUMENT = {"subject": "theirs", "verdict": "fail", "policy": {"required": ["copies"]}, "findings": FINDINGS, "not_measured": [{"audit": "copies", "reason": "no training"}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "audit.json").write_text(json.dumps(DOCUMENT))
    return tmp_path


def test_from_the_decision_to_the_signature(folder: Path) -> None:
    assert read_review(folder).open == ("marks/signed",) and read_review(folder).signed is None
    with pytest.raises(Refusal, match="no decision yet"):
        sign(folder, "Auditor")
    decide(folder, "marks/signed", "mitigate", "signed from next week on", "Auditor")
    signed = sign(folder, "Auditor")
    review = read_review(folder)
    assert review.signed == signed and not review.open and not signed.verified and [each.decision for each in review.decisions] == ["mitigate", "signed"]
    decide(folder, "marks/signed", "reject", "they are signed after all", "Auditor")
    assert read_review(folder).signed is None, "what comes after a signature is not under it"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("marks/other", "accept", "x", "A"), "No finding of this audit"),
        (("marks/signed", "ignore", "x", "A"), "No decision is called"),
        (("marks/signed", "accept", " ", "A"), "no reason"),
        (("marks/signed", "accept", "x", ""), "Nobody is named"),
    ],
)
def test_what_is_no_decision_is_refused(folder: Path, given: tuple[str, str, str, str], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        decide(folder, *given)
    assert not read_review(folder).decisions


@pytest.mark.parametrize("part", ["turned \u202e round", "two\nlines", "long " * 900])
def test_a_finding_of_any_name_can_be_decided_on_and_signed(folder: Path, part: str) -> None:
    """The part of a finding may hold the name of somebody's question."""
    found = FINDINGS[0] | {"part": part}
    (folder / "audit.json").write_text(json.dumps(DOCUMENT | {"findings": [found]}))
    decide(folder, name_of(found), "accept", "it is ours", "A")
    sign(folder, "A")
    assert read_review(folder).signed and not read_review(folder).open


TWICE = [
    {"audit": "shares", "part": "shown", "question": "How often is a woman shown?", "verdict": "fail"},
    {"audit": "shares", "part": "shown", "question": "How often is a man shown?", "verdict": "warn"},
    {"audit": "shares", "part": "shown", "question": "How often is a man shown?", "verdict": "fail"},
    {"audit": "marks", "part": "signed", "question": "Signed?", "verdict": "fail"},
]


def test_findings_of_one_audit_and_part_are_decided_on_one_by_one(folder: Path) -> None:
    names = names_of(TWICE)
    assert names == ["shares/shown: How often is a woman shown?", "shares/shown: How often is a man shown? (1)", "shares/shown: How often is a man shown? (2)", "marks/signed"]
    assert names_of(TWICE[::-1])[3] == names[0], "a name does not hang on the order"
    hostile = [{"audit": "a", "part": "x (1)"}, {"audit": "a", "part": "x"}, {"audit": "a", "part": "x"}, {"audit": "a", "part": "x: "}]
    assert len(set(names_of(hostile))) == 4
    (folder / "audit.json").write_text(json.dumps(DOCUMENT | {"findings": TWICE}))
    decide(folder, names[0], "accept", "it is so", "A")
    assert read_review(folder).open == tuple(names[1:])
    with pytest.raises(Refusal, match="There are: marks/signed, shares/shown: How"):
        decide(folder, "shares/shown", "accept", "which of them?", "A")
    for name in names[1:]:
        decide(folder, name, "mitigate", "soon", "A")
    sign(folder, "A")
    assert read_review(folder).signed


def test_a_review_of_before_findings_were_told_apart_still_holds(folder: Path) -> None:
    """Its lines have the SHA-256 of the file, and one decision for all findings of an audit and part."""
    content = json.dumps(DOCUMENT | {"findings": TWICE})
    (folder / "audit.json").write_text(content)
    before = FIRST
    with open(folder / "review.jsonl", "w") as file:
        for name, decision in (("shares/shown", "accept"), ("marks/signed", "accept"), ("", "signed")):
            row = {"finding": name, "decision": decision, "reason": "as it is", "by": "A", "verified": False, "time": "2026-11-26T10:00:00Z",
                   "audit": hashlib.sha256(content.encode()).hexdigest(), "before": before}  # fmt: skip
            before = hashlib.sha256(json.dumps(row, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
            file.write(json.dumps(row | {"code": before}) + "\n")
    review = read_review(folder)
    assert review.signed and not review.open and not review.broken
    decide(folder, "marks/signed", "reject", "after all", "B")
    assert not read_review(folder).broken, "and it goes on"


def test_an_audit_that_was_changed_after_it_was_sealed_breaks_the_seal(folder: Path, home: Path) -> None:
    document, file = sealed_document(DOCUMENT | {"spent": {"processor_seconds": 3.0}})
    (folder / "audit.json").write_bytes(file)
    decide(folder, "marks/signed", "accept", "one", "A")
    sign(folder, "A")
    _, again = sealed_document(DOCUMENT | {"spent": {"processor_seconds": 4.0}})
    (folder / "audit.json").write_bytes(again)
    assert read_review(folder).signed, "the same findings, found again"
    (folder / "audit.json").write_text(json.dumps(document | {"spent": {"processor_seconds": 1.0}}))
    review = read_review(folder)
    assert "changed since it was sealed" in review.broken and review.signed is None and not review.outdated
    with pytest.raises(Refusal, match="changed since it was sealed"):
        sign(folder, "A")


def test_a_review_is_put_aside_and_none_is_lost(folder: Path) -> None:
    assert begin_anew(folder) == "", "there is none yet"
    for number in (1, 2):
        decide(folder, "marks/signed", "accept", f"for the time {number}", "A")
        (folder / "audit.json").write_text(json.dumps(DOCUMENT | {"verdict": f"{number}"}))
        assert read_review(folder).outdated and "another audit" in read_review(folder).broken
        assert begin_anew(folder) == f"review-{number}.jsonl" and f"the time {number}" in (folder / f"review-{number}.jsonl").read_text()
        assert not read_review(folder).decisions and read_review(folder).open


def test_a_new_review_is_begun_by_the_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    decide(folder, "marks/signed", "accept", "one", "A")
    (folder / "audit.json").write_text(json.dumps(DOCUMENT | {"verdict": "warn"}))
    assert main(["review", str(folder)]) == 1 and "another audit" in capsys.readouterr().out
    assert main(["review", str(folder), "--anew", "--finding", "marks/signed", "--decision", "accept", "--reason", "again", "--by", "A", "--sign"]) == 0
    assert (folder / "review-1.jsonl").exists() and read_review(folder).signed


def test_the_report_says_what_was_decided_and_who_signed(folder: Path) -> None:
    def told() -> str:
        return report(DOCUMENT | {"outputs": {"kind": "image", "n": 9}, "review": read_review(folder).to_dict()})

    assert "Not signed. These findings need a decision first: marks/signed." in told()
    decide(folder, "marks/signed", "mitigate", "<script>soon</script>", "Ann")
    assert "Not signed." in told() and "&lt;script&gt;soon" in told() and "<script" not in told()
    code = sign(folder, "Ann", verified=True).code
    assert f"code {code}" in told() and "Ann (name not verified)" in told() and "Signed by Ann on" in told()
    (folder / "audit.json").write_text(json.dumps(DOCUMENT | {"verdict": "pass"}))
    assert "The seal of this review is broken: line 1 is about another audit" in told() and "Signed by" not in told()
    without = report(DOCUMENT | {"outputs": {"kind": "image", "n": 9}})
    assert "Review by people" not in without


@pytest.mark.parametrize("change", ["audit", "reason", "order", "first line", "torn", "another code"])
def test_whatever_is_changed_breaks_the_seal(folder: Path, change: str) -> None:
    decide(folder, "marks/signed", "accept", "one", "A")
    decide(folder, "marks/signed", "accept", "two", "A")
    sign(folder, "A")
    file = folder / "review.jsonl"
    lines = file.read_text().splitlines()
    if change == "audit":
        (folder / "audit.json").write_text(json.dumps(DOCUMENT | {"verdict": "pass"}))
    else:
        changed = {
            "reason": [lines[0].replace("one", "won"), *lines[1:]],
            "order": [lines[1], lines[0], lines[2]],
            "first line": lines[1:],
            "torn": [lines[0], lines[1][:40], lines[2]],
            "another code": [json.dumps(json.loads(lines[0]) | {"code": "0" * 64}), *lines[1:]],
        }[change]
        file.write_text("\n".join(changed) + "\n")
    review = read_review(folder)
    assert review.broken and review.signed is None
    with pytest.raises(Refusal):
        sign(folder, "A")


def test_the_command_and_its_exit_codes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", str(folder)]) == 1 and "marks/signed needs a decision" in capsys.readouterr().out
    decided = ["--finding", "marks/signed", "--decision", "accept", "--reason", "known\x1b[31m", "--by", "Auditor"]
    assert main(["review", str(folder), *decided, "--sign", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["signed"]["by"] == "Auditor" and document["decisions"][0]["reason"].isprintable()
    assert main(["review", str(folder / "nowhere")]) == 2


def test_junit_fails_what_failed_and_what_was_required_and_not_measured() -> None:
    suite = ElementTree.fromstring(junit(DOCUMENT))
    failed = {case.get("classname") for case in suite if case.find("failure") is not None}
    assert failed == {"marks", "copies"} and (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "2", "1")
    assert "<not>" in suite[0].find("failure").get("message")  # type: ignore[union-attr,operator]
