"""A form folds to one line once there is a result, and loses nothing that was typed."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

HOSTILE = "![x](http://evil.example/a.png) :red[x] $x$"


def page(hostile: str) -> None:
    import streamlit as st

    from dashboard.parts import folding

    made = st.session_state.get("made") or ""
    with folding.form("page", made, stays=bool(made) and st.session_state.get("typed") == "other"):
        typed = st.text_input("Prompt", key="typed")
        asked = st.button("Draw", key="draw")
    if asked and typed == "wrong":
        st.error("It can't be drawn.")
    elif asked:
        st.session_state.made = typed + hostile
        folding.fold()
        st.rerun()


def turn(test: AppTest) -> str:
    """What the button beside what was asked for says; "" where there is none."""
    return next((each.label for each in test.button if each.key == "change_page"), "")


def drawn(prompt: str) -> AppTest:
    test = AppTest.from_function(page, kwargs={"hostile": HOSTILE}, default_timeout=30).run()
    assert not test.exception and not turn(test) and not test.markdown
    test.text_input[0].set_value(prompt).run()
    return test.button(key="draw").click().run()


def test_a_form_is_open_until_there_is_a_result_and_then_one_line_that_keeps_what_was_typed() -> None:
    test = drawn("a red car")
    assert not test.exception and turn(test) == "Change"
    said = test.markdown[0].value
    assert "a red car" in said and "](http" not in said.replace("\\]", "") and ":red[" not in said
    assert test.text_input[0].value == "a red car"


def test_change_opens_it_until_fold_or_the_next_result() -> None:
    test = drawn("a red car")
    test.button(key="change_page").click().run()
    assert turn(test) == "Fold" and test.markdown[0].value.startswith("Shown below: a red car")
    test.text_input[0].set_value("a tree").run()
    assert turn(test) == "Fold" and "a red car" in test.markdown[0].value  # the result is never without what it is of
    test.button(key="draw").click().run()
    assert turn(test) == "Change" and "a tree" in test.markdown[0].value
    test.button(key="change_page").click().run()
    test.button(key="change_page").click().run()
    assert turn(test) == "Change" and test.text_input[0].value == "a tree"


def test_an_error_leaves_it_open_and_so_does_a_form_that_asks_for_something_else() -> None:
    test = drawn("wrong")
    assert test.error and not turn(test)
    test = drawn("a red car")
    test.button(key="change_page").click().run()
    test.text_input[0].set_value("wrong").run()
    test.button(key="draw").click().run()
    assert test.error and turn(test) == "Fold"
    test = drawn("a red car")
    test.session_state["typed"] = "other"  # as from a link
    test.run()
    assert not turn(test) and test.markdown[0].value.startswith("Shown below: a red car")
