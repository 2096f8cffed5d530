"""The runs as cards: what each makes, its state, and its one main number."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from dashboard import navigation, resources, state
from dashboard.parts import contents, sample_strip
from dashboard.parts.terms import term_label
from dashboard.parts.verdicts import main_line, short
from dashboard.run_rows import Row
from dashboard.safe_text import safe_text
from dashboard.training import live
from genmodels.runs.store import RunStore

COLUMNS = 3
A_PAGE = 24  # cards


def view(rows: Sequence[Row], store: RunStore) -> None:
    """A page of cards, one's own first, then those that came with it."""
    pages = math.ceil(len(rows) / A_PAGE)
    first = A_PAGE * ((_page(len(rows), pages) if pages > 1 else 1) - 1)
    shown = rows[first : first + A_PAGE]
    for title, part in (
        ("Yours", [row for row in shown if not row["gallery"]]),
        ("Came with it", [row for row in shown if row["gallery"]]),
    ):
        if part:
            contents.header(title)
            _row_by_row(part, store)


def _page(n: int, pages: int) -> int:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        said = st.empty()
        page = st.pagination(pages, max_visible_pages=5, **state.bound(state.PAGE))
        said.caption(f"Cards {A_PAGE * (page - 1) + 1:,} to {min(A_PAGE * page, n):,} of {n:,}")
    return page


def _row_by_row(rows: Sequence[Row], store: RunStore) -> None:
    for start in range(0, len(rows), COLUMNS):
        for column, row in zip(st.columns(COLUMNS), rows[start : start + COLUMNS], strict=False):
            with column, st.container(border=True, height="stretch", key=f"card_{row['id']}"):
                _card(row, store)


def _card(row: Row, store: RunStore) -> None:
    run = store[row["id"]]
    navigation.link(live.page(row["state"]), safe_text(row["name"] or row["id"], 60), run=row["id"])
    with st.container(horizontal=True, vertical_alignment="center"):
        live.badge(row["state"])
        if row["model"]:
            st.caption(safe_text(f"{row['model']} on {row['data']}", 100), width="content")
    if row["problem"]:
        st.caption(
            f":material/broken_image: Damaged: {safe_text(row['problem'], 120)}. Restore the file, or choose the run above to delete it."
        )
        return
    sample_strip.strip(run)
    if row["state"] == "failed" and row["message"]:
        st.caption(safe_text(row["message"], 120))
    else:
        st.markdown(main_line(resources.summary(run)["findings"]) or _so_far(row))


def _so_far(row: Row) -> str:
    """The best value of a training that was not measured, which has no interval."""
    value = short(row["best"].get("value"))
    if value == "–":
        return ":small[:gray[Not measured yet.]]"
    name = term_label(str(row["best"]["name"]))
    return f"{safe_text(name[:1].upper() + name[1:])} **{value}** :small[:gray[in its best epoch; no interval, not measured yet]]"
