"""Molecules: have a model write them, look at them beside what is known, search for better ones."""

import streamlit as st

from dashboard import state
from dashboard.applications import molecules
from dashboard.parts import samples
from dashboard.parts.stating import refuse
from dashboard.review import asking
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore

run = asking.choose(
    RunStore.default(),
    ("molecule",),
    "Drug discovery",
    molecules.NOTHING,
    "write molecules with",
    model="transformer",
    on="molecules",
)
if run is None:
    st.stop()
molecules.notice()
chosen = st.segmented_control(
    "View", list(molecules.VIEWS), default="Generate", required=True, **state.bound(state.MOLECULES_VIEW)
)
try:
    molecules.view(run, chosen)
    samples.credit(run.facts.get("credit", ""))
except Refusal as refusal:
    refuse(refusal)
