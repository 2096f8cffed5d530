"""What a question limits, and what may guess its answers: fields beside a question that was chosen or written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from dashboard.safe_text import plain_text, safe_text
from genmodels.labelling.question import PRESENTATION, READERS, Question
from genmodels.labelling.store import LabelFolder

NONE = "nothing, or a column of the question's name"
COLUMN = "the column {}"
HELP = (
    "A guess of every output makes the interval of a share narrower where it agrees with people, and never makes it wrong. It is not a label:"
    " without labels there is no share."
)
FACES = "It finds one face and says woman, man or unsure. How often it is wrong stands in docs/limits.md; it only helps where one answer is a woman and one a man."


def fields(question: Question, folder: LabelFolder, owner: str) -> Question:
    """The question with the bounds and the reader that are chosen for it."""
    key = f"label.{owner}.{question.name}"
    with st.expander(safe_text(f"Limits and guesses: {question.text}", 200), icon=":material/tune:"):
        st.caption("The share of an answer that is accepted, in percent of outputs; leave empty what is not limited.")
        most, least = _bounds(question, key, "at most"), _bounds(question, key, "at least")
        reader = _reader(question, folder, key)
    return replace(question, at_most=most, at_least=least, reader=reader)


def _bounds(question: Question, key: str, side: str) -> dict[str, float]:
    """Answers to the share (0 to 1) that bounds them on this side."""
    before: Mapping[str, float] = question.at_most if side == "at most" else question.at_least
    found = {}
    columns = st.columns(min(4, len(question.answers)))
    for number, answer in enumerate(question.answers):
        with columns[number % len(columns)]:
            start = 100 * before[answer] if answer in before else None
            label = f"{safe_text(answer, 60)}, {side} (%)"
            value = st.number_input(label, 0.0, 100.0, start, step=1.0, key=f"{key}.{side}.{number}")
        if value is not None:
            found[answer] = value / 100
    return found


def _reader(question: Question, folder: LabelFolder, key: str) -> str:
    """What guesses the answers: a column of the team's table, words, or a network."""
    about = folder.about
    columns = [each for each in about.get("columns") or () if isinstance(each, str)]
    names = {"": NONE} | {name: name for name, kinds in READERS.items() if about.get("kind") in kinds}
    names |= {each: COLUMN.format(plain_text(each, 60)) for each in columns}
    chosen = st.selectbox(
        "What guesses the answers?",
        list(names),
        format_func=lambda name: names.get(name, name),
        index=list(names).index(question.reader) if question.reader in names else 0,
        help=HELP,
        key=f"{key}.reader",
    )
    if chosen == PRESENTATION:
        st.caption(FACES)
    return str(chosen or "")
