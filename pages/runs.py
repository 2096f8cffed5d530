"""All models as cards or as a table: find them, lay them over one another, name them, take them along, delete them."""

import streamlit as st

from dashboard import navigation, resources, state
from dashboard.parts import contents
from dashboard.run_rows import measures
from dashboard.runs import actions, cards, choosing, table, working
from dashboard.runs.listing import TABLE, clear, filters, matching, said
from dashboard.safe_text import counted, safe_text
from genmodels.runs.store import RunStore

st.title("Models", anchor=False)
state.show_notice()
store = RunStore.default()
every = resources.run_rows(store)
rows = [row for row in every if not measures(row)]
instruments = [row for row in every if measures(row)]
own = sum(not row["gallery"] for row in instruments)
navigation.link("instruments", f"Instruments ({len(instruments)}" + (f", {own} of them yours)" if own else ")"))
if not rows:
    with st.container(border=True):
        st.markdown("There are no runs yet. Train a model, or import a run that was exported elsewhere.")
        navigation.link("train", "Train a model")
    actions.bring_in(store)
    st.stop()

wanted, listed = filters(rows)
found = matching(rows, wanted)
if described := said(wanted):
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{len(found):,} of {counted(len(rows), 'model')} with {safe_text(described)}", width="content")
        st.button("Clear filters", icon=":material/filter_list_off:", type="tertiary", on_click=clear)
    if hidden := len(matching(instruments, wanted)):
        navigation.link("instruments", f"{counted(hidden, 'instrument')} with these words too")
elif all(row["gallery"] for row in rows):
    navigation.link("train", "None of these is yours yet: train your first model")
chosen = choosing.choose(rows)
if listed == TABLE:
    table.view(found, chosen, store)
contents.place()
working.view(chosen, store)
if listed != TABLE:
    cards.view(found, store)
actions.bring_in(store)
