"""The lessons, in the order in which they are best taken."""

from __future__ import annotations

import streamlit as st

from dashboard import navigation, state
from dashboard.learn import applications, risks, text_to_image, transformer, vae
from dashboard.learn.gan import lesson as gan
from dashboard.learn.lesson import Lesson
from dashboard.parts import glossary

LESSONS: tuple[Lesson, ...] = (
    gan.LESSON,
    vae.LESSON,
    transformer.LESSON,
    text_to_image.LESSON,
    applications.LESSON,
    risks.LESSON,
)
COLUMNS = 2


def overview() -> None:
    """All lessons as cards."""
    st.markdown("Five minutes a lesson, by doing, on the models that come with GenModels. Any order will do.")
    navigation.link("glossary", "Every term, explained")
    for start in range(0, len(LESSONS), COLUMNS):
        for column, lesson in zip(st.columns(COLUMNS), LESSONS[start : start + COLUMNS], strict=False):
            with column, st.container(border=True, height="stretch", key=f"card_{lesson.name}"):
                to(lesson)
                st.markdown(lesson.promise)
                st.caption(f"About {lesson.minutes} minutes")


def to(lesson: Lesson, label: str = "") -> None:
    """A link to a lesson."""
    navigation.link("learn", label or lesson.title, icon=lesson.icon, **{state.LESSON: lesson.name})


def taken(lesson: Lesson) -> None:
    """One lesson, from its promise to the way on."""
    st.markdown(lesson.promise)
    lesson.show()
    if lesson.simplified:
        with st.expander("What is simplified here", icon=":material/content_cut:"):
            st.markdown("\n".join(f"- {each}" for each in lesson.simplified))
    if lesson.sources:
        with st.expander("Where this comes from", icon=":material/menu_book:"):
            st.markdown("\n".join(f"- {each}" for each in lesson.sources))
    glossary.of_page("learn", lesson=lesson.name)
    place = LESSONS.index(lesson)
    with st.container(horizontal=True):
        navigation.link("learn", "All lessons")
        if place + 1 < len(LESSONS):
            to(LESSONS[place + 1], f"Next: {LESSONS[place + 1].title}")
