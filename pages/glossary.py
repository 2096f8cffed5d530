"""Every term of the dashboard: what it means, and where it can be seen."""

import streamlit as st

from dashboard import state
from dashboard.learn import terms_shown

st.title("Glossary", anchor=False)
terms_shown.show(st.text_input("Find a term", placeholder="Such as held out, or KL", **state.bound(state.WORD)) or "")
