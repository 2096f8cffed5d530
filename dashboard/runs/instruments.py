"""The instruments of the gallery, each with what it does and what was measured of it."""

from __future__ import annotations

import streamlit as st

from dashboard import navigation, resources
from dashboard.parts import verdicts
from dashboard.safe_text import plain_text, safe_text
from genmodels.models.recipe import MODELS
from genmodels.runs.store import RunStore, gallery_names

COLUMNS = 2


def names() -> list[str]:
    """The runs of the gallery that make no examples of their own."""
    store = RunStore.default()
    return [name for name in gallery_names() if not MODELS[store[name].experiment.model].draws]


def view() -> None:
    """A card each; a sentence where there is none."""
    store, found = RunStore.default(), names()
    if not found:
        st.info("No instrument came with this copy; `make gallery` makes them all.", icon=":material/straighten:")
    for start in range(0, len(found), COLUMNS):
        for column, name in zip(st.columns(COLUMNS), found[start : start + COLUMNS], strict=False):
            with column, st.container(border=True, height="stretch"):
                row = resources.summary(store[name])
                navigation.link("model", plain_text(name, 60), run=name)
                st.markdown(safe_text(MODELS[row["model"]].summary(), 200))
                st.caption(safe_text(f"{row['model']} trained on {row['data']}", 200))
                verdicts.highlights(row["findings"])
