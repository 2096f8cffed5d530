"""A report carries a seal: `verify` says whether it is as it left and who sealed it, and whatever is changed breaks it."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from genmodels.commands.main import main
from genmodels.files import home as home_of
from genmodels.provenance import ledger
from genmodels.refusal import Refusal
from genmodels.review.file_check import verify
from genmodels.review.many_files import verify_many
from genmodels.review.report import report
from genmodels.review.report_of_files import verified
from genmodels.review.report_out import sealed_document, sealed_report
from genmodels.review.report_seal import MARK, broken_seal, digest_of, read_seal
from genmodels.review.spent import Spent
from tests.genmodels.test_report import HOSTILE, made

FORMS = ("html", "json", "md")
AUDIT = made(outputs={"kind": "image", "n": 9}, subject="theirs")


@pytest.mark.parametrize("form", FORMS)
def test_it_is_sealed_entered_and_known_again(form: str, home: Path) -> None:
    file = sealed_report(AUDIT, form)
    found = verify(file, f"report.{form}")
    assert found["kind"] == "report" and found["manifest"]["verdict"] == "valid" and found["manifest"]["signer"] == "this machine"
    assert "unchanged since this machine sealed it, and it stands in the ledger" in found["sentence"] and digest_of(AUDIT)[:16] in found["sentence"]
    assert found["ledger"]["verdict"] == "exact match" and not found["manifest"]["generated"], "no model made it"
    assert ledger.book().entries[-1]["kind"] == "report"
    (row,) = verify_many([(f"report.{form}", bytes(file))])
    assert row["sentence"] == found["sentence"], "and it is not taken for a statement about another file"


def test_one_hash_of_the_findings_stands_in_all_forms(home: Path) -> None:
    digest = digest_of(AUDIT)
    for form in FORMS:
        text = sealed_report(AUDIT | {"spent": {"processor_seconds": 1.5}, "read": "later"}, form).decode()
        seal = read_seal(text.encode())
        assert seal is not None and seal.said("findings_sha256") == digest and (form == "json" or digest in text)
    assert digest_of(AUDIT | {"verdict": "pass"}) != digest
    assert digest_of(json.loads(json.dumps(sealed_document(AUDIT)[0]))) == digest, "whoever reads the file hashes the same"


@pytest.mark.parametrize("form", FORMS)
def test_whatever_is_changed_is_told(form: str, home: Path) -> None:
    file = bytes(sealed_report(AUDIT, form))
    changed = [file.replace(b"0.2", b"0.1", 1), file.replace(b"run-7", b"run-8", 1)]
    if form == "json":
        document = json.loads(file)
        twice = file.replace(b'"subject": "theirs"', b'"subject": "ours", "subject": "theirs"')
        changed += [twice, json.dumps(document | {"verdict": "pass"}).encode(), json.dumps(document | {"more": 1}).encode()]
    else:
        cut = file.index(MARK)
        changed += [file + b"more", file[:-20], file[:cut] + b"<p>more</p>" + file[cut:], file[:cut] + MARK + base64.b64encode(b'{"statement": {}}') + b" -->\n"]
    for each in changed:
        found = verify(each, f"report.{form}")
        assert found["kind"] == "report" and found["manifest"]["verdict"] in ("broken", "unreadable") and broken_seal(each), each[-80:]
        assert "was changed since it was sealed" in found["sentence"] and "this machine" not in found["sentence"]
    assert not broken_seal(file) and not broken_seal(report(AUDIT, form).encode()), "a file without a seal has none to break"


def test_another_seal_does_not_pass_for_ours(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENMODELS_HOME", str(tmp_path / "theirs"))
    theirs = sealed_report(AUDIT)
    monkeypatch.setenv("GENMODELS_HOME", str(home))
    sealed_report(made(run="another"))
    found = verify(theirs, "report.html")
    assert found["manifest"]["verdict"] == "valid" and found["manifest"]["signer"] == "unknown" and "only a claim" in found["sentence"]


def test_what_can_not_be_signed_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*given: Any) -> None:
        raise Refusal("keys can't be written; make room.")

    monkeypatch.setattr("genmodels.provenance.way_out.report", refused)
    file = sealed_report(AUDIT)
    found = verify(file, "report.html")
    assert found["manifest"]["verdict"] == "unsigned" and "nobody signed it" in found["sentence"] and not broken_seal(file)
    assert broken_seal(file.replace(b"0.2", b"0.1", 1))


def test_a_seal_brings_nothing_into_the_page(home: Path) -> None:
    text = sealed_report(AUDIT | {"subject": HOSTILE + "-->", "outputs": {"kind": "image", "n": 9}}).decode()
    assert text.count("<!--") == 1 and text.count("-->") == 1 and "<script" not in text


def test_an_audit_is_sealed_and_says_what_it_cost(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "answers.csv"
    table.write_text("prompt,response\n" + "\n".join(f"question {i},answer {i} is {i * 7} apples" for i in range(40)))
    assert main(["audit", str(table), "--audit", "repeats", "--out", str(tmp_path / "out"), "--json"]) == 0
    told, kept = json.loads(capsys.readouterr().out), (tmp_path / "out" / "audit.json").read_bytes()
    assert json.loads(kept) == told and verify(kept, "audit.json")["manifest"]["signer"] == "this machine"
    spent = told["spent"]
    assert 0 < spent["processor_seconds"] < 600 and spent["how"] and (spent["joules"] is not None or "RAPL" in spent["how_joules"])
    text = re.sub(r"<[^>]+>", " ", report(told, "html"))
    assert "What the audit cost" in text and "energy" in text and "numpy" in text and "Commands that give each number again" in text
    assert main(["verify", str(tmp_path / "out" / "audit.json")]) == 0 and "unchanged since this machine sealed it" in capsys.readouterr().out
    assert not (home_of() / "findings").exists()


def test_joules_are_counted_where_the_machine_tells_them(tmp_path: Path) -> None:
    assert Spent.begin(tmp_path).told()["joules"] is None and "shows no energy counter" in Spent.begin(tmp_path).told()["how_joules"]
    files = {}
    for name, before in (("intel-rapl:0", 900), ("intel-rapl:1", 100), ("intel-rapl:0:0", 5)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "max_energy_range_uj").write_text("1000000000\n")
        files[name] = tmp_path / name / "energy_uj"
        files[name].write_text(f"{before * 1_000_000}\n")
    spent = Spent.begin(tmp_path)
    files["intel-rapl:0"].write_text("50000000\n")  # began anew: 100 + 50 J
    files["intel-rapl:1"].write_text("107500000\n")
    files["intel-rapl:0:0"].write_text("999000000\n")  # a part of the first, which is in it
    told = spent.told()
    assert told["joules"] == 157.5 and "all else that ran" in told["how_joules"]


def test_what_was_changed_gets_no_new_seal(home: Path) -> None:
    sealed, _ = sealed_document(AUDIT)
    assert sealed_report(sealed | {"review": {"decisions": [], "open": ["copies/all"]}}, "html"), "decisions beside it change nothing of it"
    for form in FORMS:
        with pytest.raises(Refusal, match="changed since it was sealed"):
            sealed_report(sealed | {"verdict": "pass"}, form)
    assert sealed_report({name: value for name, value in sealed.items() if name != "seal"}), "what is from before there were seals is sealed now"


@pytest.mark.parametrize("form", ["html", "json", "md"])
def test_what_verify_finds_of_a_report_is_a_report_too(form: str, home: Path) -> None:
    rows = verify_many([("a.html", bytes(sealed_report(AUDIT))), ("b.json", bytes(sealed_report(AUDIT, "json")).replace(b"0.2", b"0.1", 1))])
    text = verified(rows, form)
    assert "unchanged since this machine sealed it" in text and "changed since it was sealed" in text


def test_what_was_found_in_a_file_is_in_rows_with_its_verdict_before_it(home: Path) -> None:
    """Each reading with a sign, its verdict and a colour that the style knows; foreign names stay text, and the table is there as Markdown."""
    rows = verify_many([("<b>a.html", bytes(sealed_report(AUDIT))), ("c.txt", b"A plain text about nothing, which nobody marked.")])
    rows[0]["manifest"] = {"verdict": "valid", "name": "<i>me", "claims": {"Model": "vae", "prompt_sha256": "ab" * 32}, "miss": 0.03, "false_alarm": 0.0, "miss_of": "planted"}
    text = verified(rows, "html")
    tones = re.findall(r'class="finding gm-([\w-]+)"', text)
    assert len(tones) == 10 and tones[0] == "pass" and all(f".gm-{tone} {{ --mark" in text for tone in tones)
    assert "<strong>✓ valid</strong> Content Credentials" in text and "missed 3 % (planted)" in text and f"<dd>{'ab' * 32}</dd>" in text
    assert "<table" not in text and "<i>" not in text and "<b>" not in text
    assert "| Content Credentials | ✓ valid |" in verified(rows, "md")
