"""What can be asked of outputs, how far the audit is, and what it found."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard import state
from dashboard.auditing import evidence, over_time, policies, reviewing, side_by_side
from dashboard.parts import charts, contents, findings, handing_out, pace, stating, verdicts
from dashboard.parts.stating import refuse
from dashboard.safe_text import duration, plain_text, safe_text
from genmodels.refusal import Refusal
from genmodels.review import audit_job, brought
from genmodels.review.earlier_audits import audits_in
from genmodels.review.report_out import sealed_report
from genmodels.review.report_seal import broken_document

if TYPE_CHECKING:
    import pandas


def view(subject: brought.Brought) -> None:
    """Everything about one subject, as far as it is known."""
    if audit_job.running_in(subject.job):
        pace.polled(_watch, 1.0)(subject)
        return
    if said := audit_job.complaint_in(subject.job):
        stating.warned(safe_text(said, 400))
    result, look = subject.result(), subject.looked()
    if about := (result or look).get("outputs"):
        _about(about)
    policies.view(subject, result)
    _ask(subject, bool(result))
    if result:
        _verdict(result)
        findings.audited(result.get("findings"), under=evidence.view)
        reviewing.view(subject)
        _handed_out(subject, result | reviewing.for_report(subject))
        over_time.view(over_time.of_outputs(subject), subject.token)
        kind = result.get("outputs")
        beside = side_by_side.of_outputs(subject.token, str(kind.get("kind")) if isinstance(kind, Mapping) else "")
        side_by_side.view(subject.token, audits_in(subject.job), beside)
    if checks := (result or look).get("checks"):
        table(checks)
    with st.popover("Delete these outputs", icon=":material/delete:"):
        st.caption(
            safe_text(f"{subject.title} is deleted with its audit{_labelled(subject)}. This can't be undone.", 400)
        )
        if st.button("Delete", type="primary", key=f"delete.{subject.token}"):
            _delete(subject)


def _labelled(subject: brought.Brought) -> str:
    """What is said of labels by people before they are deleted too."""
    found = [folder.labels() for folder in brought.labels_alone(subject)]
    count = sum(len(labels.given) for labels in found)
    people = len({rater for labels in found for rater in labels.raters})
    return f" and {count:,} answers that {people:,} people gave of it on the page Label" if count else ""


def _delete(subject: brought.Brought) -> None:
    try:
        brought.forget(subject)
    except Refusal as refusal:
        refuse(refusal)
        return
    state.notice(safe_text(f"{subject.title} was deleted."))
    state.put(state.NEXT_OUTPUTS, "")
    st.rerun()


def _about(about: Mapping[str, Any]) -> None:
    """What was brought, in numbers, and what was left out of it."""
    noun = "Pictures" if about.get("kind") == "image" else "Answers"
    with st.container(horizontal=True):
        st.metric(noun, f"{int(about.get('n') or 0):,}", width="stretch")
        st.metric("Different prompts", f"{int(about.get('prompts') or 0):,}", width="stretch")
        st.metric(
            "Left out",
            f"{int(about.get('left_out_count') or 0):,}",
            width="stretch",
            help="Files and lines that can't be read",
        )
        for name, title in (("training", "Training examples"), ("held_out", "Held out")):
            if isinstance(about.get(name), Mapping):
                st.metric(title, f"{int(about[name].get('n') or 0):,}", width="stretch")
    if took := about.get("took"):
        st.caption(safe_text(f"Read as {took}.", 300))
    left_out = [each for each in about.get("left_out") or [] if isinstance(each, Mapping)]
    if left_out:
        with st.expander(f"Left out ({int(about.get('left_out_count') or 0):,})", icon=":material/block:"):
            rows = [
                {"File": plain_text(each.get("file"), 200), "Why": plain_text(each.get("reason"), 300)}
                for each in left_out
            ]
            st.dataframe(rows, hide_index=True, alt="What was left out of what was brought, and why")


def _ask(subject: brought.Brought, before: bool) -> None:
    """The one button that starts the audit."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = st.number_input("Seed", 0, 2**31 - 1, 0, width=160, help="Decides what is drawn at random")
        label = "Audit again" if before else "Start the audit"
        if st.button(
            label,
            type="secondary" if before else "primary",
            icon=":material/play_arrow:",
            key=f"start.{subject.token}",
            help="Decisions and a signature hold for the audit that they were made on; where another one comes out, a new review is begun."
            if before
            else None,
        ):
            try:
                brought.start(subject, seed=int(seed))
            except (Refusal, OSError) as error:
                refuse(error)
                return
            st.rerun()


