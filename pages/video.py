"""Have a model film a prompt, set a picture in motion, go on with a clip, or fill in the frames between."""

import streamlit as st

from dashboard.applications import video
from dashboard.parts import samples
from dashboard.parts.stating import refuse
from dashboard.review import asking
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore

store = RunStore.default()
run = asking.choose(store, ("video",), "Video", video.NOTHING, "film with", model="video-diffusion", on="motion")
if run is None:
    st.stop()
try:
    video.view(store, run)
    samples.credit(run.facts.get("credit", ""))
except Refusal as refusal:
    refuse(refusal)
