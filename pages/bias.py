"""Whom does a model draw or write of, how often and how well?"""

import streamlit as st

from dashboard.model import places
from dashboard.parts import samples
from dashboard.parts.stating import refuse
from dashboard.review import asking, bias
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore

NOTHING = (
    "There is no trained model of pictures or text yet. Train one, then come back to see whom it draws or writes about."
)
run = asking.choose(RunStore.default(), places.kinds_of("bias"), "Bias", NOTHING)
if run is None:
    st.stop()
audits = asking.those_for(run, places.DETAILS["bias"])
try:
    asking.ask(run, audits, "Pictures in all" if "bias" in audits else "Texts and pairs at most", 4000)
    found = asking.show(
        run,
        audits,
        "This model was not audited for bias yet: start one above. It asks for every occupation by its neutral name and reads who is drawn.",
    )
    if "bias" in audits:
        bias.pictures(run, found)
    else:
        bias.texts(found)
    samples.credit(run.facts.get("credit", ""))
except Refusal as refusal:
    refuse(refusal)
