"""Have a model write on from a prompt or draw what it says, and look into what came of it."""

import streamlit as st

from dashboard import navigation, state
from dashboard.drawing import views as picture_views
from dashboard.drawing.form import follows_prompts, painters
from dashboard.parts import choosing, glossary, samples, stating
from dashboard.parts.glossary_terms import PAINTER, WRITER
from dashboard.parts.stating import refuse
from dashboard.writing import views as prompt_views
from dashboard.writing.form import writers
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore

store = RunStore.default()
drawing, writing = painters(store), writers(store)
if not drawing and not writing:
    st.title("Prompt", anchor=False)
    stating.empty(
        "There is no trained model of texts, code or prompted pictures yet. Train one, then come back to have it write or draw.",
    )
    navigation.link("train", "Train a model", model="diffusion")
    st.stop()
name = choosing.model(store, [*drawing, *writing], "Prompt", "ask")
if name is None:
    st.stop()
try:
    run = store[name]
    paints = name in drawing and follows_prompts(run)
    glossary.seen_too(run=PAINTER if paints else WRITER)
    views, key = (picture_views, state.PAINTING) if paints else (prompt_views, state.VIEW)
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = st.segmented_control(
            "View",
            views.VIEWS,
            default=views.VIEWS[0],
            required=True,
            label_visibility="collapsed",
            **state.bound(key),
        )
        with st.popover(":material/help:"):
            st.markdown("\n".join(f"- **{view}**: {views.ABOUT[view]}" for view in views.VIEWS))
    views.view(run, drawing if paints else writing, chosen, store)
    if not paints:
        samples.credit(run.facts.get("credit", ""))
except Refusal as refusal:
    refuse(refusal)
