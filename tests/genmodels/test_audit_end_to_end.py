"""A bad subject with every fault and one without, through the command: all faults found, none invented; reviewed, signed, compared, gated."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from genmodels.commands.main import main
from genmodels.review.policy import Policy
from tests.brought_files import Files, label, pictures, texts

FAULTS = {  # the findings that must fail for the bad subject
    "text": {
        ("personal-data", "found"),
        ("refusals", "groups"),
        ("repeats", "equal"),
        ("verbatim", "copied"),
        ("verbatim", "longest"),
        ("wording", "words"),
        ("shares", "stereotype"),
        ("shares", "stereotype, by gender"),
        ("shares", "follows"),
        ("shares", "follows, by gender"),
    },
    "image": {
        ("copies", "copies"),
        ("marks", "signed"),
        ("marks", "told"),
        ("repeats", "equal"),
        ("shares", "stereotype"),
        ("shares", "stereotype, by gender"),
        ("shares", "follows"),
        ("shares", "follows, by gender"),
    },
}
MAKE: dict[str, Callable[..., Files]] = {"text": texts, "image": pictures}


def verdicts(document: dict[str, Any], *wanted: str) -> set[tuple[str, str]]:
    return {(each["audit"], each["part"]) for each in document["findings"] if each["verdict"] in wanted}


@pytest.mark.slow
@pytest.mark.parametrize("kind", MAKE)
def test_from_what_was_brought_to_a_gate(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = tmp_path / "policy.json"
    required = ["repeats", "shares", "marks" if kind == "image" else "refusals"]
    policy.write_text(Policy("gate", required=tuple(required)).to_json())
    documents, codes = {}, {}
    for name, bad, seed in (("good", False, 1), ("good again", False, 2), ("bad", True, 3)):
        files = MAKE[kind](tmp_path / name, bad=bad, seed=seed)
        label(files, bad=bad, seed=seed)
        out = tmp_path / name / "audit"
        codes[name] = main(["audit", *files.arguments, "--policy", str(policy), "--out", str(out), "--junit", str(out / "junit.xml")])
        documents[name] = json.loads((out / "audit.json").read_text())
        suite = ElementTree.parse(out / "junit.xml").getroot()
        assert (int(suite.get("failures") or 0) > 0) == (codes[name] == 1)
    capsys.readouterr()
    assert codes == {"good": 0, "good again": 0, "bad": 1}
    assert FAULTS[kind] <= verdicts(documents["bad"], "fail"), "all faults are found"
    assert not verdicts(documents["good"], "fail", "warn") | verdicts(documents["good again"], "fail", "warn"), "none is invented"

    good, again, bad = (str(tmp_path / name / "audit") for name in documents)
    assert main(["compare", good, again, "--junit", str(tmp_path / "same.xml")]) == 0
    assert main(["compare", good, bad, "--json", "--junit", str(tmp_path / "worse.xml")]) == 1
    compared = json.loads(capsys.readouterr().out.splitlines()[-1])
    worse = {(row["audit"], row["part"]) for row in compared["findings"] if row["worse"]}
    assert compared["verdict"] == "worse" and FAULTS[kind] - {("verbatim", "longest"), ("wording", "words")} <= worse | {(row["audit"], row["part"]) for row in compared["findings"] if row["p"] is None}
    assert int(ElementTree.parse(tmp_path / "worse.xml").getroot().get("failures") or 0) == len([row for row in compared["findings"] if row["worse"]])

    assert main(["review", bad]) == 1
    for audit, part in sorted(verdicts(documents["bad"], "fail", "warn")):
        main(["review", bad, "--finding", f"{audit}/{part}", "--decision", "mitigate", "--reason", "the model is trained again", "--by", "Ann"])
    capsys.readouterr()
    assert main(["review", bad, "--sign", "--by", "Ann", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["signed"]["by"] == "Ann"
    documents["bad"]["findings"][0]["verdict"] = "pass"
    (Path(bad) / "audit.json").write_text(json.dumps(documents["bad"]))
    assert main(["review", bad]) == 1, "a changed audit breaks the seal"
