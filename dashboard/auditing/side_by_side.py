"""This audit beside another one: an earlier one of the same subject, or one of other outputs of the same kind."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.auditing import overview
from dashboard.auditing.subjects import called
from dashboard.parts import charts, contents, handing_out, verdicts
from dashboard.parts.stating import refuse
from dashboard.safe_text import plain_text, safe_text
from genmodels.estimates.rounding import between, told
from genmodels.refusal import Refusal
from genmodels.review import audit_job, brought
from genmodels.review.earlier_audits import AUDIT, Earlier, audits_in
from genmodels.review.two_audits import compared, read_audit, word_of
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

SIGNS = {"worse": ":material/trending_up:", "better": ":material/trending_down:", "changed": ":material/swap_vert:"}
COLOURS = {"worse": "red", "better": "green", "changed": "blue"}
SAID = {
    "worse": (":material/trending_up:", "red"),
    "not worse": (":material/check_circle:", "green"),
    "not measured": (":material/help:", "gray"),
}


def view(token: str, audits: Sequence[Earlier], beside: Mapping[str, Path]) -> None:
    """The choice of the other audit, and what lies between the two: an earlier one of `audits`, whose last is this one, or one of others."""
    contents.header("Compare")
    earlier = {
        f"This subject on {each.when:%Y-%m-%d %H:%M:%S} (UTC), {each.sha256[:6]}": each.file
        for each in reversed(audits[:-1])
    }
    others = earlier | dict(beside)
    if not others or not audits:
        st.caption("There is no other audit of this kind yet: audit again, or bring other outputs of the same prompts.")
        return
    chosen = st.selectbox(
        "The audit before",
        list(others),
        None,
        placeholder="Choose the audit to compare with",
        key=f"compare.{token}",
        help="Outputs of the same prompts are compared pair by pair; else the intervals are. The same by command: genmodels compare BEFORE NOW.",
    )
    if chosen is None:
        return
    try:
        found = compared(read_audit(others[chosen]), read_audit(audits[-1].file))
    except Refusal as refusal:
        refuse(refusal)
        return
    _shown(found, token)


def of_outputs(token: str, kind: str) -> dict[str, Path]:
    """By what they are called: the last audits of other outputs of a kind."""
    audited = [each for each in brought.everything() if each.token != token and (each.job / AUDIT).is_file()]
    others = [each for each in audited if overview.summary(each).kind == kind]
    names = called(others)
    return {names[each.token]: each.job / AUDIT for each in others}


def of_runs(store: RunStore, names: Sequence[str], run: Run) -> dict[str, Path]:
    """The last audits of other runs of a kind."""
    others = [store[name] for name in names if name != run.id and store[name].spec.kind == run.spec.kind]
    audits = {each.id: audits_in(audit_job.folder_of(each)) for each in others}
    return {plain_text(name, 100): found[-1].file for name, found in audits.items() if found}


def _shown(found: Mapping[str, Any], token: str) -> None:
    icon, colour = SAID[found["verdict"]]
    verdicts.line(verdicts.worn(icon, colour, found["verdict"]), found["said"])
    for note in found["notes"]:
        st.caption(safe_text(note, 400))
    rows = [_row(each) for each in found["findings"]]
    if rows:
        harmless = [{name: safe_text(cell, 400) for name, cell in row.items()} for row in rows]
        marked = [row | {"Change": _badge(each)} for row, each in zip(harmless, found["findings"], strict=True)]
        st.table(
            marked, border="horizontal", hide_index=True, alt="What lies between the two audits, finding by finding"
        )
        st.caption(
            "The difference is this audit less the one before, with its 95 % interval; p is corrected for all differences together (Holm), and only p up to 0.05 counts as a change."
        )
    if left := found["not_comparable"]:
        with st.expander(f"Not compared ({len(left)})", icon=":material/block:"):
            told = [
                {"Finding": plain_text(f"{each['audit']}, {each['part']}", 120), "Why": plain_text(each["reason"], 400)}
                for each in left
            ]
            st.dataframe(told, hide_index=True, alt="What could not be compared, and why")
    with st.container(horizontal=True):
        if rows:
            handing_out.record("CSV", lambda: _csv(rows), "comparison.csv", "text/csv", key=f"compare.csv.{token}")
        text = json.dumps(found, indent=1).encode()
        handing_out.record("JSON", text, "comparison.json", "application/json", key=f"compare.json.{token}")


def _badge(row: Mapping[str, Any]) -> str:
    word = word_of(row)
    return verdicts.worn(SIGNS[word], COLOURS[word], word) if word in SIGNS else word


def _row(each: Mapping[str, Any]) -> dict[str, str]:
    tested = each["p"] is not None
    seen = each["seen"]
    return {
        "Finding": plain_text(", ".join(filter(None, (each["audit"], each["part"], each["series"]))), 120),
        "Change": word_of(each),
        "Before": verdicts.short(each["before"]),
        "Now": verdicts.short(each["now"]),
        "Difference": between(each["difference"], each["low"], each["high"], signed=True)
        if tested
        else told(each["difference"], None, None, signed=True).value,
        "p (Holm)": f"{each['holm']:.2g}" if tested else "not tested",
        "Would have been seen (80 %)": verdicts.short(seen) if seen else "–",
        "How": plain_text(f"{each['said']} {charts.sentence_case(each['statistic'])}.", 400),
    }


def _csv(rows: list[dict[str, str]]) -> bytes:
    import pandas

    return charts.csv(pandas.DataFrame(rows))
