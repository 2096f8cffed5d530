"""Hand-written findings in the zip of a run are shown as imported and count for nothing; kept findings hold or are named."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from genmodels.commands.main import main
from genmodels.measuring.measure import measure_run
from genmodels.refusal import Refusal
from genmodels.review.audit import audit_run
from genmodels.review.comparison import difference
from genmodels.review.kept_findings import conditions, digest_of, kept
from genmodels.review.policy import Policy
from genmodels.review.report import report
from genmodels.review.run_document import run_document
from genmodels.runs.exchange import export_run, import_run
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from genmodels.verdicts.imported import IMPORTED, NOTE, imported, made_where, with_imported

AUDITS = ("memorisation", "provenance", "bias")
ESTIMATE = {"value": 0.0, "low": 0.0, "high": 0.001, "n": 10**6}
MEASURE = {"metric": "kid", "value": 0.0, "low": 0.0, "high": 0.0, "n": 1000, "better": "lower", "unit": "none", "protocol": "any", "seed": 0}
N = 40


def forged(**made: Any) -> dict[str, Any]:
    """A findings.json that claims everything."""
    rates = {"false_alarm": 0.0, "power": 1.0, "repetitions": 10**6}
    rows = [{"audit": name, "part": "copies", "claim": "Nothing was found.", "verdict": "pass", "estimate": ESTIMATE, "limit": 0.1, "error_rates": rates, "made": made} for name in AUDITS]
    return {"findings": rows, "earlier": rows, "verdict": "pass", "counts": {"pass": 3}, "measures": [MEASURE | {"where": "here"}], "audited": {"bias": {"n": 1, "seed": 0, "date": "x"}}, "policy": {"name": "ours"}}


def zipped(folder: Path, findings: bytes) -> io.BytesIO:
    """The run in that folder as a zip, with these findings."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(export_run(Run(folder)))) as old, zipfile.ZipFile(buffer, "w") as archive:
        for name in old.namelist():
            if name != "findings.json":
                archive.writestr(name, old.read(name))
        archive.writestr("findings.json", findings)
    buffer.seek(0)
    return buffer


@pytest.fixture
def stranger(trained: Callable[[str], Path]) -> Run:
    """An imported run whose findings claim to be of here, with the right policy, seed, n and weights."""
    from genmodels.trained.opening import newest_weights

    made = conditions(Policy("ours", {}, (*AUDITS, "membership")), newest_weights(Run(trained("vae"))), n=N, seed=0)
    return import_run(zipped(trained("vae"), json.dumps(forged(**made)).encode()), RunStore.default())


@pytest.fixture
def ours(trained: Callable[[str], Path]) -> Run:
    folder = RunStore.default().folder / "20260101-000000-vae-digits-aaaa"
    shutil.copytree(trained("vae"), folder)
    return Run(folder)


def policy(folder: Path, **parts: Any) -> Path:
    (folder / "p.json").write_text(json.dumps({"name": "ours", "required": [*AUDITS, "membership"]} | parts))
    return folder / "p.json"


def test_forged_findings_of_an_imported_run_never_count(stranger: Run, tmp_path: Path) -> None:
    assert "findings" not in stranger.findings() and "verdict" not in stranger.findings()
    found = audit_run(stranger, ["membership"], n=N, policy=policy(tmp_path))
    assert found["verdict"] != "pass" and {row["audit"] for row in found["findings"]} == {"membership"}
    assert {(row["audit"], row["why"]) for row in found["left_out"]} == {(name, NOTE) for name in AUDITS}
    assert {row["audit"] for row in found["not_measured"]} >= set(AUDITS)
    again = Run(stranger.path).findings()
    assert {made_where(row) for row in again["findings"]} == {"here"} and {row["audit"] for row in imported(again, "findings")} == set(AUDITS)


