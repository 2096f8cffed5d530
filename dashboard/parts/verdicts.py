"""Measured numbers and verdicts, as `findings.json` holds them: every value with its interval and n."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.parts import glossary, stating
from dashboard.safe_text import plain_text, safe_text
from genmodels.estimates.rounding import alone, told
from genmodels.verdicts.imported import IMPORTED, NOTE, imported, made_where

VERDICTS = {  # the same everywhere; the icon and the word say it too, not the colour alone
    "pass": (":material/check_circle:", "green"),
    "warn": (":material/warning:", "orange"),
    "fail": (":material/cancel:", "red"),
    "not measured": (":material/help:", "gray"),
    "reported": (":material/info:", "blue"),
}

TITLES = {
    "nats a step": "Nats per step",
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


MAIN = (
    "kid",
    "valid",
    "nats a step",
    "direction: samples",
    "R-precision: emoji",
    "PSNR of the upscaler",
    "bits per character",
)  # the one number of a card, by what a model makes; else the first that was measured

short = alone  # a number without an interval


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


def unit(measure: Mapping[str, Any]) -> str:
    """The unit of a measure; findings of before say "bits a character"."""
    return plain_text(measure.get("unit") or "", 40).replace(" a ", " per ")


def interval(measure: Mapping[str, Any], *, percent: bool = False) -> str:
    """`0.016 to 0.029`, with the digits that it allows."""
    found = told(measure.get("value", measure.get("rate")), measure.get("low"), measure.get("high"), percent=percent)
    return f"{found.low} to {found.high}"


def estimate(measure: Mapping[str, Any]) -> str:
    """The value of a measure, with the digits that its interval allows."""
    return told(measure.get("value"), measure.get("low"), measure.get("high")).value


def highlights(document: Mapping[str, Any]) -> None:
    """The few numbers that tell most, a line each, with their intervals."""
    found = {str(m["metric"]): m for m in measures(document)}
    known = {name: measure for name, measure in found.items() if short(measure["value"]) != "–"}
    chosen = [known[name] for name in HIGHLIGHTS if name in known] or list(known.values())[: len(HIGHLIGHTS)]
    st.markdown("  \n".join(map(_line, chosen)))
    if chosen:
        st.caption(
            f"95 % intervals for another sample of both held-out examples and samples, n up to {short(max((m['n'] for m in chosen if isinstance(m['n'], int)), default=0))}."
        )
    else:
        st.caption("Not measured yet.")


def _line(measure: Mapping[str, Any]) -> str:
    """A measure with its interval, and which way is better, as markdown."""
    better = plain_text(measure.get("better") or "", 10)
    note = interval(measure) + (f"; {better} is better" if better else "")
    return f"{safe_text(title(measure['metric']))} **{safe_text(estimate(measure))}** :small[:gray[{safe_text(note)}]]"


def main_line(document: Mapping[str, Any]) -> str:
    """The one measure that tells most of a model, as markdown; "" where nothing was measured here."""
    found = {str(m["metric"]): m for m in measures(document) if short(m["value"]) != "–"}
    chosen = next((found[name] for name in MAIN if name in found), next(iter(found.values()), None))
    return "" if chosen is None else _line(chosen)


def show_measures(document: Mapping[str, Any]) -> None:
    """Every measure as a line of a table."""
    came = measures({"measures": imported(document, "measures")})
    rows = [
        {
            "Measure": title(m["metric"]),
            "Value": estimate(m),
            "95 % interval": interval(m),
            "n": short(m["n"]),
            "Better": plain_text(m.get("better") or "", 10),
            "Unit": unit(m),
            "How": plain_text(m.get("protocol") or "", 300),
        }
        | ({"Where": NOTE if m in came else "measured here"} if came else {})
        for m in measures(document) + came
    ]
    if rows:
        st.dataframe(rows, hide_index=True, alt="Held-out measures with their intervals")
        glossary.explained(*(f"{row['Measure']} {row['How']}" for row in rows))
    else:
        st.caption("Not measured yet.")


def imported_notice(found: Sequence[Mapping[str, Any]]) -> None:
    """Says of what is drawn below that it came with the run, where it did."""
    if any(made_where(row) == IMPORTED for row in found):
        stating.warned(
            "What is shown below came with the run: imported, not measured here. Audit the model to have it measured.",
        )


def badge(verdict: str) -> str:
    """A verdict as markdown: a word with an icon."""
    icon, colour = VERDICTS.get(verdict, VERDICTS["not measured"])
    return worn(icon, colour, verdict if verdict in VERDICTS else "not measured")


def worn(icon: str, colour: str, word: str) -> str:
    """A badge as markdown; `word` is foreign where a file says it."""
    return f":{colour}-badge[{icon} {safe_text(word, 40)}]"


def card() -> DeltaGenerator:
    """What every finding, reading and decision stands in."""
    return st.container(border=True, gap="xsmall")


def line(badge: str, said: str, note: str = "", *, most: int = 900) -> None:
    """What was found, after its badge, and below it smaller what that rests on; both may be foreign."""
    st.markdown(f"{badge} {safe_text(said, most)}")
    if note:
        st.caption(safe_text(note, most))
