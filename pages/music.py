"""Have a model compose, go on with a theme, harmonise a melody; see the notes, and hear them."""

import streamlit as st

from dashboard import navigation
from dashboard.applications import music
from dashboard.parts import choosing, samples, stating
from dashboard.parts.stating import refuse
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore

store = RunStore.default()
names = music.composers(store)
if not names:
    st.title("Music", anchor=False)
    stating.empty("There is no trained model of music yet. Train one on chorales, then come back.")
    navigation.link("train", "Train a model of chorales", model="transformer", on="chorales")
    st.stop()
name = choosing.model(store, names, "Music", "have compose")
if name is None:
    st.stop()
try:
    music.view(store[name])
    samples.credit(store[name].facts.get("credit", ""))
except Refusal as refusal:
    refuse(refusal)
