"""The page Audit after an audit: evidence under each finding, decisions with reasons, a signature, and a new review for a new audit."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from genmodels.files import make_folder
from genmodels.review import brought, report_out, sign_off
from tests.genmodels.test_evidence import BARE, PAIR, PASSAGE, SHARES, finding
from tests.pages.test_pages import HOSTILE, no_gallery, opened  # noqa: F401  (a fixture)

ESTIMATE = {"value": 0.3, "low": 0.2, "high": 0.4, "n": 90, "level": 0.95}
FINDINGS = [
    finding(PAIR, {"outputs": ["b.png", HOSTILE], "of": 3, "pictures": PAIR["pictures"][:1]}, claim=HOSTILE, estimate=ESTIMATE, command=f"genmodels audit {HOSTILE}"),
    finding(PASSAGE | {"answer": HOSTILE}, audit="verbatim", part=HOSTILE, verdict="warn", estimate=ESTIMATE),
    finding(BARE, *SHARES, audit="marks", part="told", verdict="pass", estimate=ESTIMATE),
    finding({"pictures": ["nonsense", 7]}, "x", audit="repeats", verdict="not measured"),
]  # fmt: skip
DOCUMENT = {"subject": "theirs", "verdict": "fail", "outputs": {"kind": "image", "n": 90}, "findings": FINDINGS, "policy": {"name": "ours"}, "counts": {"fail": 1}}


@pytest.fixture
def kept(home: Path) -> brought.Brought:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.txt", "x")
    content.seek(0)
    subject = brought.keep({"outputs": ("theirs.zip", content)}, HOSTILE)
    make_folder(subject.job)
    audited(subject)
    return subject


def audited(subject: brought.Brought, **changes: Any) -> None:
    (subject.job / "audit.json").write_text(json.dumps(DOCUMENT | changes))


def page(subject: brought.Brought) -> AppTest:
    test = opened("audit", outputs=subject.token)
    assert not test.exception
    return test


def press(test: AppTest, label: str) -> AppTest:
    done = next(each for each in test.button if each.label == label).click().run()
    assert not done.exception
    return done


def test_evidence_stands_folded_under_each_finding(kept: brought.Brought) -> None:
    test = page(kept)
    labels = [each.label for each in test.expander if "evidence" in each.label]
    assert len(labels) == 3 and not any(each.proto.expanded for each in test.expander if "evidence" in each.label)
    assert any("evil.example" in each.value for each in test.text), "a passage is plain text"
    assert not any("](http" in each.value for each in (*test.markdown, *test.caption)), "nothing foreign is markdown"
    assert any(each.value.startswith("genmodels audit") for each in test.code)
    assert "Evidence (CSV)" in [each.label for each in test.get("download_button")]


def decide(test: AppTest, number: int, decision: str, reason: str) -> AppTest:
    group = [each for each in test.button_group if each.label == "Decision"][number]
    group.set_value(decision)
    [each for each in test.text_area if each.label == "Reason"][number].input(reason)
    done = [each for each in test.button if each.label == "Enter the decision"][number].click().run()
    assert not done.exception
    return done


def test_from_decisions_to_a_signature(kept: brought.Brought) -> None:
    test = page(kept)
    assert "2 findings to decide on" in [each.value for each in test.info][-1]
    assert sum(":red-badge" in each.value and ": " in each.value and "evil" in each.value for each in test.markdown) == 2, "what is decided on is said there too"
    refused = decide(test, 0, "accept", "it is ours")
    assert any("Nobody is named" in each.value for each in refused.error) and not sign_off.read_review(kept.job).decisions
    test = next(each for each in page(kept).text_input if each.label == "Who decides?").input("Ann").run()
    refused = decide(test, 0, "accept", " ")
    assert any("There is no reason" in each.value for each in refused.error)
    test = decide(refused, 0, "accept", HOSTILE)
    assert any("name not verified" in each.value for each in test.caption)
    assert next(each for each in test.button if each.label == "Sign").disabled
    test = decide(test, 1, "mitigate", "from next week on")
    assert any("Nothing is left to decide" in each.value for each in test.info)
    test = press(test, "Sign")
    said = next(each.value for each in test.success)
    assert said.startswith("Signed by Ann") and "name not verified" in said
    review = sign_off.read_review(kept.job)
    assert review.signed is not None and not review.signed.verified and review.signed.code[:16] in said
    assert not any("](http" in each.value for each in (*test.markdown, *test.caption, *test.success))


def test_another_audit_keeps_no_signature_and_begins_a_new_review(kept: brought.Brought) -> None:
    for each in FINDINGS[:2]:
        sign_off.decide(kept.job, sign_off.name_of(each), "accept", "so it is", "Ann")
    sign_off.sign(kept.job, "Ann")
    assert any("Signed by Ann" in each.value for each in page(kept).success)
    audited(kept, verdict="warn")
    test = page(kept)
    assert not test.success and any("were audited again" in each.value for each in test.warning)
    assert "Sign" not in [each.label for each in test.button]
    old = (kept.job / sign_off.FILE).read_bytes()
    test = press(test, "Begin a new review")
    assert (kept.job / "review-1.jsonl").read_bytes() == old and not (kept.job / sign_off.FILE).exists()
    assert any("2 findings to decide on" in each.value for each in test.info)


def test_what_was_changed_by_hand_is_told_apart(kept: brought.Brought) -> None:
    sign_off.decide(kept.job, sign_off.name_of(FINDINGS[0]), "accept", "one", "Ann")
    file = kept.job / sign_off.FILE
    file.write_text(file.read_text().replace('"one"', '"two"'))
    test = page(kept)
    assert any("seal is broken" in each.value for each in test.error) and not any("audited again" in each.value for each in test.warning)
    file.write_bytes(b"\xff\x00nonsense\n")
    assert "Begin a new review" in [each.label for each in page(kept).button]


def test_a_login_gives_a_verified_name(kept: brought.Brought, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamlit.user", {"is_logged_in": True, "name": HOSTILE, "email": "ann@example.org"})
    test = page(kept)
    assert "Who decides?" not in [each.label for each in test.text_input] and any("as your login says" in each.value for each in test.caption)
    decide(test, 0, "reject", "it is not so")
    decision = sign_off.read_review(kept.job).decisions[0]
    assert decision.verified and "ann@example.org" in decision.by


def test_the_csv_of_evidence_holds_every_exhibit_and_no_formula() -> None:
    from dashboard.auditing.evidence import _csv

    written = _csv([*FINDINGS, finding(BARE | {"file": "=cmd()", "=SUM(1)": 1})]).decode()
    rows = list(csv.DictReader(io.StringIO(written.removeprefix("\ufeff"))))
    assert {row["audit"] for row in rows} == {"copies", "verbatim", "marks"} and "'=cmd()" in written
    assert not any(cell and cell.startswith("=") for row in rows for cell in (*row, *row.values())), "no cell and no title is a formula"


def test_reports_leave_sealed_and_none_of_what_was_changed_by_hand(kept: brought.Brought) -> None:
    sealed, file = report_out.sealed_document(DOCUMENT)
    (kept.job / "audit.json").write_bytes(file)
    assert "Report (HTML)" in [each.label for each in page(kept).get("download_button")]
    (kept.job / "audit.json").write_text(json.dumps(sealed | {"verdict": "pass"}))
    test = page(kept)
    assert "Report (HTML)" not in [each.label for each in test.get("download_button")]
    assert sum("changed since it was sealed" in each.value for each in test.error) == 2, "where reports were, and in the review"
