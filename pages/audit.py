"""The front door of an auditor: what somebody's model made is brought, checked and judged."""

import streamlit as st

from dashboard import navigation, state
from dashboard.auditing import bringing, checks

st.title("Audit", anchor=False)
state.show_notice()
st.caption(
    "Bring what a model made. Each verdict says how often such a verdict is wrong; what can't be measured says why."
)
subject = bringing.chosen()
if subject is None:
    bringing.form()
    st.caption("A model that was trained here is audited on its own pages:")
    with st.container(horizontal=True):
        for name in ("bias", "memorisation", "deepfake"):
            navigation.link(name)
else:
    checks.view(subject)
    navigation.link("label", "Have people label them")
