"""An audit as a gate: the exit code and the JUnit file say the same, whatever names are in what was brought."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from genmodels.commands.main import main
from genmodels.review.junit import junit
from genmodels.review.policy import Policy

HOSTILE = "</testsuite>]]>&\"'\x00\x1b\ufffe<script>évil\u202e"


def audited(folder: Path, texts: list[str], *flags: str) -> tuple[int, ElementTree.Element | None]:
    """The exit code, and what CI reads."""
    folder.mkdir(exist_ok=True)
    rows = [json.dumps({"id": HOSTILE + str(i), "prompt": HOSTILE, "response": text}) for i, text in enumerate(texts)]
    table, report = folder / "answers.jsonl", folder / "reports" / "audit.xml"
    table.write_text("\n".join(rows))
    code = main(["audit", str(table), "--audit", "repeats", "--out", str(folder / "out"), "--junit", str(report), *flags])
    return code, ElementTree.parse(report).getroot() if report.exists() else None


def failures(suite: ElementTree.Element | None) -> set[str]:
    assert suite is not None
    found = {str(case.get("classname")) for case in suite if case.find("failure") is not None}
    assert int(str(suite.get("failures"))) == sum(case.find("failure") is not None for case in suite)
    assert int(str(suite.get("skipped"))) == sum(case.find("skipped") is not None for case in suite)
    assert int(str(suite.get("tests"))) == len(suite)
    return found


ONCE = [f"answer number {i} tells of {i * 7} and of {i * 31}" for i in range(30)]


def test_nothing_wrong_is_0(tmp_path: Path) -> None:
    code, suite = audited(tmp_path, ONCE)
    assert code == 0 and failures(suite) == set()


def test_a_broken_limit_is_1(tmp_path: Path) -> None:
    code, suite = audited(tmp_path, ONCE + ONCE[:10])
    assert code == 1 and failures(suite) == {"repeats"}


def test_a_required_check_that_was_not_made_or_not_measured_is_1(tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text(Policy("ours", required=("repeats", "personal-data")).to_json())
    code, suite = audited(tmp_path, ONCE, "--policy", str(policy))
    assert code == 1 and failures(suite) == {"personal-data"}, "it was not run"
    code, suite = audited(tmp_path, ONCE, "--policy", str(policy), "--audit", "personal-data")
    assert code == 1 and failures(suite) == {"personal-data"}, "30 answers are too few"


def test_where_nothing_was_measured_it_is_1_and_ci_sees_it_fail(tmp_path: Path) -> None:
    code, suite = audited(tmp_path, ["I can't help with that."] * 5)
    assert code == 1 and failures(suite) == {"audit"}


def test_bad_input_is_2_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, suite = audited(tmp_path, ONCE, "--policy", str(tmp_path / "nowhere.json"))
    assert code == 2 and suite is None and not (tmp_path / "out" / "audit.json").exists()
    assert main(["audit", str(tmp_path / "nowhere"), "--out", str(tmp_path / "out")]) == 2
    (tmp_path / "blocked").write_text("a file")
    code, _ = audited(tmp_path, ONCE, "--junit", str(tmp_path / "blocked" / "audit.xml"))
    assert code == 2 and not (tmp_path / "out" / "audit.json").exists(), "refused before anything runs"
    assert capsys.readouterr().err.count("\n") == 3


def test_names_of_others_stay_names() -> None:
    finding = {"audit": HOSTILE, "part": HOSTILE, "claim": HOSTILE, "verdict": "fail", "remedy": HOSTILE, "reason": HOSTILE, "error_rates": None}
    document = {"subject": HOSTILE, "verdict": "fail", "findings": [finding], "not_measured": [{"audit": HOSTILE, "reason": HOSTILE}]}
    suite = ElementTree.fromstring(junit(document).encode())
    assert len(suite) == 1 and "<script>" in str(suite.get("name")) and "\x00" not in str(suite.get("name"))
