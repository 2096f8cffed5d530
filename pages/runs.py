"""All runs: find them, lay them over one another, name them, take them along, delete them."""

import streamlit as st

from dashboard import navigation, resources, state
from dashboard.parts import charts, handing_out
from dashboard.runs import actions, comparing
from dashboard.runs.listing import filters, matching, table, table_settings
from dashboard.safe_text import counted, safe_text
from genmodels.runs.store import RunStore

WATTS = 15.0  # a core, unless the user states another

st.title("Models", anchor=False)
state.show_notice()
navigation.link("instruments", "Instruments: what reads and judges pictures for the pages and audits")
store = RunStore.default()
rows = resources.run_rows(store)
if not rows:
    with st.container(border=True):
        st.markdown("There are no runs yet. Train a model, or import a run that was exported elsewhere.")
        navigation.link("train", "Train a model")
    actions.bring_in(store)
    st.stop()

found = matching(rows, filters(rows))
st.caption(f"{len(found):,} of {counted(len(rows), 'run')}. Tick one to work with it, several to compare them.")
frame = table(found, state.get(state.WATTS, WATTS))
event = st.dataframe(
    frame,
    hide_index=True,
    on_select="rerun",
    selection_mode="multi-row",
    key=state.selection_key([row["id"] for row in found]),
    height=min(38 + 35 * max(len(found), 1), 420),
    column_config=table_settings(),
    alt="All runs that match the filters",
)
with st.container(horizontal=True, vertical_alignment="bottom"):
    st.number_input(
        "Watts per core",
        0.1,
        500.0,
        WATTS,
        1.0,
        width=140,
        help="Energy is processor time times this: an estimate, not a measurement",
        **state.kept(state.WATTS),
    )
    handing_out.record("CSV", lambda: charts.csv(frame), "runs.csv", "text/csv")
chosen = [found[position] for position in event.selection.rows if position < len(found)]

if len(chosen) == 1:
    with st.container(border=True):
        st.header(safe_text(comparing.label(chosen[0])), anchor=False)
        actions.one(store[chosen[0]["id"]], gallery_run=chosen[0]["gallery"], store=store)
if (
    len(chosen) > 1
    and (own := [store[row["id"]] for row in chosen if not row["gallery"]])
    and st.button(f"Delete {counted(len(own), 'run')}", icon=":material/delete:")
):
    actions.delete(own, store)
if chosen:
    with st.container(border=True):
        st.header("Curves", anchor=False)
        comparing.overlay(chosen, store)
if len(chosen) > 1:
    with st.container(border=True):
        st.header("Settings and the best value", anchor=False)
        comparing.knobs_against_value(chosen)
if len(chosen) == 2:
    with st.container(border=True):
        st.header("Where they differ", anchor=False)
        comparing.differences(*chosen)
actions.bring_in(store)
