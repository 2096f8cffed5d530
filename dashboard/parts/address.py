"""What a link asked for and its page does not have: said above the page, where it would else be dropped without a word."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import state
from dashboard.safe_text import safe_text


def taken(page: Callable[[], None]) -> Callable[[], None]:
    """A page below a sentence on what of its address it could not take."""

    def drawn() -> None:
        place = st.empty()
        page()
        if wrong := state.not_taken():
            told = ", ".join(f"{key}={value[:60]}" for key, value in wrong.items())
            place.warning(
                safe_text(f"The address asks for {told}, which this page does not have; it shows what it has.", 400)
            )

    return drawn
