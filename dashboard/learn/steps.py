"""A lesson goes by steps: one is shown at a time, and each leads to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import state
from dashboard.parts import stating
from dashboard.safe_text import safe_text


def by_steps(steps: Sequence[tuple[str, Callable[[], None]]]) -> None:
    """Draw the step that the address names, else the first, between the list of all and the way to the next."""
    names = [f"{number} {name}" for number, (name, _) in enumerate(steps, 1)]
    asked = state.in_url(state.STEP)
    if asked and asked not in names:
        stating.warned(f"This lesson has no step called {safe_text(asked, 60)}; it begins at the first.")
    if (asked and asked not in names) or state.get(state.STEP, names[0]) not in names:
        state.forget(state.STEP)
    chosen = st.segmented_control(
        "Step", names, default=names[0], required=True, label_visibility="collapsed", **state.bound(state.STEP)
    )
    at = names.index(chosen) if chosen in names else 0
    steps[at][1]()
    if at + 1 < len(names):
        st.button(
            f"Next: {steps[at + 1][0]}",
            type="primary",
            icon=":material/arrow_forward:",
            on_click=state.put,
            args=(state.STEP, names[at + 1]),
        )


def chosen_model(label: str, titles: Mapping[str, str], first: str, key: str, **more: Any) -> str:
    """One of these models, of which the address may name one; `titles` says of each what it was trained on."""
    names = list(titles)
    asked = state.in_url(key)
    if asked and asked not in names:
        stating.warned(f"There is no such model called {safe_text(asked, 60)}; this is another.")
    if state.get(key) not in names:
        state.forget(key)
    index = names.index(first) if first in names else 0
    chosen = st.selectbox(label, names, index=index, format_func=titles.__getitem__, **more, **state.bound(key))
    return str(chosen)


def component(name: str) -> Any:
    """A part of a lesson that works in the browser: its script and style are the files of that name in this folder."""
    folder = Path(__file__).parent
    script, style = ((folder / f"{name}.{kind}").read_text() for kind in ("js", "css"))
    return st.components.v2.component(f"learn_{name}", html='<div class="root"></div>', css=style, js=script)
