"""What does a model remember of its training data?"""

import streamlit as st

from dashboard import audit_work, gallery, memory_views
from dashboard.text import refuse
from genmodels.refusal import Refusal
from genmodels.runs import RunStore

NOTHING = "There is no trained model yet. Train one, then come back to see what it remembers."
run = audit_work.choose(RunStore.default(), ("image", "text", "code"), "Memorisation", NOTHING)
if run is None:
    st.stop()
audits = ["memorisation", "membership"] if run.spec.kind == "image" else ["extraction", "membership"]
try:
    audit_work.ask(run, audits, "Samples", 2000)
    found = audit_work.show(run, audits, "This model was not audited for what it remembers yet: start one above. It compares samples and losses with training and held-out examples.")
    memory_views.view(found)
    gallery.credit(run.facts.get("credit", ""))
except Refusal as refusal:
    refuse(refusal)
