"""Findings as rows: the verdict and one plain sentence, the mark on its scale, how often that is wrong; the rest folds out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from dashboard.parts import contents, glossary, verdicts
from dashboard.parts.verdicts import interval, short
from dashboard.safe_text import lines_of, plain_text, safe_text
from genmodels.estimates.rounding import told
from genmodels.review.evidence import evidence_of
from genmodels.verdicts import error_rates
from genmodels.verdicts.imported import IMPORTED, NOTE, left_out, made_where
from genmodels.verdicts.scale import measured, scale

ORDER = ("fail", "warn", "pass", "reported")  # what a reader has to see first; what was not measured comes last
LONG = 170  # characters of a sentence, from which what it puts in brackets is left to the details
Under = Callable[[Mapping[str, Any], int], None]


def audited(findings: object, document: Mapping[str, Any] | None = None, under: Under | None = None) -> None:
    """Every finding of an audit, the worst first, and folded the planted cases behind their error rates; nothing where
    none was made. `under` draws what else there is of a finding among its details, given with its number.
    """
    found = [each for each in findings if isinstance(each, Mapping)] if isinstance(findings, list) else []
    if not found:
        return
    contents.header("Audited")
    if told_of := counts(found):
        st.markdown(told_of)  # no caption: those are drawn at 60 %, at which a badge is hard to read
    for number, finding in sorted(enumerate(found), key=lambda each: _place(each[1])):
        row(finding, document or {}, partial(under, finding, number) if under else None)
    glossary.explained(*(plain_text(each.get("claim") or "", 900) for each in found))
    _counted([each for each in found if made_where(each) != IMPORTED and isinstance(each.get("error_rates"), Mapping)])


def _place(finding: Mapping[str, Any]) -> int:
    verdict = finding.get("verdict")
    return ORDER.index(verdict) if verdict in ORDER else len(ORDER)


def counts(found: Sequence[Mapping[str, Any]]) -> str:
    """How many of which verdict, each with its sign, as markdown; what came with an imported run is none of ours."""
    own = [str(each.get("verdict")) for each in found if made_where(each) != IMPORTED]
    known = {name: own.count(name) for name in (*ORDER, "not measured")}
    return " ".join(f"{verdicts.badge(name)} {count}" for name, count in known.items() if count)


def row(finding: Mapping[str, Any], document: Mapping[str, Any], under: Callable[[], None] | None = None) -> None:
    """One finding. What came with an imported run wears no verdict; what was not measured says why in place of a mark."""
    verdict, came = str(finding.get("verdict")), made_where(finding) == IMPORTED
    drawn = measured(finding)
    said = plain_text(finding.get("claim") or finding.get("question") or "", 900)
    badge = verdicts.worn(":material/move_to_inbox:", "gray", NOTE) if came else verdicts.badge(verdict)
    with verdicts.card():
        words, place = st.columns([3, 2], vertical_alignment="center") if drawn else (st.container(), None)
        with words:
            first = f"It came with the verdict {verdict!r}. {said}" if came else sentence_of(said)
            verdicts.line(badge, first, _note(finding, verdict, came))
        if drawn and place:
            place.html(scale(drawn))
        title = "Details and evidence" if under and evidence_of(finding) else "Details"
        with st.expander(title, type="compact", icon=":material/unfold_more:"):
            _details(finding, document, said if not came and first != said else "", under)


def sentence_of(claim: str) -> str:
    """The first sentence of what was found; of a long one without what it puts in brackets.

    >>> sentence_of("Of 500 samples 3 are copies (1 of 9). Blur is not looked for.")
    'Of 500 samples 3 are copies (1 of 9).'
    """
    first = re.split(r"(?<=[.?!])\s+(?=[A-Z0-9])", claim, maxsplit=1)[0]
    if len(first) > LONG:
        shorter = re.sub(r"\s*\([^()]*\)", "", first)
        while shorter != (again := re.sub(r"\s*\([^()]*\)", "", shorter)):
            shorter = again
        first = shorter
    return first


def _note(finding: Mapping[str, Any], verdict: str, came: bool) -> str:
    """How often the verdict is wrong; of what has none, why it has none."""
    if came:
        return ""
    if verdict == "not measured":
        return str(finding.get("reason") or "")
    if verdict == "reported":
        return "Reported: no limit is set, so nothing is judged."
    return error_rates.sentence(finding.get("error_rates"), verdict)


def _details(
    finding: Mapping[str, Any], document: Mapping[str, Any], claim: str, under: Callable[[], None] | None
) -> None:
    """The question, all of what was found, what to do, the numbers, what lies behind them, and the command that asks again."""
    verdict, question = str(finding.get("verdict")), str(finding.get("question") or "")
    lines = [("Asked", question if question != finding.get("claim") else ""), ("Found", claim)]
    lines.append(("What to do", str(finding.get("remedy") or "") if verdict in ("fail", "warn") else ""))
    lines.append(("Why", str(finding.get("reason") or "") if verdict != "not measured" else ""))
    if made_where(finding) != IMPORTED and (why := left_out(document, finding)):
        lines.append(("Not counted in the last document", f"{why}."))
    for name, text in lines:
        if text:
            st.markdown(f"**{name}:** {safe_text(text, 1500)}")
    if drawn := measured(finding):
        value, low, high = told(drawn.value, drawn.low, drawn.high, percent=drawn.percent)
        limit = (
            "none" if drawn.limit is None else f"{short(100 * drawn.limit)} %" if drawn.percent else short(drawn.limit)
        )
        cells = {"Estimate": value, "95 % interval": f"{low} to {high}", "n": f"{drawn.n:,}", "Limit": limit}
        st.table([cells], border="horizontal", hide_index=True, alt="The numbers of this finding")
    part = ", ".join(plain_text(finding[name], 60) for name in ("audit", "part") if finding.get(name))
    st.caption(safe_text(f"Check: {part}", 140))
    if under:
        under()
    if isinstance(command := finding.get("command"), str):
        st.caption("Ask this again:")
        st.code(lines_of(plain_text(command, 2000)), language="bash", wrap_lines=True)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _counted(found: Sequence[Mapping[str, Any]]) -> None:
    """Every planted case behind the error rates, as a table, folded."""
    rows = [
        {
            "Test": plain_text(f"{finding.get('audit')}: {finding.get('part')}", 60),
            "Models that": plain_text(row.get("case"), 120),
            "Should": "be found" if row.get("culprit") else "pass",
            "Fails": told(row.get("rate"), row["low"], row["high"], percent=True).value,
            "95 % interval": interval(row, percent=True),
            "Fails or warns": told(row.get("warned"), row["low"], row["high"], percent=True).value,
        }
        for finding in found
        for row in _listed(finding["error_rates"].get("cases"))
        if isinstance(row, Mapping) and all(isinstance(row.get(name), int | float) for name in ("rate", "low", "high"))
    ]
    if rows:
        with st.expander("How often is such a verdict wrong?"):
            st.caption(
                "Models without the fault (which should pass) and with it (which should be found) were made up from these data and judged by the same rule, at the same n and limits."
            )
            st.dataframe(rows, hide_index=True, alt="Error rates of each verdict on planted cases")
