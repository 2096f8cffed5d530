"""Have a model of text or code write on from a prompt, and look into what it wrote."""

import streamlit as st

from dashboard import gallery, navigation, state
from dashboard.prompt_form import writers
from dashboard.prompt_views import VIEWS, view
from dashboard.text import plain_text, refuse
from genmodels.refusal import Refusal
from genmodels.runs import RunStore

st.title("Prompt", anchor=False)
state.show_notice()
store = RunStore.default()
names = writers(store)
if not names:
    st.info("There is no trained model of texts or code yet. Train one, then come back to have it write.", icon=":material/edit_note:")
    navigation.link("train", "Train a model", model="transformer")
    st.stop()
left, right = st.columns([1, 2])
name = left.selectbox("Model", names, format_func=plain_text, **state.bound(state.RUN))
chosen = right.segmented_control("View", VIEWS, default=VIEWS[0], required=True, **state.bound(state.VIEW))
try:
    run = store[name]
    view(run, names, chosen, store)
    gallery.credit(run.facts.get("credit", ""))
except Refusal as refusal:
    refuse(refusal)
