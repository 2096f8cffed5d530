"""What does a model remember of its training data?"""

import streamlit as st

from dashboard.model import places
from dashboard.parts import samples
from dashboard.parts.stating import refuse
from dashboard.review import asking, memory
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore

NOTHING = "There is no trained model yet. Train one, then come back to see what it remembers."
run = asking.choose(RunStore.default(), places.kinds_of("memorisation"), "Memorisation", NOTHING)
if run is None:
    st.stop()
audits = asking.those_for(run, places.DETAILS["memorisation"])
try:
    asking.ask(run, audits, "Samples", 2000)
    found = asking.show(
        run,
        audits,
        "This model was not audited for what it remembers yet: start one above. It compares samples and losses with training and held-out examples.",
    )
    memory.view(found, run)
    samples.credit(run.facts.get("credit", ""))
except Refusal as refusal:
    refuse(refusal)
