"""A card for each application, with something that its model made."""

from __future__ import annotations

import streamlit as st

from dashboard import navigation
from dashboard.parts import sample_strip
from genmodels.runs.store import RunStore, gallery_names

APPLICATIONS = {  # page: the model that shows what it does, and one sentence
    "molecules": ("transformer-molecules", "Write molecules, improve one by a score, walk from one to another."),
    "code": ("transformer-code", "Complete a function in Python and run it in a cage against its tests."),
    "music": ("transformer-chorales", "Compose in four voices, go on with a theme, harmonise a melody."),
    "video": ("latent-video-motion", "Film a prompt, go on with a clip, fill in what is missing."),
    "design": ("diffusion-design", "Draw icons, vary one of yours, see what they resemble."),
}
COLUMNS = 3


def view() -> None:
    """All cards."""
    store, shipped = RunStore.default(), gallery_names()
    pages = list(APPLICATIONS)
    for start in range(0, len(pages), COLUMNS):
        for column, page in zip(st.columns(COLUMNS), pages[start : start + COLUMNS], strict=False):
            model, words = APPLICATIONS[page]
            with column, st.container(border=True, height="stretch", key=f"card_{page}"):
                navigation.link(page, f"**{navigation.screen(page).title}**")
                st.caption(words)
                if model in shipped:
                    sample_strip.strip(store[model], rows=2)
