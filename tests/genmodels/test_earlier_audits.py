"""Audits of one subject over time: none is overwritten without a trace, the number is bounded, and a point is a measurement."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from genmodels.commands.main import main
from genmodels.files import make_folder
from genmodels.review import audit_job, earlier_audits
from genmodels.review.earlier_audits import audits_in, over_time, put_audit, remember
from genmodels.review.two_audits import compared, read_audit
from genmodels.runs.store import RunStore


def finding(value: float, **more: Any) -> dict[str, Any]:
    return {"audit": "repeats", "part": "equal", "verdict": "pass", "limit": 0.1, "estimate": {"value": value, "low": value / 2, "high": value * 2, "n": 90}, "made": {"version": "1"}} | more


def document(*values: float, **more: Any) -> str:
    return json.dumps({"subject": "theirs", "findings": [finding(value) for value in values]} | more)


def aged(folder: Path, content: str, day: int) -> None:
    put_audit(folder, content.encode())
    os.utime(folder / "audit.json", (1e9 + day * 86400,) * 2)


def test_each_audit_stays_under_its_date_and_its_hash(tmp_path: Path) -> None:
    for day, value in enumerate((0.01, 0.02, 0.02, 0.04)):
        aged(tmp_path, document(value), day)
    found = audits_in(tmp_path)
    assert [each.document()["findings"][0]["estimate"]["value"] for each in found] == [0.01, 0.02, 0.04]
    assert found[0].file.name == f"20010909T014640Z-{hashlib.sha256(document(0.01).encode()).hexdigest()[:16]}.json"
    points = over_time(found)["repeats", "equal"]
    assert [(each["value"], each["limit"], each["verdict"]) for each in points] == [(0.01, 0.1, "pass"), (0.02, 0.1, "pass"), (0.04, 0.1, "pass")]
    assert [each["when"].day for each in points] == [9, 11, 12]


def test_back_to_what_it_was_is_there_once(tmp_path: Path) -> None:
    for day, value in enumerate((0.01, 0.02, 0.01)):
        aged(tmp_path, document(value), day)
    assert len(audits_in(tmp_path)) == 2 and audits_in(tmp_path)[-1].file.name == "audit.json"


def test_their_number_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier_audits, "MOST", 5)
    for day in range(9):
        aged(tmp_path, document(0.01 + day / 100), day)
    assert len(list((tmp_path / "history").iterdir())) == 5
    assert [round(each.document()["findings"][0]["estimate"]["value"], 2) for each in audits_in(tmp_path)] == [0.04, 0.05, 0.06, 0.07, 0.08, 0.09]


def test_what_was_only_taken_over_is_no_new_point(tmp_path: Path) -> None:
    aged(tmp_path, document(0.01), 1)
    aged(tmp_path, document(0.01, more="another audit was added"), 2)
    assert len(audits_in(tmp_path)) == 2 and len(over_time(audits_in(tmp_path))["repeats", "equal"]) == 1


def test_what_is_no_audit_is_left_out(tmp_path: Path) -> None:
    past = make_folder(tmp_path / "history")
    (past / "20990000T000000Z-0000000000000000.json").write_text("{}")
    (past / "20200101T000000Z-0000000000000001.json").write_text("{")
    (past / "20200101T000000Z-0000000000000002.json").write_text('{"findings": [7, {"estimate": {"value": "x"}}, {"audit": 1}]}')
    os.mkfifo(past / "20200101T000000Z-0000000000000003.json")
    (past / "x.json").write_text("{}")
    assert over_time(audits_in(tmp_path)) == {} and len(audits_in(tmp_path)) == 3


def test_the_command_keeps_what_it_replaces_and_its_items(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, out = tmp_path / "answers.jsonl", tmp_path / "out"
    for bad in (0, 30):
        rows = [{"prompt": f"p{i}", "response": f"write to a.meier{i}@posteo.de" if i < bad else f"an answer of number {i}"} for i in range(60)]
        table.write_text("\n".join(map(json.dumps, rows)))
        main(["audit", str(table), "--audit", "personal-data", "--out", str(out)])
    before, now = audits_in(out)
    found = compared(read_audit(before.file), read_audit(now.file))
    row = next(each for each in found["findings"] if each["part"] == "found")
    assert row["worse"] and "60 pairs of outputs" in row["said"], "items of the earlier one lie beside it"
    main(["audit", str(table), "--audit", "personal-data", "--out", str(out)])
    assert len(audits_in(out)) == 2, "the same again is nothing new"


@pytest.mark.slow
def test_so_do_audits_of_a_run_wherever_they_are_written(home: Path, tmp_path: Path) -> None:
    for seed in (1, 2):
        main(["audit", "vae-digits", "--audit", "provenance", "-n", "100", "--seed", str(seed), "--out", str(tmp_path / str(seed))])
    assert len(audits_in(audit_job.folder_of(RunStore.default()["vae-digits"]))) == 3, "the one that ships with it, and two"


def test_the_same_bytes_are_remembered_once(tmp_path: Path) -> None:
    remember(tmp_path, document(0.1).encode())
    remember(tmp_path, document(0.1).encode())
    assert len(list((tmp_path / "history").iterdir())) == 1
