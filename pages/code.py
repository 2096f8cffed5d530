"""Code: have a model complete a function or fill a gap, see what is known of what it wrote, and run it in a cage."""

import streamlit as st

from dashboard import state
from dashboard.applications import code
from dashboard.parts import samples
from dashboard.parts.stating import refuse
from dashboard.review import asking
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore

run = asking.choose(
    RunStore.default(),
    ("code",),
    "Code",
    code.NOTHING,
    "complete functions with",
    model="transformer",
    on="python-code",
)
if run is None:
    st.stop()
code.notice()
chosen = st.segmented_control(
    "View", list(code.VIEWS), default="Complete", required=True, **state.bound(state.CODE_VIEW)
)
try:
    code.view(run, chosen)
    samples.credit(run.facts.get("credit", ""))
except Refusal as refusal:
    refuse(refusal)
