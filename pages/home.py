"""A visitor's first page: what one can do here, three doors, four models by what they make, and one's own last runs."""

import streamlit as st

from dashboard import resources
from dashboard.first_page import doors, last_runs, showcase
from genmodels.runs.store import RunStore

st.title("GenModels", anchor=False)
st.markdown(
    "Train generative models on real pictures and texts, look inside them, and audit what any model made. It all happens in this browser, on this machine."
)
doors.view()
store = RunStore.default()
last_runs.view([row for row in resources.run_rows(store) if not row["gallery"]], store)
showcase.view(store)
