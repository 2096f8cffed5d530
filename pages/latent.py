"""The latent space of a trained model: walk through it, lay it out, find its directions."""

import streamlit as st

from dashboard import navigation, state
from dashboard.latent.anchors import choose_label, from_address
from dashboard.latent.views import VIEWS, explorable, view
from dashboard.parts import choosing, samples, stating
from dashboard.parts.stating import refuse
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore

store = RunStore.default()
names = explorable(store)
if not names:
    st.title("Latent space", anchor=False)
    stating.empty("There is no trained model yet. Train one, then come back to look inside it.")
    navigation.link("train", "Train a model")
    st.stop()
name = choosing.model(store, names, "Latent space", "look into")
if name is None:
    st.stop()
chosen = st.segmented_control(
    "View", list(VIEWS), default="Walk", required=True, label_visibility="collapsed", **state.bound(state.VIEW)
)
run = store[name]
try:
    samples.credit(run.facts.get("credit", ""))
    choose_label(run)
    from_address(run)
    view(chosen)(run)
except Refusal as refusal:
    refuse(refusal)
