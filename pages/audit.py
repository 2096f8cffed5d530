"""The front door of an auditor: what somebody's model made is brought, checked and judged; runs of ours go through it too."""

import streamlit as st

from dashboard import navigation, state
from dashboard.auditing import bringing, checks, overview, run_audits, subjects
from dashboard.model.header import header
from dashboard.parts import contents
from dashboard.parts.stating import refuse
from dashboard.review import asking
from genmodels.kinds.kind import KINDS
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

st.title("Audit", anchor=False)
state.show_notice()
st.caption(
    "Bring what a model made. Each verdict says how often such a verdict is wrong; what can't be measured says why."
)
store = RunStore.default()
subject = subjects.chosen(store)
about = "" if subject is None else subject.id if isinstance(subject, Run) else subject.title
navigation.name_tab(navigation.tab_title("Audit", about))
if subject is None:
    bringing.form()
    overview.view(store, tuple(KINDS))
elif isinstance(subject, Run):
    navigation.name_tab(navigation.tab_title("Audit", subject.id))
    header(subject)
    contents.place()
    try:
        run_audits.view(store, subject, asking.audited_runs(store, tuple(KINDS)))
        checks.table(run_audits.checks_of(subject))
    except Refusal as refusal:
        refuse(refusal)
else:
    navigation.name_tab(navigation.tab_title("Audit", subject.title))
    contents.place()
    checks.view(subject)
    navigation.link("label", "Have people label them")
