"""What a link asked for and its page does not have: said above the page, where it would else be dropped without a word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard import state
from dashboard.parts import stating
from dashboard.safe_text import safe_text


def taken(page: Callable[[], None]) -> Callable[[], None]:
    """A page below a sentence on what of its address it could not take."""

    def drawn() -> None:
        place = st.empty()
        page()
        if wrong := not_taken():
            told = ", ".join(f"{key}={value[:60]}" for key, value in wrong.items())
            with place.container():
                stating.warned(
                    safe_text(f"The address asks for {told}, which this page does not have; it shows what it has.", 400)
                )

    return drawn


def told(key: str) -> None:
    """The page itself says what it could not take of this parameter, so that it is not said twice."""
    state.put(state.TOLD, {*(state.get(state.TOLD) or ()), key})


def not_taken() -> dict[str, str]:
    """What the address asked bound widgets for and they did not take, by the key; foreign text. Asked once."""
    wrong, told_before = {}, state.take(state.TOLD) or ()
    for key, asked in (state.take(state.ASKED_FOR) or {}).items():
        if key in told_before:
            continue
        value = state.get(key)
        values = value if isinstance(value, list | tuple) else [value]
        missing = [each for each in asked if not any(_same(each, has) for has in values)]
        if missing and value is not None:
            wrong[key] = missing[0]
    return wrong


def _same(asked: str, value: Any) -> bool:
    """Does a text of the address say this value of a widget?"""
    if isinstance(value, int | float):
        try:
            return abs(float(asked) - value) < 1e-9
        except ValueError:
            return False
    return asked.strip() == str(value or "").strip()
