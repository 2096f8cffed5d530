"""How generative models work, by doing: all lessons, or the one that the address names."""

import streamlit as st

from dashboard import navigation, state
from dashboard.learn import lessons
from dashboard.parts import stating
from dashboard.safe_text import safe_text

state.follow((state.LESSON, state.DEMO))
name = state.in_url(state.LESSON)
lesson = next((each for each in lessons.LESSONS if each.name == name), None)
if lesson is None:
    st.title("Learn", anchor=False)
    if name:
        stating.warned(f"There is no lesson called {safe_text(name, 60)}; these are here.")
    lessons.overview()
else:
    navigation.name_tab(navigation.tab_title("Learn", lesson.title))
    st.title(lesson.title, anchor=False)
    lessons.taken(lesson)
