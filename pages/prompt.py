"""Have a model write on from a prompt or draw what it says, and look into what came of it."""

import streamlit as st

from dashboard import choosing, gallery, navigation, picture_views, prompt_views, state
from dashboard.picture_form import follows_prompts, painters
from dashboard.prompt_form import writers
from dashboard.text import refuse
from genmodels.refusal import Refusal
from genmodels.runs import RunStore

store = RunStore.default()
drawing, writing = painters(store), writers(store)
if not drawing and not writing:
    st.title("Prompt", anchor=False)
    st.info("There is no trained model of texts, code or prompted pictures yet. Train one, then come back to have it write or draw.", icon=":material/edit_note:")
    navigation.link("train", "Train a model", model="diffusion")
    st.stop()
name = choosing.model(store, [*drawing, *writing], "Prompt", "ask")
if name is None:
    st.stop()
try:
    run = store[name]
    paints = name in drawing and follows_prompts(run)
    views, key = (picture_views, state.PAINTING) if paints else (prompt_views, state.VIEW)
    chosen = st.segmented_control("View", views.VIEWS, default=views.VIEWS[0], required=True, **state.bound(key))
    views.view(run, drawing if paints else writing, chosen, store)
    if not paints:
        gallery.credit(run.facts.get("credit", ""))
except Refusal as refusal:
    refuse(refusal)
