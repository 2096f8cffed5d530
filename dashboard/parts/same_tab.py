"""Links that Streamlit does not follow as a reader expects: those of its tables, and the menu's own of the page that is open."""

from __future__ import annotations

from pathlib import Path

import streamlit as st


def follow() -> None:
    """Drawn once a page, before it; takes no room (app.css)."""
    script = Path(__file__).with_suffix(".js").read_text()
    st.components.v2.component("same_tab", html='<span class="root"></span>', js=script)(key="same_tab")
