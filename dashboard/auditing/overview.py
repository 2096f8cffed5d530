"""All subjects by checks: the verdict of each, as a word with a sign, and a link to the audit behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import streamlit as st

from dashboard import navigation
from dashboard.auditing.subjects import called
from dashboard.parts import contents, standing, stating, verdicts
from dashboard.review import asking
from dashboard.run_rows import changed
from dashboard.safe_text import safe_text
from genmodels.audits.audit import AUDITS
from genmodels.files import Unreadable, read_document
from genmodels.kinds.spec import KINDS
from genmodels.review import audit_job, brought
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

MOST = 100  # subjects of a table, the newest


@dataclass(frozen=True)
class Line:
    """A subject: its name, what an example of it is, where its audit is, what is known of it, how much was not measured, and its
    worst verdict by check."""

    name: str
    what: str
    address: str
    state: str
    open: str
    checks: Mapping[str, str]


def view(store: RunStore, kinds: Sequence[str]) -> None:
    """A table of outputs that were brought and one of runs; what to do next where there is neither."""
    kept = brought.everything()[:MOST]
    names = called(kept)
    lines = [_of_outputs(each, names[each.token]) for each in kept]
    runs = [_of_run(store, name) for name in asking.audited_runs(store, kinds)[:MOST]]
    if not lines and not runs:
        stating.empty(
            "Nothing was audited yet. Bring what a model made, below; or train a model here and audit that.",
        )
        navigation.link("train", "Train a model")
        return
    contents.header("All subjects")
    st.caption(
        "Verdict: the worst of all findings that were measured, and how many were not; a pass says nothing of those. Below a check: its worst, which is “not measured” where any of its findings was not and none failed. Each leads to the audit."
    )
    for what in dict.fromkeys(each.what for each in (*lines, *runs)):
        _table([each for each in lines if each.what == what], f"Brought: {what}")
        _table([each for each in runs if each.what == what], f"Runs: {what}")


@dataclass(frozen=True)
class Summary:
    """What a list needs of an audit that may be long: what an example is, the verdict, how much was not measured, and the worst
    verdict of each check."""

    kind: str = ""
    verdict: str = ""
    open: str = ""
    checks: tuple[tuple[str, str], ...] = ()


def summary(subject: brought.Brought) -> Summary:
    """Of the last audit of outputs that were brought, else of what was said before it."""
    audit, look = (subject.job / name for name in ("audit.json", "look.json"))
    file = audit if changed(str(audit)) else look
    return _of_file(str(file), changed(str(file)))


@lru_cache(maxsize=1024)
def _of_file(file: str, when: int) -> Summary:
    """Read once for all who look, and again once it was written anew."""
    try:
        document = read_document(file)
    except (FileNotFoundError, Unreadable):
        return Summary()
    return _summed(document) if isinstance(document, dict) else Summary()


@lru_cache(maxsize=1024)
def _of_findings(path: str, when: tuple[int, int]) -> Summary:
    """Of the findings of a run, kept in the run or beside it."""
    return _summed(Run(Path(path)).findings())


def _summed(document: Mapping[str, Any]) -> Summary:
    about = document.get("outputs")
    kind = str(about.get("kind")) if isinstance(about, Mapping) else ""
    verdict, checks = str(document.get("verdict") or ""), standing.worst(document)
    return Summary(kind, verdict, standing.not_measured(document), tuple(checks.items()))


def _of_outputs(subject: brought.Brought, name: str) -> Line:
    found = summary(subject)
    state = "is being audited" if audit_job.running_in(subject.job) else found.verdict
    state = state or ("only looked at: start its audit" if found.kind else "not audited: open it and start")
    what = KINDS[found.kind].many if found.kind in KINDS else "not looked at yet"
    return Line(name, what, f"audit?outputs={quote(subject.token)}", state, found.open, dict(found.checks))


def _of_run(store: RunStore, name: str) -> Line:
    run = store[name]
    files = (run.path / "findings.json", run.findings_file)
    found = _of_findings(str(run.path), (changed(str(files[0])), changed(str(files[1]))))
    state = found.verdict if found.checks else "not audited: open it and start"
    return Line(name, KINDS[run.spec.kind].many, f"audit?run={quote(name)}", state, found.open, dict(found.checks))


def _table(lines: Sequence[Line], title: str) -> None:
    if not lines:
        return
    columns = [name for name in AUDITS if any(name in each.checks for each in lines)]
    rows: list[dict[str, Any]] = [
        {
            "Subject": f"[{safe_text(each.name, 120)}]({each.address})",
            "Verdict": _cell(each.state, each.address) + (f" :small[{each.open} not measured]" if each.open else ""),
            **{name: _cell(each.checks.get(name, ""), each.address) for name in columns},
        }
        for each in lines
    ]
    st.subheader(title, anchor=False)
    st.table(rows, border="horizontal", hide_index=True, alt=f"{title}: the verdict of each check")


def _cell(verdict: str, address: str) -> str:
    if verdict not in standing.WORST:
        return safe_text(verdict, 60) if verdict else "–"
    return f"[{verdicts.badge(verdict)}]({address})"
