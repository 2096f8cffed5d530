"""A form folds to one line once there is a result, and loses nothing that was typed."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

HOSTILE = "![x](http://evil.example/a.png) :red[x] $x$"


def page(hostile: str) -> None:
    import streamlit as st

    from dashboard.parts import folding

    made = st.session_state.get("made")
    with folding.form(made or "", done=made is not None):
        typed = st.text_input("Prompt", key="typed")
    if st.button("Draw"):
        st.session_state.made = typed + hostile
        st.rerun()


def test_a_form_is_open_until_there_is_a_result_and_then_one_line_that_keeps_what_was_typed() -> None:
    test = AppTest.from_function(page, kwargs={"hostile": HOSTILE}, default_timeout=30).run()
    assert not test.exception and not test.expander
    test.text_input[0].set_value("a red car").run()
    test.button[0].click().run()
    assert not test.exception and len(test.expander) == 1 and not test.expander[0].proto.expanded
    label = test.expander[0].label
    assert label.startswith("a red car") and label.endswith("**Change**")
    assert "](http" not in label.replace("\\]", "") and ":red[" not in label
    assert test.text_input[0].value == "a red car"
