"""Which outputs are labelled: those whose examples were drawn, and those that were brought and wait for that."""

from __future__ import annotations

import streamlit as st

from dashboard import navigation, state
from dashboard.parts import pace, stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import plain_text, safe_text
from genmodels.labelling.store import LabelFolder, known_folders
from genmodels.refusal import Refusal
from genmodels.review import audit_job, brought

NOTHING = "Nothing was brought to be labelled yet. Bring pictures or answers on the page Audit, or by the command below; then people say here what they see, and the audit judges the shares."
COMMAND = "genmodels label FOLDER"


def chosen() -> LabelFolder | None:
    """The outputs that are labelled, by the address; None where none are, and then what to do is said."""
    if (token := state.take(state.NEXT_LABELS)) is not None:
        state.to_url(state.LABELS, token)
        state.put(state.LABELS, token)
    folders = {folder.token: folder for folder in known_folders()}
    waiting = _waiting(list(folders.values()))
    if not folders:
        if asked := state.in_url(state.LABELS):
            stating.warned(f"No outputs called {safe_text(asked, 60)} are labelled.")
        state.forget(state.LABELS)
        _draw(waiting)
        if not waiting:
            stating.empty(NOTHING)
            st.code(COMMAND, language=None)
            navigation.link("audit", "Bring outputs")
        return None
    titles = {labels.token: each.title for each in brought.everything() for labels in brought.labels_of(each)}
    names = {
        token: plain_text(titles.get(token) or folder.about.get("name") or token, 60)
        for token, folder in folders.items()
    }
    state.from_url(state.LABELS)
    if state.get(state.LABELS) not in names:
        if asked := state.get(state.LABELS):
            stating.warned(f"No outputs called {safe_text(asked, 60)} are labelled; choose others.")
        state.put(state.LABELS, next(iter(names)))
    token = str(st.selectbox("Outputs", list(names), format_func=lambda token: names[token], key=state.LABELS))
    state.to_url(state.LABELS, token)
    _draw(waiting)
    return folders[token]


def _waiting(folders: list[LabelFolder]) -> list[brought.Brought]:
    """What was brought to the dashboard, and of which no example was drawn yet."""
    known = {folder.token for folder in folders}
    return [each for each in brought.everything() if not {labels.token for labels in brought.labels_of(each)} & known]


def _draw(waiting: list[brought.Brought]) -> None:
    """A button for each of these: a process draws examples at random, and says how far it is."""
    for each in waiting[:6]:
        with st.container(border=True):
            if audit_job.running_in(each.drawing):
                pace.polled(_watch, 1.0)(each)
                continue
            if said := audit_job.complaint_in(each.drawing):
                stating.warned(safe_text(said, 400))
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{safe_text(each.title, 60)}** was brought.")
                if st.button("Draw examples to label", icon=":material/shuffle:", key=f"draw.{each.token}"):
                    _start(each)


def _start(subject: brought.Brought) -> None:
    try:
        brought.draw(subject)
    except (Refusal, OSError) as error:
        refuse(error)
        return
    st.rerun()


def _watch(subject: brought.Brought) -> None:
    """Progress and a stop; ends in one rerun of the page, with the examples chosen."""
    note = audit_job.running_in(subject.drawing)
    if note is None:
        for folder in brought.labels_of(subject)[:1]:
            state.put(state.NEXT_LABELS, folder.token)
        st.rerun()
        return
    st.markdown(f"Examples of **{safe_text(subject.title, 60)}** are drawn.")
    done, of = float(note.get("done") or 0), float(note.get("of") or 0)
    told = f"{note.get('what', '')}" + (f": {done:,.0f} of {of:,.0f}" if of else "")
    stating.running(safe_text(told[:1].upper() + told[1:], 200), done / of if of else 0.0)
    if stating.stop(f"draw.stop.{subject.token}"):
        brought.stop_drawing(subject)
        st.caption("It stops at its next step and keeps nothing.")