def test_the_gate_stays_shut_for_forged_findings(stranger: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", stranger.id, "--audit", "membership", "-n", str(N), "--policy", str(policy(tmp_path)), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().out
    assert f"left out      bias, copies: {NOTE}" in said and "not measured  bias: the policy requires it" in said
    assert "1000000" not in said


def test_findings_written_over_by_hand_after_an_import_count_as_imported(stranger: Run) -> None:
    (stranger.path / "findings.json").write_text(json.dumps(forged()))
    found = stranger.findings()
    assert not {"findings", "verdict", "counts", "audited", "policy", "earlier"} & found.keys()
    assert len(imported(found, "findings")) == 3


def test_forged_measures_are_not_compared(stranger: Run, ours: Run) -> None:
    ours.findings_file.write_text(json.dumps({"measures": [MEASURE | {"where": "here"}]}))
    with pytest.raises(Refusal, match=NOTE):
        difference(ours, stranger, "kid")
    measure_run(stranger, ["kid"], n=64)
    assert [row["where"] for row in stranger.findings()["measures"]] == ["here"]
    assert imported(stranger.findings(), "measures"), "still shown, and marked"


def test_a_report_shows_them_apart_and_without_sign(stranger: Run) -> None:
    text = report(run_document(stranger), "md")
    assert "Not audited." in text and "Not measured." in text and text.count(f"{NOTE}: pass") == 3
    assert "Verdict on all" not in text and "✓" not in text and "Wrongly alarms" not in text
    assert json.loads(report(run_document(stranger), "json"))[IMPORTED]["findings"][0]["made"]["where"] == IMPORTED


def test_an_own_run_that_comes_back_is_imported_too(ours: Run) -> None:
    audit_run(ours, ["membership"], n=N)
    back = import_run(io.BytesIO(export_run(ours)), RunStore.default())
    once_more = import_run(io.BytesIO(export_run(back)), RunStore.default())
    for run in (back, once_more):
        assert "findings" not in run.findings() and {row["audit"] for row in with_imported(run.findings())} == {"membership"}


HUGE = 10.0**300
STRANGE: dict[str, Any] = {
    "huge limit": {"findings": [forged()["findings"][0] | {"limit": HUGE}]},
    "huge estimate": {"findings": [forged()["findings"][0] | {"estimate": ESTIMATE | {"value": HUGE, "n": HUGE}}]},
    "no rows": {"findings": {"a": 1}, "measures": "x", "imported": [1]},
    "strange rows": {"findings": [1, "x", None, [], {}, {"audit": []}, {"audit": "bias", "claim": 1, "verdict": "pass"}, {"verdict": "great"}], "measures": [1, {}, {"metric": 1}, {"metric": "kid", "value": HUGE, "n": HUGE}]},
    "extra": {"findings": [forged()["findings"][0] | {"strange": 1}]},
    "nested": {"imported": {"findings": forged()["findings"], "imported": {"findings": 1}}},
    "deep": {"findings": [forged()["findings"][0] | {"exhibits": [{"a": json.loads("[" * 50 + "]" * 50)}]}]},
}  # fmt: skip


@pytest.mark.parametrize("name", STRANGE)
def test_whatever_the_findings_of_a_zip_hold(name: str, trained: Callable[[str], Path]) -> None:
    run = import_run(zipped(trained("vae"), json.dumps(STRANGE[name]).encode()), RunStore.default())
    found = run.findings()
    assert not found.keys() - {IMPORTED}
    assert "Not audited." in report(run_document(run), "html")
    assert all(made_where(row) == IMPORTED for row in with_imported(found))


@pytest.mark.parametrize(("row", "said"), [({"limit": 10**400}, "401 digits"), ({"n": 2**53}, "16 digits"), ({"exhibits": json.loads("[" * 300 + "]" * 300)}, "levels deep")])
def test_findings_that_no_program_of_ours_wrote_are_refused(row: dict[str, Any], said: str, trained: Callable[[str], Path]) -> None:
    with pytest.raises(Refusal, match=said):
        import_run(zipped(trained("vae"), json.dumps({"findings": [row]}).encode()), RunStore.default())


def test_a_partial_audit_keeps_what_was_made_alike_and_names_the_rest(ours: Run, tmp_path: Path) -> None:
    first = audit_run(ours, ["memorisation"], n=N)
    made = first["findings"][0]["made"]
    assert made["where"] == "here" and made["n"] == N and made["seed"] == 0 and len(made["weights"]) == 16
    assert made["policy"] == {"name": "default", "digest": Policy().digest} and made["limits"]
    alike = audit_run(ours, ["membership"], n=N)
    assert {row["audit"] for row in alike["findings"]} == {"memorisation", "membership"} and not alike["left_out"]
    under_another = audit_run(ours, ["membership"], n=N, policy=policy(tmp_path, required=["memorisation", "membership"]))
    assert {row["audit"] for row in under_another["findings"]} == {"membership"} and under_another["verdict"] != "pass"
    assert all("another policy ('default', now 'ours')" in row["why"] for row in under_another["left_out"])
    text = report(run_document(ours), "md").replace("\\", "")
    assert "Left out" in text and f"under the policy ours (digest {under_another['policy']['digest']}), with n = {N} and seed 0, of the weights {made['weights']}" in text
    assert {row["audit"] for row in with_imported(ours.findings())} == {"memorisation", "membership"}, "pages go on showing it"
    back = audit_run(ours, ["membership"], n=N)
    assert {row["audit"] for row in back["findings"]} == {"memorisation", "membership"} and not back["left_out"]


@pytest.mark.parametrize(("change", "why"), [({"n": 41}, "another n"), ({"seed": 1}, "another seed"), ({"weights": "x"}, "another weights"), ({"full": True}, "400 pictures")])
def test_other_conditions_are_told(change: Mapping[str, Any], why: str) -> None:
    now = conditions(Policy(), {}, n=N, seed=0)
    row = {"audit": "bias", "claim": "x", "verdict": "not measured", "made": now}
    assert [finding.audit for finding in kept({"findings": [row]}, ["membership"], now)[0]] == ["bias"]
    findings, left_out, earlier = kept({"findings": [row]}, ["membership"], now | change)
    assert not findings and why in left_out[0]["why"] and earlier == [row]
    for spoiled in (row | {"made": {}}, row | {"made": []}, row | {"audit": "no such"}, row | {"audit": []}, row | {"verdict": "great"}):
        findings, left_out, _ = kept({"findings": [spoiled]}, [], now)
        assert not findings and len(left_out) == 1


def test_the_digest_of_weights_sees_names_shapes_and_values() -> None:
    import numpy as np

    weights = {"a": np.zeros(4), "b": np.ones(2)}
    others = [{"a": np.zeros(4), "c": np.ones(2)}, {"a": np.zeros((2, 2)), "b": np.ones(2)}, {"a": np.zeros(4), "b": np.full(2, 1.5)}]
    assert len({digest_of(each) for each in (weights, *others)}) == 4 and digest_of(weights) == digest_of(dict(reversed(weights.items())))
