"""Structures as pictures, their table, and one of them looked at closely: in the plane, in space, beside what is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard import resources
from dashboard.applications.molecule_space import space
from dashboard.parts import stating
from dashboard.safe_text import plain_text, safe_text
from genmodels.explore.molecules import KNOWN, LIKENESS, NEAREST
from genmodels.kinds.molecule.drawing import svg
from genmodels.kinds.molecule.files import Found

SHOWN = 12  # structures at once
WIDTH, HEIGHT = 212, 160


def structure(smiles: str, caption: str = "", width: int = WIDTH, height: int = HEIGHT) -> None:
    """One structure as a picture, in the colours of the theme."""
    dark = st.context.theme.type == "dark"
    drawn = resources.figure(
        "structure", (smiles, dark, width, height), lambda: svg(smiles, width=width, height=height, dark=dark)
    )
    if drawn is None:
        st.caption("No structure can be drawn.")
        return
    st.image(drawn, caption=caption or None, alt=plain_text(f"Structure of {smiles}", 200), width=width)


def cards(molecules: Sequence[Found], key: str) -> Found:
    """Structures page by page, and a table of all; returns the one that is chosen in it, else the first."""
    pages = -(-len(molecules) // SHOWN)
    page = 1
    if pages > 1:
        page = int(st.number_input(f"Page of {pages}", 1, pages, 1, key=f"{key}.page", width=160))
    with st.container(horizontal=True):
        for each in molecules[(page - 1) * SHOWN : page * SHOWN]:
            with st.container(border=True, width=WIDTH + 36):
                structure(each.smiles, short(each))
    return _table(molecules, key)


def short(each: Found) -> str:
    """The numbers of a molecule in a line."""
    numbers = each.numbers
    told = [
        f"QED {numbers.qed:.2f}",
        f"logP {numbers.logp:z.1f}",
        f"{numbers.weight:.0f} Da",
        f"SA {numbers.access:.1f}",
    ]
    told += [str(each.more[KNOWN])] if KNOWN in each.more else []
    told += ["alert"] if each.alerts else []
    return " · ".join(told)


def _table(molecules: Sequence[Found], key: str) -> Found:
    rows: list[dict[str, Any]] = [
        {
            "SMILES": plain_text(each.smiles, 500),
            "Seed": each.seed,
            "QED": each.numbers.qed,
            "logP": each.numbers.logp,
            "Weight": each.numbers.weight,
            "Rings": each.numbers.rings,
            "SA score": each.numbers.access,
            "Lipinski broken": each.numbers.broken,
            "Alerts": plain_text("; ".join(each.alerts), 200),
            **{
                heading: plain_text(value, 500) if isinstance(value, str) else value
                for heading, value in each.more.items()
            },
        }
        for each in molecules
    ]
    chosen = st.dataframe(
        rows,
        hide_index=True,
        height=min(36 * len(rows) + 40, 320),
        key=f"{key}.table.{hash(tuple(each.smiles for each in molecules))}",
        on_select="rerun",
        selection_mode="single-row",
        alt="Molecules with their numbers, alerts and nearest training molecules",
        column_config={
            name: st.column_config.NumberColumn(format=form)
            for name, form in (
                ("QED", "%.2f"),
                ("logP", "%.2f"),
                ("Weight", "%.1f"),
                ("SA score", "%.2f"),
                (LIKENESS, "%.2f"),
            )
        },
    )
    st.caption(
        "Click a line to look at that molecule. QED: how like oral drugs, 0 to 1. SA score: 1 is easy to make, 10 hard, guessed from parts. "
        "Weight in daltons. Lipinski: of four rules on weight, logP, H donors and acceptors. Tanimoto: likeness of circular fingerprints, 0 to 1."
    )
    picked = chosen.selection.rows
    return molecules[picked[0] if picked and picked[0] < len(molecules) else 0]


def details(each: Found, key: str, searched: str = "") -> None:
    """One molecule beside the training molecule that is most like it, and in space; `searched` says among which that was looked for."""
    st.header("One of them", anchor=False)
    st.code(plain_text(each.smiles, 500), language=None, wrap_lines=True)
    for alert in each.alerts:
        stating.warned(safe_text(f"Alert, {alert}", 120))
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        structure(each.smiles, short(each), 340, 260)
        if nearest := str(each.more.get(NEAREST, "")):
            same = each.more.get(KNOWN) == "known"
            st.markdown(
                "**This very molecule was trained on.**"
                if same
                else f"**Nearest known molecule** (Tanimoto {each.more[LIKENESS]:.2f})"
            )
            if not same:
                structure(nearest, "", 340, 200)
                st.code(plain_text(nearest, 500), language=None, wrap_lines=True)
                if searched:
                    st.caption(searched)
    with right, st.container(border=True):
        space(each.smiles, key)
