"""Design icons: vary one, blend two, draw a family, draw a part anew, and see what they look like."""

import streamlit as st

from dashboard import navigation, state
from dashboard.applications import design
from dashboard.applications.design_models import Models, fitting
from dashboard.model.places import DRAWS, SPACE
from dashboard.parts import choosing, samples, stating
from dashboard.parts.stating import refuse
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore

store = RunStore.default()
found = fitting(store)
names = list(dict.fromkeys([*found[DRAWS], *found[SPACE]]))
if not names:
    st.title("Product design", anchor=False)
    stating.empty(design.NOTHING)
    navigation.link("train", "Train a model of icons", model="diffusion", on="icons")
    st.stop()
name = choosing.model(store, names, "Product design", "design with")
if name is None:
    st.stop()
design.notice()
chosen = st.segmented_control(
    "View", list(design.VIEWS), default="Variations", required=True, **state.bound(state.DESIGN_VIEW)
)
try:
    design.view(Models(store, store[name], found), chosen)
    samples.credit(store[name].facts.get("credit", ""))
except Refusal as refusal:
    refuse(refusal)
