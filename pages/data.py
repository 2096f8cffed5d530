"""Every data set with its pictures or texts, counts, shares, splits and licence; and the way in for one's own."""

import streamlit as st

from dashboard import state
from dashboard.data.sets import importer, overview, set_view
from genmodels.data.dataset import DATA
from genmodels.kinds.kind import KINDS

st.title("Data", anchor=False)
state.show_notice()
overview()
with st.container(horizontal=True):
    for own, what in (
        ("folder", "pictures"),
        ("text", "text"),
        ("own-molecules", "molecules"),
        ("own-clips", "films"),
    ):
        st.button(
            f"Add your own {what}", icon=":material/add:", key=f"add.{own}", on_click=state.put, args=(state.DATA, own)
        )
names = sorted(DATA, key=lambda name: list(KINDS).index(DATA[name].kind))
name = st.segmented_control("Data set", names, default="digits", required=True, **state.bound(state.DATA))
if name:
    importer(name)
    set_view(name)