def _watch(subject: brought.Brought) -> None:
    """Progress and a stop; ends in one rerun of the page."""
    note = audit_job.running_in(subject.job)
    if note is None:
        st.rerun()
        return
    done, of = float(note.get("done") or 0), float(note.get("of") or 0)
    spent = time.time() - float(note.get("started") or time.time())
    left = spent * (of - done) / done if 0 < done <= of else None
    part = f"{note.get('audit') or 'Reading'}: {note.get('what', '')}" + (f", {done:,.0f} of {of:,.0f}" if of else "")
    last = audit_job.took_in(subject.job)
    usual = f"The last audit of these outputs took {duration(last)}" if last else ""
    stating.running(safe_text(part, 300), done / of if of else 0.0, spent=spent, left=left, usual=usual)
    if stating.stop(f"stop.{subject.token}"):
        brought.stop(subject)
        st.caption("It stops at its next step; started again it goes on after the last check that was over.")


def _verdict(result: Mapping[str, Any]) -> None:
    counts = result.get("counts")
    told = (
        ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
        if isinstance(counts, Mapping)
        else ""
    )
    policy = result.get("policy")
    name = policy.get("name") if isinstance(policy, Mapping) else ""
    verdicts.line(verdicts.badge(str(result.get("verdict"))), f"under the policy {name}: {told}.")


def _handed_out(subject: brought.Brought, result: Mapping[str, Any]) -> None:
    """The report as one file, the document, and what stands behind the findings as a table; no report of what was changed by hand."""
    if why := broken_document(result):
        stating.failed(
            safe_text(f"This audit was changed since it was sealed ({why}); audit again to have a report.", 300),
        )
        return
    with st.container(horizontal=True):
        for label, form, media in (
            ("Report (HTML)", "html", "text/html"),
            ("JSON", "json", "application/json"),
            ("Markdown", "md", "text/markdown"),
        ):
            handing_out.made(
                label,
                partial(sealed_report, result, form),
                f"audit-{subject.token}.{form}",
                media,
                key=f"report.{form}.{subject.token}",
            )
        evidence.download(result.get("findings"), subject.token)


def table(checks: object) -> None:
    """Every check of this kind, and why it can't be asked where it can't."""
    rows = [each for each in checks if isinstance(each, Mapping)] if isinstance(checks, list) else []
    if not rows:
        return
    contents.header("What can be checked")
    st.caption(
        "Known before anything runs: what a check needs, and what was brought. The rest stands in the report as not measured."
    )
    rows.sort(key=lambda each: bool(each.get("reason")))
    shown = [
        {
            "Check": plain_text(each.get("audit"), 40),
            "Question": plain_text(each.get("question"), 200),
            "Can it be asked?": f"Not measured: {plain_text(each['reason'], 400)}" if each.get("reason") else "Yes",
        }
        for each in rows
    ]
    harmless = [{name: safe_text(cell, 500) for name, cell in row.items()} for row in shown]
    st.table(
        harmless,
        border="horizontal",
        hide_index=True,
        alt="Every check, and whether it can be asked of what was brought",
    )
    handing_out.record("CSV", lambda: charts.csv(_frame(shown)), "checks.csv", "text/csv", key="checks.csv")


def _frame(rows: list[dict[str, str]]) -> pandas.DataFrame:
    import pandas

    return pandas.DataFrame(rows)
