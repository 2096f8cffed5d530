"""Asking for an audit from a page: what it costs, how far it is, a stop, and what it said."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import navigation, resources, state
from dashboard.model import places
from dashboard.parts import choosing, contents, findings, folding, pace, stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import duration, safe_text
from genmodels.audits.audit import AUDITS
from genmodels.data.dataset import DATA
from genmodels.knobs import Knob
from genmodels.models.recipe import MODELS
from genmodels.refusal import Refusal
from genmodels.review import audit_job
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore, gallery_names
from genmodels.verdicts.imported import IMPORTED, made_where, with_imported

ENDED = {  # what is said once an audit is over, by how it ended
    "done": "The audit is done.",
    "stopped": "The audit was stopped.",
    "failed": "The audit failed; the page says why.",
}


def audited_runs(store: RunStore, kinds: Sequence[str]) -> list[str]:
    """The runs that can be audited: what draws or writes and has weights; the gallery first."""
    rows = {
        row["id"]: row for row in resources.run_rows(store) if row["model"] in MODELS and MODELS[row["model"]].draws
    }
    fit = [name for name, row in rows.items() if row["data"] in DATA and DATA[row["data"]].kind in kinds]
    own = [name for name in fit if not rows[name]["gallery"] and places.has_weights(store[name])]
    return [*(name for name in gallery_names() if name in fit), *own]


def ask(run: Run, names: Sequence[str], samples: str, default: int) -> None:
    """The form that starts an audit, or how far the running one is."""
    if audit_job.running(run):
        pace.polled(_watch, 1.0)(run, names)
        return
    if said := audit_job.complaint(run):
        stating.warned(safe_text(said, 300))
    before = any(made_where(row) != IMPORTED for row in of_audits(run, names))
    asked = (conditions(run, names) or "Audited before") if before else ""
    with (
        folding.form(f"audit_{names[0]}_{run.id}", asked, stays=bool(said), change="Audit again"),
        st.form(f"audit.{run.id}.{names[0]}", border=False),
    ):
        left, right = st.columns(2)
        if last := _last_time(run, names):
            st.caption(safe_text(last, 200))
        n = left.number_input(
            samples, 100, 100_000, default, 100, help="More samples find smaller effects; the time grows with them."
        )
        seed = right.number_input("Seed", 0, 2**31 - 1, 0)
        options = {each.name: st.checkbox(each.help) for each in _choices(names)}
        if st.form_submit_button("Start the audit", type="primary", icon=":material/play_arrow:"):
            try:
                audit_job.start(run, names, n=int(n), seed=int(seed), options=options)
            except (Refusal, OSError) as error:
                refuse(error)
                return
            folding.fold()
            st.rerun()


def _choices(names: Sequence[str]) -> list[Knob]:
    """The options of these audits that are chosen or not."""
    return [each for name in names for each in AUDITS[name].options.knobs() if each.type is bool]


def _last_time(run: Run, names: Sequence[str]) -> str:
    """How long the same audits took before, of this run or another, where that is known."""
    last = audit_job.took(run, names)
    if last is None:
        return ""
    other = "" if last[2] == run.id else f", of {last[2]},"
    return f"The last such audit{other} took {duration(last[0])} with {last[1]:,} samples."


def _watch(run: Run, names: Sequence[str]) -> None:
    """Progress, time left, and a stop; ends in one rerun of the page."""
    note = audit_job.running(run)
    if note is None:
        went = audit_job.ended(run)
        state.notice(ENDED[went], stating.STATES[went][0])
        st.rerun()
        return
    done, of, spent = (
        float(note.get("done") or 0),
        float(note.get("of") or 0),
        time.time() - float(note.get("started") or time.time()),
    )
    share = min(done / of, 1.0) if of else 0.0
    part = f"{note.get('audit') or 'Audit'}: {note.get('what', '')}" + (f", {done:,.0f} of {of:,.0f}" if of else "")
    stating.running(
        safe_text(part, 300), share, spent=spent, left=_left(note), usual=safe_text(_last_time(run, names), 200)
    )
    if stating.stop(f"stop.audit.{run.id}", label="Stop the audit"):
        audit_job.stop(run)
        st.caption("It stops at its next step and keeps nothing.")


def _left(note: Mapping[str, Any]) -> float | None:
    """Time left of the part that is being done, from its own speed."""
    key, now = f"audit.part.{note.get('what')}", time.time()
    begun = state.get(key)
    if begun is None or float(note.get("done") or 0) < begun[1] or begun[2] != note.get("started"):
        state.put(key, (now, float(note.get("done") or 0), note.get("started")))
        return None
    drawn = float(note.get("done") or 0) - begun[1]
    to_do = float(note.get("of") or 0) - float(note.get("done") or 0)
    return to_do * (now - begun[0]) / drawn if drawn > 0 else None


def of_audits(run: Run, names: Sequence[str]) -> list[dict[str, Any]]:
    """What those audits found in a run, also what came with it."""
    return [row for row in with_imported(run.findings()) if row.get("audit") in names]


def show(run: Run, names: Sequence[str], nothing: str) -> list[dict[str, Any]]:
    """Each finding with its verdict and error rates; says what to do where there is none."""
    found = of_audits(run, names)
    if not found:
        if not audit_job.running(run):
            stating.empty(nothing)
        return []
    findings.audited(found, run.findings())
    st.caption(safe_text(conditions(run, names), 300))
    return found


def conditions(run: Run, names: Sequence[str]) -> str:
    """What those audits were asked for, in one line of plain text; "" where that is not known."""
    asked = run.findings().get("audited")
    alike: dict[str, list[str]] = {}
    for name in names:
        row = asked.get(name) if isinstance(asked, dict) else None
        if isinstance(row, dict):
            alike.setdefault(f"n = {row.get('n')}, seed {row.get('seed')}, {row.get('date')}", []).append(name)
    return "; ".join(f"{', '.join(those)}: {told}" for told, those in alike.items())


def choose(
    store: RunStore, kinds: Sequence[str], page: str, nothing: str, verb: str = "audit", **train: str
) -> Run | None:
    """The model that a page is about, in its title and URL; None where there is none, and then what to do is said, with a link
    to train one, of which `train` says the model and the data (`on`)."""
    names = audited_runs(store, kinds)
    if not names:
        st.title(page, anchor=False)
        stating.empty(nothing)
        navigation.link("train", "Train a model", **train)
        return None
    chosen = choosing.model(store, names, page, verb)
    contents.place()
    return store[chosen] if chosen else None


def those_for(run: Run, names: Sequence[str]) -> list[str]:
    """The audits among these that read such examples as a run has."""
    return [name for name in names if run.spec.kind in AUDITS[name].kinds]
