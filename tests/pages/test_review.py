"""The pages of bias and memorisation: nothing yet, an audit at work, and what it found."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from dashboard.parts import stating
from dashboard.review import asking
from genmodels.files import make_folder
from genmodels.jobs import executor
from genmodels.jobs.folder import Stopped
from genmodels.refusal import Refusal
from genmodels.review import audit_job
from genmodels.review.audit import audit_run
from genmodels.runs.exchange import export_run, import_run
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from tests.pages.test_pages import HOSTILE, no_gallery, opened  # noqa: F401  (a fixture)

PAGES = pytest.mark.parametrize("page", ["bias", "memorisation", "deepfake"])


@pytest.fixture
def own(home: Path, trained: Callable[[str], Path]) -> Callable[[str], Run]:
    return lambda model: Run(Path(shutil.copytree(trained(model), home / "runs" / trained(model).name)))


@PAGES
def test_without_an_audit_the_page_says_what_to_do(page: str, own: Callable[[str], Run]) -> None:
    test = opened(page, run=own("vae").id)
    assert not test.exception and "was not audited" in test.info[0].value
    assert [button.label for button in test.button if "audit" in button.label] == ["Start the audit"]


@PAGES
def test_an_audit_at_work_shows_how_far_it_is_and_can_be_stopped(page: str, own: Callable[[str], Run]) -> None:
    run = own("vae")
    with audit_job.at_work(audit_job.folder_of(run)) as progress:
        progress.says(audit="bias")
        progress("neutral prompts", 30, 60)
        test = opened(page, run=run.id)
        assert not test.exception
        assert not any("was not audited" in each.value for each in test.info), "nobody is invited to start what is running"
        stop = next(button for button in test.button if button.label == "Stop the audit")
        stop.click().run()
        progress.noted = 0
        with pytest.raises(Stopped, match="nothing of it is kept"):
            progress("neutral prompts", 31, 60)


def test_a_page_says_how_long_the_last_such_audit_took(own: Callable[[str], Run]) -> None:
    run = own("vae")
    folder = audit_job.folder_of(run)
    for pid, known in ((1, None), (os.getpid(), 300)):  # another process's note says nothing of this one
        make_folder(folder)
        (folder / "progress.json").write_text(json.dumps({"pid": pid, "names": "bias", "n": 300, "started": time.time() - 130}))
        with audit_job.at_work(folder) as progress:
            progress("neutral prompts", 1, 2)
        took = audit_job.took(run, ["bias"])
        assert took is None if known is None else took is not None and took[1:] == (known, run.id) and 130 <= took[0] < 200
    assert audit_job.took(run, ["memorisation", "membership"]) is None
    assert any("The last such audit took 2 min 1" in each.value and "300 samples" in each.value for each in opened("bias", run=run.id).caption)
    other = own("transformer")
    assert (audit_job.took(other, ["bias"]) or ())[2:] == (run.id,), "nobody has to guess the first time"
    (folder / "took.json").write_text('{"names": "bias", "n": "many"}')
    assert audit_job.took(run, ["bias"]) is None


@pytest.mark.parametrize(("page", "model"), [("memorisation", "vae"), ("memorisation", "transformer"), ("bias", "transformer"), ("bias", "vae"), ("deepfake", "vae"), ("deepfake", "transformer")])
def test_what_was_found_is_shown(page: str, model: str, own: Callable[[str], Run]) -> None:
    run = own(model)
    audits = {"bias": {"vae": "bias", "transformer": "bias-of-text"}, "memorisation": {"vae": "memorisation", "transformer": "extraction"}, "deepfake": {"vae": "provenance", "transformer": "provenance"}}[page][model]
    audit_run(run, [audits], n=100)
    test = opened(page, run=run.id)
    assert not test.exception and not test.error
    assert any("Audited" in each.value for each in test.header) and not test.info
    assert "Audit again" in [each.label for each in test.button], "the form is folded, and the line above it says what was asked"
    assert any(f"{audits}: n = 100, seed 0" in each.value.replace("\\", "").replace("\u2060", "") for each in test.markdown)
    if audits != "bias":
        assert test.caption


@PAGES
def test_foreign_findings_are_shown_as_text_or_not_at_all(page: str, own: Callable[[str], Run]) -> None:
    run = own("vae")
    rows = [
        {"audit": name, "part": part, "claim": HOSTILE, "verdict": HOSTILE, "exhibits": [{"role": HOSTILE}, HOSTILE, {"pictures": ["nonsense", 7]}, {"curve": [[0.1, 0.2]]}], "calibration": {"false_alarm": "x"}}
        for name, part in (("bias", "gender"), ("bias", "followed"), ("memorisation", "copies"), ("memorisation", "duplicates"), ("membership", "auc"), ("provenance", "together of a picture"), ("deepfake", "detector"))
    ]
    strange = {name: HOSTILE for name in ("women", "low", "high", "first_seed", "role", "prompt", "gender", "skin tone", "followed", "group", "grouping", "real", "auc", "curve", "distance", "captions", "training", "change", "watermark", "ledger", "together", "picture", "sample", "probability")}
    rows.append({"audit": "bias", "part": "occupations", "verdict": "fail", "claim": "x", "exhibits": [strange, strange | {"women": 0.5}], "calibration": {"false_alarm": "x", "power": None, "effect": []}})
    rows.append({"audit": "memorisation", "part": "prompted", "verdict": "pass", "claim": "x", "exhibits": [strange | {"pictures": "no"}], "estimate": {"value": HOSTILE, "low": 1, "high": 2, "n": HOSTILE}})
    rows.append({"audit": "provenance", "part": "together of a picture", "verdict": "pass", "claim": "x", "exhibits": [strange, strange | {"watermark": 0.5, "ledger": 1, "together": 1, "n": 3}]})
    rows.append({"audit": "membership", "part": "auc", "verdict": "pass", "claim": "x", "exhibits": [strange | {"curve": [[1, "x"], 3]}], "estimate": [1, 2]})
    run.findings_file.write_text(json.dumps({"findings": rows, "audited": {"bias": HOSTILE, "memorisation": {"n": HOSTILE}}}))
    test = opened(page, run=run.id)
    assert not test.exception
    assert not any("http://evil.example/a.png)" in each.value and "\\" not in each.value for each in (*test.markdown, *test.caption))


def test_a_finding_is_read_as_question_verdict_what_was_found_and_how_often_that_is_wrong(own: Callable[[str], Run]) -> None:
    run = own("vae")
    rates = {"false_alarm": 0.03, "false_alarm_high": 0.05, "power": 0.9, "case": "copy 2 %", "cases": [{"case": HOSTILE, "culprit": True, "rate": 0.9, "low": 0.8, "high": 0.95, "warned": 1.0}]}
    estimate = {"value": 0.39, "low": 0.33, "high": 0.42, "n": 400}
    rows = [
        {"audit": "memorisation", "part": "copies", "verdict": "fail", "question": "Does it copy?", "claim": "39 % are copies (33 to 42 %); none are allowed.", "estimate": estimate, "limit": 0.0, "remedy": "Look at the pairs.", "error_rates": rates},
        {"audit": "memorisation", "part": "prompted", "verdict": "reported", "question": "Does it draw them again?", "claim": "All of them.", "estimate": estimate, "limit": 1.0},
        {"audit": "memorisation", "part": "nearer", "verdict": "pass", "question": "Is it near?", "claim": "51 % are nearer.", "estimate": estimate, "limit": 0.8, "error_rates": {"not_measured": "there is no reference to plant in"}},
    ]
    run.findings_file.write_text(json.dumps({"findings": rows}))
    test = opened("memorisation", run=run.id)
    assert not test.exception
    captions, told = ([each.value.replace("\\", "").replace("\u2060", "") for each in some] for some in (test.caption, test.markdown))
    assert "**Asked:** Does it copy?" in told and any("39 % are copies" in each for each in told)
    assert "**What to do:** Look at the pairs." in told
    assert any("Wrongly alarms in 3 of 100 tests (at most 5 of 100); finds 9 of 10 models that copy 2 %." in each for each in captions)
    assert any("was not measured: there is no reference to plant in." in each for each in captions)
    badges = [each for each in told if "badge[" in each][2:]  # below the state of the run and the line of counts
    assert [verdict in each for each, verdict in zip(badges, ("fail", "pass", "reported"), strict=True)] == [True] * 3, "what cannot fail is no pass"
    assert len(test.dataframe) == 1, "each planted case, folded"


@pytest.mark.parametrize("page", ["bias", "memorisation", "deepfake", "train"])
def test_imported_findings_are_marked_on_every_page_and_wear_no_verdict(page: str, own: Callable[[str], Run]) -> None:
    run = own("vae")
    estimate = {"value": 0.0, "low": 0.0, "high": 0.1, "n": 40}
    rows = [
        {"audit": name, "part": part, "claim": "Nothing was found.", "verdict": "pass", "estimate": estimate, "error_rates": {"false_alarm": 0.0, "power": 1.0}, "made": {"where": "here"}}
        for name, part in (("bias", "gender"), ("memorisation", "copies"), ("provenance", "together of a picture"))
    ]
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(export_run(run))) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("findings.json", json.dumps({"findings": rows, "verdict": "pass", "measures": [{"metric": "kid", "value": 0, "low": 0, "high": 0, "n": 9}]}))
    packed.seek(0)
    test = opened(page, run=import_run(packed, RunStore.default()).id)
    assert not test.exception
    told = [each.value.replace("\\", "") for each in (*test.markdown, *test.caption)]
    badges = [each for each in told if "badge[" in each and ("measured" in each or "pass" in each)]
    assert badges and all("imported, not measured here" in each for each in badges)
    assert any("It came with the verdict 'pass'" in each for each in told) and not any("Wrongly alarms" in each for each in told)
    if page == "train":
        assert any("imported, not measured here" in set(each.value.get("Where", ())) for each in test.dataframe)
    else:
        assert any("imported, not measured here" in each.value for each in test.warning)


def test_an_audit_runs_by_itself_and_its_complaint_is_kept(own: Callable[[str], Run]) -> None:
    run = own("vae")
    audit_job.start(run, ["memorisation"], n=100, seed=0)
    assert audit_job.running(run) is not None
    with pytest.raises(Refusal, match="already"):
        audit_job.start(run, ["memorisation"], n=100, seed=0)
    _ended(run)
    assert (audit_job.folder_of(run) / "audit.json").is_file() and audit_job.complaint(run) == "" and audit_job.ended(run) == "done"
    assert {row["audit"] for row in run.findings()["findings"]} == {"memorisation"}
    before = run.findings()
    audit_job.start(run, ["nonsense"], n=100, seed=0)
    _ended(run)
    assert "nonsense" in audit_job.complaint(run) and audit_job.ended(run) == "failed" and run.findings() == before
    with pytest.raises(Stopped) as stopped, audit_job.at_work(audit_job.folder_of(run)) as progress:
        audit_job.stop(run)
        progress("drawing", 0, 100)
    (audit_job.folder_of(run) / "log.txt").write_text(f"{executor.PREFIX}{stopped.value}\n")  # as the command prints it
    assert audit_job.ended(run) == "stopped" and stating.STATES[audit_job.ended(run)] and asking.ENDED["stopped"]


def _ended(run: Run) -> None:
    for _ in range(6000):
        if audit_job.running(run) is None:
            return
        time.sleep(0.1)
    raise AssertionError(f"the audit did not end: {audit_job.running(run)}")


def test_audits_asked_one_by_one_stand_side_by_side(own: Callable[[str], Run], tmp_path: Path) -> None:
    run = own("vae")
    audit_run(run, ["memorisation"], n=100)
    document = audit_run(run, ["bias"], n=100)
    assert {row["audit"] for row in document["findings"]} == {"memorisation", "bias"} and set(document["audited"]) == {"memorisation", "bias"}
    assert {row["audit"] for row in audit_run(run, n=100)["findings"]} == {"bias", "memorisation", "membership", "provenance", "deepfake"}


def test_an_audit_that_loads_for_long_is_not_over(own: Callable[[str], Run]) -> None:
    """Its process lives and holds no lease yet: under load that took longer than any grace by the clock."""
    run = own("vae")
    file = make_folder(audit_job.folder_of(run)) / "progress.json"
    process = subprocess.Popen(["sleep", "60"])
    note = {"audit": "", "what": "loading the model", "started": time.time() - 3600, "pid": process.pid, "born": psutil.Process(process.pid).create_time()}
    file.write_text(json.dumps(note))
    assert audit_job.running(run)
    file.write_text(json.dumps(note | {"born": 5.0}))
    assert audit_job.running(run) is None, "another process that has its number"
    file.write_text(json.dumps(note))
    process.kill()
    process.wait()
    assert audit_job.running(run) is None
