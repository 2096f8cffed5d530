"""The glossary as a page: the terms that are looked for, each with its meaning and a link to where it is seen."""

from __future__ import annotations

import streamlit as st

from dashboard import navigation
from dashboard.learn import lessons
from dashboard.learn.lesson import Lesson
from dashboard.parts import stating
from dashboard.parts.glossary_term import Term
from dashboard.parts.glossary_terms import GROUPS
from dashboard.safe_text import counted, safe_text


def show(asked: str) -> None:
    """All terms by group, or those whose name or meaning holds what is asked for."""
    wanted = asked.strip().lower()
    fit = {name: [term for term in group if _holds(term, wanted)] for name, group in GROUPS.items()}
    n = sum(map(len, fit.values()))
    if wanted and not n:
        stating.empty(f"No term is called {safe_text(asked, 60)}; write fewer letters.")
        return
    st.caption(f"{counted(n, 'term')}. Each links to where it can be seen.")
    for name, terms in fit.items():
        if terms:
            st.header(name, anchor=False)
        for term in terms:
            _one(term)


def _holds(term: Term, wanted: str) -> bool:
    return not wanted or any(wanted in said.lower() for said in (term.name, term.meaning, *term.also))


def _one(term: Term) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            st.markdown(f"**{safe_text(term.name)}**: {safe_text(term.meaning, 400)}")
        with st.container(width=260):
            navigation.link(term.page, f"See it in {place(term)}", **dict(term.query))


def lesson_of(term: Term) -> Lesson | None:
    """The lesson in which a term is seen; None where it is a page."""
    return next((each for each in lessons.LESSONS if each.name == dict(term.query).get("lesson")), None)


def place(term: Term) -> str:
    """What the place is called where a term is seen: a page, or a lesson."""
    lesson = lesson_of(term)
    return f"Learn: {lesson.title}" if lesson else navigation.screen(term.page).title
