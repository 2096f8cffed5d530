"""The page Audit as an overview: all subjects by checks, deep links to outputs and to runs, audits over time, two audits side by side."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from genmodels.files import make_folder
from genmodels.review import audit_job, brought
from genmodels.review.earlier_audits import put_audit
from genmodels.runs.store import RunStore
from tests.genmodels.test_evidence import BARE, finding
from tests.pages.test_pages import HOSTILE, no_gallery, opened  # noqa: F401  (a fixture)


def document(value: float, verdict: str = "pass", audit: str = "repeats", **more: Any) -> dict[str, Any]:
    estimate = {"value": value, "low": value * 0.8, "high": value * 1.2, "n": 400}
    found = finding(BARE, audit=audit, part="equal", verdict=verdict, estimate=estimate, limit=0.1, claim=HOSTILE)
    return {"subject": HOSTILE, "verdict": verdict, "counts": {verdict: 1}, "outputs": {"kind": "text", "n": 400}, "findings": [found]} | more


def given(title: str, content: bytes, *documents: dict[str, Any]) -> brought.Brought:
    kept = brought.keep({"outputs": ("answers.jsonl", io.BytesIO(content))}, title)
    make_folder(kept.job)
    for day, each in enumerate(documents):
        put_audit(kept.job, json.dumps(each).encode())
        os.utime(kept.job / "audit.json", (1.7e9 + 86400 * day,) * 2)
    return kept


def tables(test: AppTest) -> str:
    assert not test.exception
    return "\n".join(str(each.value.to_dict()) for each in test.table)


def test_all_subjects_stand_by_checks_with_words_and_links() -> None:
    bad, good = given(HOSTILE, b"1", document(0.3, "fail")), given("theirs", b"2", document(0.01))
    looked = given("looked at", b"3")
    told = tables(opened("audit"))
    assert f"audit?outputs={bad.token}" in told and f"audit?outputs={good.token}" in told and f"audit?outputs={looked.token}" in told
    assert ":red-badge[:material/cancel: fail]" in told and ":green-badge[:material/check_circle: pass]" in told
    assert ("not audited" in told and "evil.example/a.png)" not in told.replace("\\", "").replace("\u2060", "")) or "![x](" not in told


def test_a_pass_says_how_much_nobody_measured() -> None:
    whole = document(0.01)
    open_one = finding(BARE, audit="repeats", part="near", verdict="not measured", claim="near repeats")
    given("theirs", b"1", whole | {"findings": [*whole["findings"], open_one]})
    given("all of it", b"2", whole)
    told = tables(opened("audit"))
    assert told.count(":small[") == 1 and ":small[1 of 2 not measured]" in told


def test_nothing_yet_says_what_to_do_next() -> None:
    test = opened("audit")
    assert not test.exception and any("Bring what a model made" in each.value for each in test.info)


def test_subjects_of_one_name_are_told_apart() -> None:
    first, second = given("theirs", b"1", document(0.01)), given("theirs", b"2", document(0.02))
    test = opened("audit", outputs=first.token)
    choice = next(each for each in test.selectbox if each.label == "Subject")
    assert len({each for each in choice.options if each.startswith("theirs")}) == 2
    test = test.run()
    assert test.query_params["outputs"] in (first.token, [first.token]), "another rerun stays with it"
    assert second.token != first.token


def test_a_run_goes_through_the_same_door(home: Path, trained: Callable[[str], Path]) -> None:
    shutil.copytree(trained("vae"), home / "runs" / trained("vae").name)
    run = RunStore.default()[trained("vae").name]
    test = opened("audit", run=run.id)
    assert not test.exception and next(each for each in test.selectbox if each.label == "Subject").value == f"run:{run.id}"
    assert any("not audited yet" in each.value for each in test.info)
    assert {"Training", "Files and report", "Memorisation in detail"} <= {each.proto.label for each in test.get("page_link")}
    folder = make_folder(audit_job.folder_of(run))
    for value in (0.1, 0.2):
        put_audit(folder, json.dumps(document(value, audit="memorisation")).encode())
        os.utime(folder / "audit.json", (1.7e9 + 1e6 * value,) * 2)
    (run.path / "findings.json").write_text(json.dumps(document(0.2, audit="memorisation")))
    test = opened("audit", run=run.id)
    assert not test.error, [each.value for each in test.error]
    assert not test.exception and {"Over time", "Compare"} <= {each.value for each in test.header}
    told = tables(opened("audit"))
    assert f"audit?run={run.id}" in told


@pytest.mark.parametrize("query", [{"run": "nobody"}, {"run": HOSTILE}, {"outputs": "run:nobody"}, {"outputs": HOSTILE}, {"run": "../../etc"}])
def test_what_is_not_there_is_said(query: dict[str, str]) -> None:
    given("theirs", b"1", document(0.01))
    test = opened("audit", **query)
    assert not test.exception and any("There are no" in each.value for each in test.warning)
    assert not any("](http" in each.value for each in test.warning)


def test_audits_over_time_are_drawn_and_one_alone_says_how_to_get_there() -> None:
    alone = given("alone", b"1", document(0.01))
    assert any("Audited once" in each.value for each in opened("audit", outputs=alone.token).caption)
    given("model", b"2", document(0.01), document(0.02))
    later = given("model", b"3", document(0.3, "fail"))
    test = opened("audit", outputs=later.token)
    assert not test.exception and any(each.value.startswith("3 audits") for each in test.caption)
    assert len(test.get("plotly_chart")) == 1
    figure = json.loads(test.get("plotly_chart")[0].proto.spec)
    assert figure["layout"]["xaxis"]["title"]["text"] == "Audited on (UTC)" and "share" in figure["layout"]["yaxis"]["title"]["text"]
    assert figure["data"][1]["name"] == "limit of the policy"


def test_two_audits_stand_side_by_side() -> None:
    before, now = given(HOSTILE, b"1", document(0.1)), given("now", b"2", document(0.3, "fail"))
    test = opened("audit", outputs=now.token)
    choice = next(each for each in test.selectbox if each.label == "The audit before")
    assert choice.value is None and len(choice.options) == 1
    test = choice.set_value(choice.options[0]).run()
    told = tables(test)
    assert "worse" in told and "trending_up" in told and "kept no items" in told
    assert any("red-badge" in each.value and "worse" in each.value for each in test.markdown)
    assert before.token != now.token and not any("](http" in each.value for each in (*test.markdown, *test.caption))


def test_back_from_another_page_shows_what_the_address_says() -> None:
    subject = given("theirs", b"1", document(0.01))
    test = opened("audit", outputs=subject.token)
    test.switch_page("../pages/label.py").run()
    test.switch_page("../pages/audit.py")
    test.query_params["outputs"] = subject.token
    test.run()
    assert next(each for each in test.selectbox if each.label == "Subject").value == subject.token
