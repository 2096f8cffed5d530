"""Is what a model makes marked, does the mark survive, and is it recognised without one?"""

import streamlit as st

from dashboard import navigation
from dashboard.model import places
from dashboard.parts import samples
from dashboard.parts.stating import refuse
from dashboard.review import asking, marks
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore

NOTHING = (
    "There is no trained model yet. Train one, then come back to see whether what it makes is marked, and recognised."
)
run = asking.choose(RunStore.default(), places.kinds_of("deepfake"), "Marks and detection", NOTHING)
if run is None:
    st.stop()
navigation.link("verify", "Check a file: is it marked, and by whom?")
audits = asking.those_for(run, places.DETAILS["deepfake"])
try:
    asking.ask(run, audits, "Samples", 1000)
    found = asking.show(
        run,
        audits,
        "This model was not audited for marks yet: start one above. It saves samples as files, damages them in the usual ways (compressed, cropped, resized), and looks for every mark.",
    )
    marks.view(run, found)
    samples.credit(run.facts.get("credit", ""))
except Refusal as refusal:
    refuse(refusal)
