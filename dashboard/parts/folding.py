"""A form that folds to one line once there is a result: what that was asked for, and "Change"."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import state
from dashboard.safe_text import safe_text
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

LONG = 160  # characters of what was asked for


def form(
    name: str, asked: str = "", *, stays: bool = False, change: str = "Change", opened: str = "Shown below"
) -> DeltaGenerator:
    """The container that a form is drawn in; `asked` says in plain text what the result below was asked for, "" where there is none.

    Where there is one it is folded, unless it `stays` open (it asks for something else by now, or is being answered) or
    was opened by "Change". The line with what was asked for is above it, folded or open, so that no result is without it.
    `opened` is what that line begins with over an open form: one that answers at once has nothing below it if it refuses.
    A folded form is hidden by app.css and stays in the page with all that was typed, chosen and painted.
    """
    folded = bool(asked) and not stays and state.get(state.UNFOLDED) != name
    with st.container(border=True, key=f"fold_{name}"):
        _focus(name, folded)
        with st.container(horizontal=True, vertical_alignment="center", key=f"{'folded' if folded else 'open'}_{name}"):
            if asked:
                said = safe_text(asked, LONG)
                st.markdown(f":material/tune: {said}" if folded else f"{opened}: {said}", width="stretch")
            if asked and not stays:
                st.button(
                    change if folded else "Fold",
                    key=f"change_{name}",
                    icon=":material/unfold_more:" if folded else ":material/unfold_less:",
                    on_click=_turned,
                    args=(name, folded),
                )
        return st.container(key=f"form_{name}")


def fold() -> None:
    """There is a new result: from the next run of the page on its form is folded."""
    state.take(state.UNFOLDED)


@contextmanager
def opens(name: str) -> Iterator[None]:
    """What is refused in a form that answers at once, without a button, opens it: else it would be folded over its error."""
    try:
        yield
    except Refusal:
        if state.get(state.UNFOLDED) != name:
            state.put(state.UNFOLDED, name)
            st.rerun()
        raise


def _turned(name: str, opened: bool) -> None:
    state.put(state.UNFOLDED, name) if opened else state.take(state.UNFOLDED)


def _focus(name: str, folded: bool) -> None:
    """Who pressed Enter in a field that folds away would be nowhere: goes on to "Change", and from there into the form."""
    script = Path(__file__).with_name("folding.js").read_text()
    component = st.components.v2.component("folding", html='<span class="root"></span>', js=script)
    component(data={"folded": folded}, key=f"focus_{name}")
