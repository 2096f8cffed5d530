"""The last runs of whoever opens the first page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import navigation
from dashboard.parts import sample_strip
from dashboard.run_rows import Row
from dashboard.safe_text import plain_text, safe_text
from dashboard.training import live
from genmodels.runs.store import RunStore

MOST = 3
WIDTH = 100  # pixels of what a run drew


def view(rows: Sequence[Row], store: RunStore) -> None:
    """The newest, each with its state, a link and what it drew last; nothing where there are none."""
    if not rows:
        return
    st.header("Your last runs", anchor=False)
    for row in rows[:MOST]:
        with st.container(horizontal=True, vertical_alignment="center"):
            live.badge(row["state"])
            navigation.link(live.page(row["state"]), safe_text(row["name"] or row["id"], 60), run=row["id"])
            st.caption(safe_text(f"{row['model']} on {row['data']}" if row["model"] else row["problem"], 200))
            if not row["problem"] and (drawn := sample_strip.in_a_cell(store[row["id"]])):
                st.image(drawn, alt=f"Newest samples of {plain_text(row['name'] or row['id'], 60)}", width=WIDTH)
    if len(rows) > MOST:
        navigation.link("runs", f"All {len(rows)} of your runs")
