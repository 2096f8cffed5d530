"""Four models that come with it, by what they make; their numbers are one click away."""

from __future__ import annotations

import streamlit as st

from dashboard import navigation
from dashboard.parts import sample_strip
from dashboard.safe_text import safe_text
from genmodels.models.recipe import MODELS
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore, gallery_names

SHOWN = {  # what each makes, and the page on which it does so
    "diffusion-openmoji": ("Emoji from a sentence", "prompt"),
    "transformer-docs": ("Text, a token at a time", "prompt"),
    "transformer-chorales": ("Music in four voices", "music"),
    "transformer-molecules": ("Molecules", "molecules"),
}


def view(store: RunStore) -> None:
    """A card each; what to do where no model came with this copy."""
    shipped = gallery_names()
    names = [name for name in SHOWN if name in shipped] or list(shipped)[:4]
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.header("Trained models that come with it", anchor=False, width="content")
        drawing = [name for name in shipped if MODELS[store[name].experiment.model].draws]
        navigation.link("runs", f"All {len(drawing)} models")
    if not names:
        with st.container(border=True):
            st.markdown(
                "No trained model came with this copy. Train your first: a VAE on handwritten digits takes about a minute."
            )
            navigation.link("train", "Train a model", model="vae", data="digits")
            st.caption("Or run `make gallery` in a terminal to make them all.")
        return
    for column, name in zip(st.columns(len(names)), names, strict=True):
        with column, st.container(border=True, height="stretch"):
            _card(store[name], *SHOWN.get(name, (name, "")))


def _card(run: Run, what: str, page: str) -> None:
    st.subheader(safe_text(what), anchor=False)
    sample_strip.strip(run, rows=2)
    with st.container(horizontal=True):
        if page:
            navigation.link(page, "Try it", run=run.id)
        navigation.link("model", "Its numbers", icon=":material/monitoring:", run=run.id)
    st.caption(safe_text(run.id))
