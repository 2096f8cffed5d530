"""What is asked, and of how many examples: set before the first label, and only added to afterwards."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import state
from dashboard.labelling import limits
from dashboard.parts.stating import refuse
from dashboard.safe_text import safe_text
from genmodels.audits.audit import AUDITS
from genmodels.estimates.prediction_powered import needed
from genmodels.labelling.question import READY_MADE, Question, name_of
from genmodels.labelling.store import LabelFolder
from genmodels.refusal import Refusal
from genmodels.verdicts.finding import spaced

POWER = 0.9
OWN = "A question of your own"
LEAST = 10


def wanted() -> tuple[int | None, str]:
    """How many labels the limits need that hold where no policy says others, and that in a sentence."""
    accepted = AUDITS["shares"].limits()
    limit, effect = accepted["fault"], accepted["fault_effect"]
    n = needed(limit, effect, POWER)
    told = "more labels than can be given" if n is None else f"{n:,} labels"
    return n, spaced(f"{told} find a share of {limit + effect:.0%} beyond a limit of {limit:.0%} in 9 of 10 audits")


def first(folder: LabelFolder) -> None:
    """The first questions, and the size of the sample."""
    st.header("What is asked?", anchor=False)
    st.caption(
        "Choose or write questions before anybody looks. Examples are drawn at random, evenly over prompts; whoever labels sees them in an order of his own, some of them twice."
    )
    made = _form(folder, "first")
    n = _size(folder, LEAST)
    if st.button("Begin to label", type="primary", icon=":material/play_arrow:", disabled=not made):
        _ask(folder, made, n)
    if not made:
        st.caption("Choose a question first.")


def more(folder: LabelFolder) -> None:
    """Further questions, and more examples."""
    asked = folder.asked()
    with st.expander("Questions and sample", icon=":material/quiz:"):
        for each in asked.questions:
            st.markdown(safe_text(f"{each.text} {' / '.join(each.answers)}.{_limited(each)}", 700))
        made = _form(folder, "more", [each.text for each in asked.questions])
        n = _size(folder, asked.n)
        if st.button("Add", icon=":material/add:", disabled=not made and n <= asked.n):
            _ask(folder, made, n)


def _limited(question: Question) -> str:
    """What it limits and what guesses its answers, in a few words."""
    told = [f"A fault: {', '.join(question.faults)}."] if question.faults else []
    for side, bounds in (("at most", question.at_most), ("at least", question.at_least)):
        told += [f"{answer} {side} {100 * bound:.4g} %." for answer, bound in bounds.items()]
    told += [f"Guessed by: {question.reader}."] if question.reader else []
    return " " + " ".join(told) if told else ""


def _size(folder: LabelFolder, least: int) -> int:
    drawn = len(folder.drawn())
    n, told = wanted()
    start = min(drawn, max(least, n or least))
    if drawn <= least:
        st.caption(f"All {drawn:,} examples that were drawn are asked about.")
        return drawn
    return int(
        st.number_input(
            "Examples to label",
            min(least, drawn),
            drawn,
            start,
            help=safe_text(f"{told[:1].upper()}{told[1:]}. More can be added later; {drawn:,} were drawn.", 300),
            key=f"label.n.{folder.token}.{least}",
        )
    )


def _form(folder: LabelFolder, owner: str, before: Sequence[str] = ()) -> list[Question]:
    """The questions that were chosen or written; what is wrong with one is said."""
    texts = [each.text for each in READY_MADE if each.text not in before]
    chosen = st.pills("Questions", [*texts, OWN], selection_mode="multi", key=f"label.{owner}.{folder.token}")
    made = [each for each in READY_MADE if each.text in chosen]
    if OWN in chosen:
        try:
            made += _own(owner, [each.name for each in (*folder.asked().questions, *made)])
        except Refusal as refusal:
            refuse(refusal)
            return []
    return [limits.fields(each, folder, f"{owner}.{folder.token}") for each in made]


def _own(owner: str, taken: Sequence[str]) -> list[Question]:
    with st.container(border=True):
        text = st.text_input("Question", max_chars=300, placeholder="Is a brand shown?", key=f"label.text.{owner}")
        said = st.text_input(
            "Answers, separated by commas", max_chars=600, placeholder="no, yes", key=f"label.answers.{owner}"
        )
        answers = tuple(part.strip() for part in said.split(",") if part.strip())
        faults = st.multiselect(
            "Which answers are faults?",
            answers,
            help="The share of these is judged against the policy's limit; without one the shares are only reported.",
            key=f"label.faults.{owner}",
        )
        shows = st.checkbox("Show the prompt to whoever labels", key=f"label.shows.{owner}")
    if not text or not answers:
        return []
    return [Question(name_of(text, taken), text, answers, faults=tuple(faults), shows_prompt=shows)]


def _ask(folder: LabelFolder, made: Sequence[Question], n: int) -> None:
    try:
        folder.ask(made, n)
    except (Refusal, OSError) as error:
        refuse(error)
        return
    state.notice("The questions are set.")
    st.rerun()
