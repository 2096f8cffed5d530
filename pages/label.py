"""People label a random sample of outputs, one at a time; shares of their answers are what the audit judges."""

import streamlit as st

from dashboard import state
from dashboard.labelling import choosing, questions, showing, tables
from dashboard.parts.stating import refuse
from genmodels.refusal import Refusal

st.title("Label", anchor=False)
state.show_notice()
try:
    folder = choosing.chosen()
    if folder is None:
        st.stop()
    if folder.asked().questions and folder.asked().n:
        showing.view(folder)
        tables.view(folder)
        questions.more(folder)
    else:
        questions.first(folder)
        tables.upload(folder)
except Refusal as refusal:
    refuse(refusal)
