"""Measured numbers and verdicts, as `findings.json` holds them: every value with its interval and n."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.safe_text import plain_text, safe_text
from genmodels.verdicts import error_rates
from genmodels.verdicts.imported import IMPORTED, NOTE, imported, left_out, made_where

VERDICTS = {  # the icon says it too, not the colour alone
    "pass": (":material/check_circle:", "green"),
    "warn": (":material/warning:", "orange"),
    "fail": (":material/cancel:", "red"),
    "not measured": (":material/help:", "gray"),
}

TITLES = {
    "kid": "Kernel distance (KID)",
    "frechet": "Fréchet distance",
    "bits per dimension (ELBO)": "Bits per dimension (ELBO)",
}
HIGHLIGHTS = (
    "kid",
    "precision",
    "recall",
    "bits per dimension (ELBO)",
    "R-precision: samples",
    "R-precision: emoji",
    "held-out: read right",
    "PSNR of the upscaler",
    "PSNR of bicubic",
)  # of the many measures, on a card


def short(value: object) -> str:
    """A number with three or four digits that count."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}" if abs(value) >= 100 else f"{value:.3g}"


def measures(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The measures of a findings document that have the shape of one; a foreign file may hold anything."""
    found = document.get("measures")
    wanted = ("metric", "value", "low", "high", "n")
    return (
        [m for m in found if isinstance(m, dict) and all(name in m for name in wanted)]
        if isinstance(found, list)
        else []
    )


def title(metric: object) -> str:
    """What a measure is called on a page, as plain text."""
    name = plain_text(metric, 60)
    return TITLES.get(name, (name[:1].upper() + name[1:]).replace("_", " "))


def interval(measure: Mapping[str, Any]) -> str:
    """`0.0163 to 0.0285`."""
    return f"{short(measure['low'])} to {short(measure['high'])}"


def highlights(document: Mapping[str, Any]) -> None:
    """The few numbers that tell most, a line each, with their intervals."""
    found = {str(m["metric"]): m for m in measures(document)}
    known = {name: measure for name, measure in found.items() if short(measure["value"]) != "–"}
    chosen = [known[name] for name in HIGHLIGHTS if name in known] or list(known.values())[: len(HIGHLIGHTS)]
    lines = []
    for measure in chosen:
        better = plain_text(measure.get("better") or "", 10)
        note = interval(measure) + (f"; {better} is better" if better else "")
        lines.append(
            f"{safe_text(title(measure['metric']))} **{safe_text(short(measure['value']))}** :small[:gray[{safe_text(note)}]]"
        )
    st.markdown("  \n".join(lines))
    if chosen:
        st.caption(
            f"95 % intervals for another sample of both held-out examples and samples, n up to {short(max((m['n'] for m in chosen if isinstance(m['n'], int)), default=0))}."
        )
    else:
        st.caption("Not measured yet.")


def show_measures(document: Mapping[str, Any]) -> None:
    """Every measure as a line of a table."""
    came = measures({"measures": imported(document, "measures")})
    rows = [
        {
            "Measure": title(m["metric"]),
            "Value": short(m["value"]),
            "95 % interval": interval(m),
            "n": short(m["n"]),
            "Better": plain_text(m.get("better") or "", 10),
            "Unit": plain_text(m.get("unit") or "", 40),
            "How": plain_text(m.get("protocol") or "", 300),
        }
        | ({"Where": NOTE if m in came else "measured here"} if came else {})
        for m in measures(document) + came
    ]
    if rows:
        st.dataframe(rows, hide_index=True, alt="Held-out measures with their intervals")
    else:
        st.caption("Not measured yet.")


def imported_notice(found: Sequence[Mapping[str, Any]]) -> None:
    """Says of what is drawn below that it came with the run, where it did."""
    if any(made_where(row) == IMPORTED for row in found):
        st.warning(
            "What is shown below came with the run: imported, not measured here. Audit the model to have it measured.",
            icon=":material/move_to_inbox:",
        )


def badge(verdict: str) -> str:
    """A verdict as markdown: a word with an icon."""
    icon, colour = VERDICTS.get(verdict, VERDICTS["not measured"])
    return f":{colour}-badge[{icon} {verdict if verdict in VERDICTS else 'not measured'}]"


def audited(
    findings: object,
    document: Mapping[str, Any] | None = None,
    under: Callable[[Mapping[str, Any], int], None] = lambda finding, number: None,
) -> None:
    """Every finding of an audit, and folded the planted cases behind their error rates; nothing where none was made.

    `under` draws what stands under a finding, which it is given with its number.
    """
    found = [finding for finding in findings if isinstance(finding, Mapping)] if isinstance(findings, list) else []
    if not found:
        return
    st.header("Audited", anchor=False)
    for number, finding in enumerate(found):
        with st.container(border=True, gap="xsmall"):
            _finding(finding, document or {})
            under(finding, number)
    _counted(
        [
            finding
            for finding in found
            if made_where(finding) != IMPORTED and isinstance(finding.get("error_rates"), Mapping)
        ]
    )


def _finding(finding: Mapping[str, Any], document: Mapping[str, Any]) -> None:
    """The question small, verdict and what was found large, then what to do and how often such a verdict is wrong.

    What came with an imported run wears no verdict; what the last document left out says why.
    """
    verdict, question, claim = str(finding.get("verdict")), str(finding.get("question") or ""), finding.get("claim", "")
    came = made_where(finding) == IMPORTED
    if question and question != claim:
        st.caption(safe_text(question, 200))
    worn = (
        f":gray-badge[:material/move_to_inbox: {NOTE}] "
        if came
        else ""
        if verdict == "reported"
        else f"{badge(verdict)} "
    )
    st.markdown(worn + safe_text(f"It came with the verdict {verdict!r}. {claim}" if came else claim, 900))
    told = [
        str(finding[name])
        for name in (("reason", "remedy") if verdict in ("fail", "warn") else ("reason",))
        if finding.get(name)
    ]
    if why := "" if came else left_out(document, finding):
        told.append(f"Not counted in the last document: {why}.")
    if verdict not in ("not measured", "reported") and not came:
        told.append(error_rates.sentence(finding.get("error_rates"), verdict))
    if told:
        st.caption(safe_text(" ".join(told), 1200))


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _counted(found: Sequence[Mapping[str, Any]]) -> None:
    """Every planted case behind the error rates, as a table, folded."""
    rows = [
        {
            "Test": plain_text(f"{finding.get('audit')}: {finding.get('part')}", 60),
            "Models that": plain_text(row.get("case"), 120),
            "Should": "be found" if row.get("culprit") else "pass",
            "Fails": short(row.get("rate")),
            "95 % interval": interval(row),
            "Fails or warns": short(row.get("warned")),
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
