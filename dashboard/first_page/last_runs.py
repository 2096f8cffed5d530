"""The last runs of whoever opens the first page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import navigation
from dashboard.run_rows import Row
from dashboard.safe_text import plain_text, safe_text
from dashboard.training import live
from dashboard.training.buttons import WORKING

MOST = 3


def view(rows: Sequence[Row]) -> None:
    """The newest, each with its state and a link; nothing where there are none."""
    if not rows:
        return
    st.header("Your last runs", anchor=False)
    for row in rows[:MOST]:
        with st.container(horizontal=True, vertical_alignment="center"):
            live.badge(row["state"])
            page = "train" if row["state"] in WORKING else "model"  # of what is being trained one watches how it learns
            navigation.link(page, plain_text(row["name"] or row["id"], 60), run=row["id"])
            st.caption(safe_text(f"{row['model']} on {row['data']}" if row["model"] else row["problem"], 200))
    if len(rows) > MOST:
        navigation.link("runs", f"All {len(rows)} of your runs")
