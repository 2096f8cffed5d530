"""Every application: what it makes, and the way there."""

import streamlit as st

from dashboard.applications import overview

st.title("Applications", anchor=False)
st.caption("Small generative models at work. Each page says what was counted of its model, and what it can't do.")
overview.view()
