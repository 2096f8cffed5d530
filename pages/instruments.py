"""What measures models: readers, judges, the detector, encoders and the upscaler that come with it."""

import streamlit as st

from dashboard.runs import instruments

st.title("Instruments", anchor=False)
st.caption(
    "Trained networks that read, judge or enlarge pictures for the pages and audits. They make nothing of their own; what each gets wrong was counted."
)
instruments.view()
