"""Is this file marked, and by whom?"""

import streamlit as st

from dashboard import checking, state
from dashboard.text import refuse
from genmodels.refusal import Refusal

st.title("Check a file", anchor=False)
state.show_notice()
st.caption("Any picture (PNG, JPEG, WebP, GIF, BMP), text, sound (WAV) or film (MP4), many at once; with a text give its .provenance.json where you have it. Nothing leaves this machine.")
try:
    checking.page()
except Refusal as refusal:
    refuse(refusal)
