"""Measured numbers and verdicts, as `findings.json` holds them: every value with its interval and n."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.text import plain_text, safe_text

VERDICTS = {  # the icon says it too, not the colour alone
    "pass": (":material/check_circle:", "green"),
    "warn": (":material/warning:", "orange"),
    "fail": (":material/cancel:", "red"),
    "not measured": (":material/help:", "gray"),
}


def short(value: Any) -> str:
    """A number with three or four digits that count."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}" if abs(value) >= 100 else f"{value:.3g}"


def measures(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The measures of a findings document that have the shape of one; a foreign file may hold anything."""
    found = document.get("measures")
    wanted = ("metric", "value", "low", "high", "n")
    return [m for m in found if isinstance(m, dict) and all(name in m for name in wanted)] if isinstance(found, list) else []


def sentence(measure: Mapping[str, Any]) -> str:
    """`Kernel distance 0.031 (0.028 to 0.034, n = 1,000; lower is better)`, ready for markdown."""
    name = plain_text(measure["metric"], 60).replace("_", " ")
    unit = plain_text(measure.get("unit") or "", 30)
    better = plain_text(measure.get("better") or "", 10)
    interval = f"{short(measure['low'])} to {short(measure['high'])}, n = {short(measure['n'])}"
    words = f"{short(measure['value'])} {unit} ({interval}{f'; {better} is better' if better else ''})"
    return f"**{safe_text(name[:1].upper() + name[1:])}** {safe_text(words)}"


def show_measures(document: Mapping[str, Any], most: int = 20) -> None:
    """Every measure as a line; says so where nothing was measured."""
    found = measures(document)
    for measure in found[:most]:
        st.markdown(sentence(measure))
    if not found:
        st.caption("Not measured yet.")
    elif len({plain_text(m.get("protocol") or "", 400) for m in found}) == 1 and found[0].get("protocol"):
        st.caption(safe_text(found[0]["protocol"], 400))


def table(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The measures as rows of plain cells."""
    columns = ("metric", "value", "low", "high", "n", "unit", "better", "protocol")
    return [{name: m.get(name) if name in ("value", "low", "high", "n") else plain_text(m.get(name) or "", 300) for name in columns} for m in measures(document)]


def badge(verdict: str) -> None:
    """A verdict as a word with an icon."""
    icon, colour = VERDICTS.get(verdict, VERDICTS["not measured"])
    st.badge(verdict if verdict in VERDICTS else "not measured", icon=icon, color=colour)  # type: ignore[arg-type]


def show_findings(findings: Sequence[Mapping[str, Any]]) -> None:
    """Each claim with its verdict, number and remedy."""
    for finding in findings:
        if not isinstance(finding, Mapping):
            continue
        with st.container(border=True):
            badge(str(finding.get("verdict")))
            st.markdown(safe_text(finding.get("claim", ""), 400))
            estimate = finding.get("estimate")
            if isinstance(estimate, Mapping):
                st.caption(safe_text(f"{short(estimate.get('value'))} ({short(estimate.get('low'))} to {short(estimate.get('high'))}, n = {short(estimate.get('n'))}), limit {short(finding.get('limit'))}"))  # fmt: skip
            for name in ("reason", "remedy"):
                if finding.get(name):
                    st.caption(safe_text(finding[name], 400))
