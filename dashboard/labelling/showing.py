"""One example at a time, large, with the question beside it; an answer is kept before the next example comes."""

from __future__ import annotations

import streamlit as st

from dashboard import navigation, state
from dashboard.labelling.questions import wanted
from dashboard.parts import stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import lines_of, plain_text, safe_text
from genmodels.labelling.labels import Given
from genmodels.labelling.lines import LONGEST_NAME
from genmodels.labelling.order import Showing, showings
from genmodels.labelling.question import CANNOT_TELL, Question
from genmodels.labelling.store import LabelFolder, Rater
from genmodels.refusal import Refusal

TALLEST = 560  # pixels of a text that is labelled


def view(folder: LabelFolder) -> None:
    """Who labels, then what is to be labelled."""
    name = st.text_input(
        "Who labels?",
        max_chars=LONGEST_NAME,
        placeholder="Your name",
        help="Each person has a file of answers and an order of examples of their own, and goes on where they stopped.",
        **state.kept(state.RATER),
    )
    if not name.strip():
        stating.empty("Write your name above to begin; it tells apart who labelled what.")
        return
    _one(folder, folder.rater(name))


@st.fragment
def _one(folder: LabelFolder, rater: Rater) -> None:
    """The next example for this person; only this part is drawn again."""
    asked, seed, given = folder.asked(), int(folder.about.get("seed") or 0), rater.given()
    waiting = rater.waiting(asked, seed)
    _progress(len(showings(asked.sizes, rater.name, seed)) * len(asked.questions), len(waiting), len(given))
    if said := state.take(state.LABEL_REFUSED):
        stating.failed(said)
    if not waiting:
        stating.done("You have labelled everything that was drawn. Thank you.")
        navigation.link("audit", "Audit these outputs")
        _undo(rater, given)
        return
    showing, question = waiting[0]
    drawn = folder.drawn()[showing.number]
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _example(folder, showing.number)
    with right:
        if question.shows_prompt:
            st.caption("It was asked for:")
            st.text(plain_text(drawn.prompt or "nothing that was told", 1000))
        _answers(rater, question, showing, drawn.key)
        _undo(rater, given)


def _progress(of: int, waiting: int, given: int) -> None:
    """How far this person is, and how many labels the limits need."""
    done = max(0, of - waiting)
    stating.running(f"{done:,} of {of:,} answers", done / of if of else 0.0)
    st.caption(safe_text(f"{wanted()[1]}.", 300))


def _example(folder: LabelFolder, number: int) -> None:
    ending, content = folder.example(number)
    if ending == "txt":
        with st.container(border=True, height=TALLEST if len(content) > 1500 else "content"):
            st.text(lines_of(content.decode(errors="replace")))
    else:
        st.image(content, alt="The picture that is to be labelled", width="stretch")


def _answers(rater: Rater, question: Question, showing: Showing, key: str) -> None:
    """A button for each answer, with the keys 1 to 9, and 0 for "cannot tell"."""
    st.subheader(safe_text(question.text, 300), anchor=False)
    for place, answer in enumerate((*question.answers, CANNOT_TELL), 1):
        last = answer == CANNOT_TELL
        st.button(
            safe_text(answer.capitalize() if last else answer, 80),
            key=f"answer.{place}",
            shortcut="0" if last else str(place),
            type="tertiary" if last else "secondary",
            width="stretch",
            on_click=_keep,
            args=(rater, Given(key, question.name, rater.name, answer, showing.repeat)),
        )


def _keep(rater: Rater, given: Given) -> None:
    """Keep an answer; why it could not be is said above the example, which then stays."""
    try:
        rater.answer([given])
    except (Refusal, OSError) as error:
        state.put(state.LABEL_REFUSED, safe_text(error, 300))


def _undo(rater: Rater, given: list[Given]) -> None:
    st.button(
        "Undo",
        icon=":material/undo:",
        key="label.undo",
        shortcut="Backspace",
        disabled=not given,
        on_click=_take_back,
        args=(rater,),
    )


def _take_back(rater: Rater) -> None:
    try:
        if given := rater.given():
            rater.undo(given[-1])
    except (Refusal, OSError) as error:
        refuse(error)
