"""What stands behind each finding on brought outputs, among its details: pictures side by side, passages, small tables, and all of it as CSV."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from dashboard.parts import charts, handing_out
from dashboard.safe_text import plain_text, safe_text
from genmodels.kinds.image.files import open_picture
from genmodels.review.document import Pictures
from genmodels.review.evidence import Evidence, Listed, Passage, evidence_of, evidence_rows, more_than_shown

SIDE = 128  # pixels of a shown picture
GAP, GREY = 4, 128  # pixels between two pictures, and their grey


def view(finding: Mapping[str, Any], number: int) -> None:
    """The evidence of one finding, among its details."""
    if found := evidence_of(finding):
        st.markdown(f"**{safe_text(found.title, 100)}**")
        _all(found)


def _all(found: Evidence) -> None:
    with st.container(horizontal=True):
        for each in found.pictures:
            _pair(each)
    for passage in found.passages:
        _passage(passage)
    for listed in found.tables:
        _table(listed)


def _pair(shown: Pictures) -> None:
    """Pictures side by side, with what they are below."""
    alone = [np.asarray(open_picture(base64.b64decode(each.png)).convert("RGB")) for each in shown.pictures]
    tallest = max(each.shape[0] for each in alone)
    factor = max(1, SIDE // tallest)
    parts: list[np.ndarray] = []
    for each in alone:
        square = np.full((tallest, each.shape[1], 3), GREY, np.uint8)
        square[: each.shape[0]] = each
        parts += [np.kron(square, np.ones((factor, factor, 1), np.uint8)), np.full((tallest * factor, GAP, 3), GREY)]
    both = np.concatenate(parts[:-1], axis=1).astype(np.uint8)
    alt = " beside ".join(plain_text(each.title, 120) for each in shown.pictures)
    st.image(both, caption=safe_text(shown.title, 300), alt=alt, width=both.shape[1])


def _passage(passage: Passage) -> None:
    """Two passages side by side, letter by letter."""
    with st.container(border=True, gap="xsmall"):
        st.caption(safe_text(passage.title, 200))
        sides = st.columns(2)
        for side, title, text in zip(
            sides, ("What the model wrote", "In the training texts"), (passage.ours, passage.theirs), strict=True
        ):
            with side:
                st.caption(title)
                st.text(plain_text(text, 600))


def _table(listed: Listed) -> None:
    title = f"{listed.title}{more_than_shown(listed)}"
    st.caption(safe_text(title, 100))
    names = [plain_text(name, 40) for name in listed.table.columns]
    names = [name if name == "n" else charts.sentence_case(name) for name in names]
    rows = [dict(zip(names, (plain_text(cell, 600) for cell in row), strict=True)) for row in listed.table.rows]
    st.dataframe(rows, hide_index=True, alt=plain_text(title, 100))


def download(findings: object, token: str) -> None:
    """Every exhibit of every finding as one CSV; nothing where there is none."""
    found = [each for each in findings if isinstance(each, Mapping)] if isinstance(findings, list) else []
    if any(each.get("exhibits") for each in found):
        handing_out.record(
            "Evidence (CSV)",
            lambda: _csv(found),
            f"evidence-{token}.csv",
            "text/csv",
            key=f"evidence.{token}",
        )


def _csv(findings: list[Mapping[str, Any]]) -> bytes:
    import pandas

    return charts.csv(pandas.DataFrame([row for each in findings for row in evidence_rows(each)]).fillna(""))
