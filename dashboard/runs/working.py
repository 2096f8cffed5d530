"""What is done with the runs that were chosen: one is named, exported or deleted, several are compared."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.parts import contents
from dashboard.run_rows import Row
from dashboard.runs import actions, comparing
from dashboard.safe_text import counted, safe_text
from genmodels.runs.store import RunStore


def view(chosen: Sequence[Row], store: RunStore) -> None:
    """Nothing for none; actions for one, curves for any, settings and differences for several."""
    if len(chosen) == 1:
        with st.container(border=True):
            st.header(safe_text(comparing.label(chosen[0])), anchor=False)
            actions.one(store[chosen[0]["id"]], gallery_run=chosen[0]["gallery"], store=store)
    if (
        len(chosen) > 1
        and (own := [store[row["id"]] for row in chosen if not row["gallery"]])
        and st.button(f"Delete {counted(len(own), 'run')}", icon=":material/delete:")
    ):
        actions.delete(own, store)
    if chosen:
        with st.container(border=True):
            contents.header("Curves")
            comparing.overlay(chosen, store)
    if len(chosen) > 1:
        with st.container(border=True):
            contents.header("Settings and the best value")
            comparing.knobs_against_value(chosen)
    if len(chosen) == 2:
        with st.container(border=True):
            contents.header("Where they differ")
            comparing.differences(*chosen)
