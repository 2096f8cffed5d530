"""Is this file marked, and by whom?"""

import streamlit as st

from dashboard import state
from dashboard.parts.stating import refuse
from dashboard.review import files
from genmodels.refusal import Refusal

st.title("Check files", anchor=False)
state.show_notice()
st.caption(
    "Any picture, text, sound or film, many at once; with a text give its .provenance.json where you have it. Looked into are PNG, JPEG, WebP, GIF, BMP, AVIF, text and the frames of MP4, QuickTime and WebM; of SVG, HEIC, TIFF, WAV, M4A, PDF and others the manifest and the metadata. Nothing leaves this machine."
)
try:
    files.page()
except Refusal as refusal:
    refuse(refusal)
