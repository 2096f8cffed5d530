"""The page of a model: which run the address names, its header, and the part that is asked for."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import navigation, state
from dashboard.model import files, overview, places
from dashboard.model.header import header
from dashboard.parts import contents, stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import plain_text, safe_text
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

PARTS: dict[str, Callable[[Run, RunStore], None]] = {"": overview.view, "files": files.view}


def view(store: RunStore) -> None:
    """The whole page; where no run is named, or none that is there, the way to all of them."""
    state.follow((state.RUN, state.PART))
    name, part = state.in_url(state.RUN), state.in_url(state.PART)
    title = st.empty()
    title.title("Model", anchor=False)
    state.show_notice()
    if not name:
        stating.noted("This page shows one model, and the address names none.")
    try:
        run = store[name] if name else None
    except Refusal as refusal:
        refuse(refusal)
        run = None
    if run is None:
        navigation.link("runs", "All models")
        return
    called = plain_text(run.labels["name"], 80) or run.id
    title.title(safe_text(called), anchor=False)
    navigation.name_tab(navigation.tab_title("Model", called))
    if places.makes(run):
        state.put(state.CHOSEN_MODEL, run.id)
    header(run)
    contents.place()
    if part not in PARTS:
        stating.warned(f"A model has no part called {safe_text(part, 60)}; this is its overview.")
    try:
        PARTS.get(part, overview.view)(run, store)
    except Refusal as refusal:
        refuse(refusal)
