"""A click that fails is answered in our words, with a way to try again, wherever the page is."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import navigation
from dashboard.parts import failing
from genmodels.refusal import Refusal


def page_that_fails() -> None:
    import streamlit as st

    from dashboard import state
    from dashboard.parts import failing

    done = state.take("draw_again")
    st.text("drawn" if done else "nothing drawn")
    if not done:
        state.retry_with("draw_again", True)
        failing.answer(ValueError('The name "concatenate" is used 4 times in the model'))


def test_a_failure_is_said_in_our_words_and_tried_again_with_what_was_asked() -> None:
    test = AppTest.from_function(page_that_fails, default_timeout=30).run()
    assert not test.exception and "concatenate" not in test.error[0].value and "Try again" in test.error[0].value
    test.button[0].click().run()
    assert test.text[0].value == "drawn" and not test.error and "undone" not in test.session_state


@pytest.mark.parametrize(("error", "said"), [(MemoryError(), "too little memory"), (Refusal("The prompt is too long; shorten it."), "The prompt is too long"), (KeyError("x"), "fault of the program")])
def test_each_kind_of_failure_has_its_sentence(error: Exception, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    monkeypatch.setattr("streamlit.error", lambda text, **more: shown.append(text))
    monkeypatch.setattr("streamlit.button", lambda label, **more: shown.append(label))
    assert failing.answer(error) is True
    assert said in shown[0].replace("\\", "") and shown[1] == "Try again"


def test_the_server_asks_it_about_every_page() -> None:
    from dashboard import app

    assert app.app._on_script_error is failing.answer


def test_tabs_of_the_browser_can_be_told_apart() -> None:
    assert navigation.tab_title("Home") == "GenModels" and navigation.tab_title("Data") == "Data · GenModels"
    assert navigation.tab_title("Bias", "gan-prompts") == "Bias of gan-prompts · GenModels"
    assert "\n" not in navigation.tab_title("Bias", "a\nb") and len(navigation.tab_title("Bias", "x" * 500)) < 100
