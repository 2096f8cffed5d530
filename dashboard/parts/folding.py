"""A form that folds to one line once there is a result: what was asked for, and "Change"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.safe_text import safe_text

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

LONG = 90  # characters of what was asked for


def form(asked: str, *, done: bool) -> DeltaGenerator:
    """The container that a form is drawn in: open while there is nothing, one line that opens it once there is a result.

    Its widgets stay alive while it is folded, so that what they say is kept; Enter or Space opens it.
    """
    if not done:
        return st.container(border=True)
    return st.expander(f"{safe_text(asked, LONG)} · **Change**", icon=":material/tune:")
