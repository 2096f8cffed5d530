"""The sentence that the lesson about Transformers goes by: the user's own words, the tokens after them, and the model."""

from __future__ import annotations

import streamlit as st

from dashboard import state
from dashboard.learn.steps import chosen_model
from dashboard.safe_text import made_caption, safe_text
from dashboard.writing.form import EXAMPLES, examples, trained_on, writers
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore, gallery_names
from genmodels.trained.text_prompt import PromptReader

FIRST = {"python-docs": "If the file does not"}  # what a model's lesson begins with, else its first example
SHOWCASE = "transformer-docs"
LONGEST, MOST_EXAMPLES = 200, 5  # characters of a sentence; sentences to click
TITLES = {
    "transformer-docs": "English of Python's documentation",
    "transformer-occupations": "short sentences about people at work",
    "transformer-code": "Python code",
}


def model(store: RunStore) -> Run | None:
    """The chosen model of texts; None where there is none."""
    names = writers(store)
    if not names:
        return None
    titles = {name: _title(store[name]) for name in names}
    chosen = chosen_model("A model that was trained on", titles, SHOWCASE, state.WRITER, on_change=_another_model)
    return store[chosen]


def _title(run: Run) -> str:
    shipped = run.id in gallery_names() and TITLES.get(run.id)
    return f"{shipped} ({run.id})" if shipped else f"{trained_on(run)} ({run.id})"


def first(run: Run) -> str:
    """What the lesson begins with: a click, a thought and a word are not needed."""
    return FIRST.get(run.experiment.data) or next(iter(examples(run)), "The")


def _another_model() -> None:
    """Words that were an example give way to one of the new model; the user's own stay."""
    known = {*FIRST.values(), *(each for several in EXAMPLES.values() for each in several)}
    if state.get(state.SENTENCE) in known:
        state.forget(state.SENTENCE)
    state.put(state.GROWN, ())


def sentence(run: Run) -> str:
    """The user's own words, with examples to click; what was added to them is `grown`."""
    state.from_url(state.SENTENCE)
    if not state.get(state.SENTENCE):
        state.put(state.SENTENCE, first(run))
    text = st.text_input(
        "Your sentence (the model goes on with it)",
        max_chars=LONGEST,
        on_change=_begin,
        **state.kept(state.SENTENCE),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        for example in [*dict.fromkeys([first(run), *examples(run)])][:MOST_EXAMPLES]:
            st.button(safe_text(example, 60), key=f"sentence.{example}", on_click=_begin, args=(example,))
    if added := grown():
        written = PromptReader.of(run).tokens.decode(added)
        st.markdown(f"{safe_text(text, 400)} :blue-background[{safe_text(written, 1200)}]")
        st.caption(made_caption(f" what stands on blue, {trained_on(run)}, run {run.id}, token by token.", 300))
    return (text or first(run))[:LONGEST]


def _begin(text: str = "") -> None:
    """From a sentence on which nothing has grown."""
    if text:
        state.put(state.SENTENCE, text)
    state.put(state.GROWN, ())


def grown() -> tuple[int, ...]:
    """The tokens that were added to the sentence."""
    return tuple(state.get(state.GROWN, ()))
