"""Which outputs are labelled: those whose examples were drawn, and those that were brought and wait for that."""

from __future__ import annotations

import streamlit as st

from dashboard import navigation, state
from dashboard.safe_text import plain_text, refuse, safe_text
from genmodels.labelling.store import LabelFolder, known_folders
from genmodels.refusal import Refusal
from genmodels.review import brought
from genmodels.subjects.labelled import bring
from genmodels.subjects.opening import open_outputs

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
        state.forget(state.LABELS)
        _draw(waiting)
        if not waiting:
            st.info(NOTHING, icon=":material/rate_review:")
            st.code(COMMAND, language=None)
            navigation.link("audit", "Bring outputs")
        return None
    names = {token: plain_text(folder.about.get("name") or token, 60) for token, folder in folders.items()}
    state.from_url(state.LABELS)
    if state.get(state.LABELS) not in names:
        if asked := state.get(state.LABELS):
            st.warning(f"No outputs called {safe_text(asked, 60)} are labelled; choose others.", icon=":material/info:")
        state.put(state.LABELS, next(iter(names)))
    token = str(st.selectbox("Outputs", list(names), format_func=lambda token: names[token], key=state.LABELS))
    state.to_url(state.LABELS, token)
    _draw(waiting)
    return folders[token]


def _waiting(folders: list[LabelFolder]) -> list[brought.Brought]:
    """What was brought to the dashboard, and of which no example was drawn yet."""
    drawn = {folder.about.get("brought") for folder in folders}
    return [each for each in brought.everything() if each.token not in drawn]


def _draw(waiting: list[brought.Brought]) -> None:
    """A button for each of these: it draws examples at random, and shows them."""
    for each in waiting[:6]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{safe_text(each.title, 60)}** was brought.")
            if st.button("Draw examples to label", icon=":material/shuffle:", key=f"draw.{each.token}"):
                _drawn(each)


def _drawn(subject: brought.Brought) -> None:
    file, said = subject.file("outputs"), st.progress(0.0, "Reading …")
    if file is None:
        return

    def report(what: str, done: int, of: int) -> None:
        said.progress(min(done / of, 1.0) if of else 0.0, safe_text(f"{what}: {done:,} of {of:,}"))

    try:
        folder = bring(open_outputs(file, report=report), brought=subject.token)
    except Refusal as refusal:
        refuse(refusal)
        return
    state.put(state.NEXT_LABELS, folder.token)
    st.rerun()
