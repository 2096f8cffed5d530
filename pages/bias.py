"""Whom does a model draw or write of, how often and how well?"""

import streamlit as st

from dashboard.parts import samples as gallery
from dashboard.review import asking as audit_work
from dashboard.review import bias as bias_views
from dashboard.safe_text import refuse
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore

NOTHING = (
    "There is no trained model of pictures or text yet. Train one, then come back to see whom it draws or writes about."
)
run = audit_work.choose(RunStore.default(), ("image", "text"), "Bias", NOTHING)
if run is None:
    st.stop()
audits = audit_work.those_for(run, ("bias", "bias-of-text"))
try:
    audit_work.ask(run, audits, "Pictures in all" if "bias" in audits else "Texts and pairs at most", 4000)
    found = audit_work.show(
        run,
        audits,
        "This model was not audited for bias yet: start one above. It asks for every occupation by its neutral name and reads who is drawn.",
    )
    if "bias" in audits:
        bias_views.pictures(run, found)
    else:
        bias_views.texts(found)
    gallery.credit(run.facts.get("credit", ""))
except Refusal as refusal:
    refuse(refusal)
