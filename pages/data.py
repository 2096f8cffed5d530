"""All data sets as cards, with the ways to add one's own first; `?data=NAME` opens one, with its counts, shares, splits and licence."""

import streamlit as st

from dashboard import navigation, state
from dashboard.data import gallery, sets
from dashboard.parts import contents, stating
from dashboard.safe_text import plain_text, safe_text
from genmodels.data.dataset import DATA, title_of
from genmodels.registry import unknown

state.follow((state.DATA, state.ADD, state.OWN_SET, state.DEMO))
name = state.in_url(state.DATA) or state.in_url(state.ADD)
st.title(safe_text(title_of(name)) if name in DATA else "Data", anchor=False)
state.show_notice()
contents.place()
if name in DATA:
    navigation.name_tab(navigation.tab_title("Data", plain_text(name)))
    navigation.link("data", "All data sets", icon=":material/arrow_back:")
    sets.one(name)
else:
    if name:
        stating.failed(safe_text(unknown(DATA.noun, name, DATA), 600))
    gallery.view()
