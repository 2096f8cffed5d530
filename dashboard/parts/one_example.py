"""The one example that all views of a page look into: of several that were made together, by its seed, in the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import state

WIDGET = "one_example"  # the key of the choice; a page draws it once


def chosen(options: Mapping[str, str], label: str, **look: Any) -> str:
    """A choice among `options`, each with what is said of it; what was chosen in another view is chosen here too."""
    if state.in_url(state.LOOKED_AT) not in ("", *options):
        state.set_in_url(state.LOOKED_AT, "")  # of what was made before
    name = known(options)
    state.put(WIDGET, name)
    st.segmented_control(
        label, list(options), format_func=lambda each: options[each], required=True, key=WIDGET, on_change=_keep, **look
    )
    return name


def known(options: Mapping[str, str]) -> str:
    """The chosen one before the choice is drawn: by the address, else by the session, else the first."""
    asked = (state.in_url(state.LOOKED_AT), state.get(state.LOOKED_AT))
    return next((each for each in asked if each in options), next(iter(options)))


def said(options: Mapping[str, str]) -> str:
    """Which one is looked into, to be appended to what a result was asked for; "" where there is only one."""
    label = options[known(options)] if len(options) > 1 else ""
    return f", looking into {label[:1].lower()}{label[1:]}" if label else ""


def _keep() -> None:
    state.put(state.LOOKED_AT, state.get(WIDGET))
    state.set_in_url(state.LOOKED_AT, state.get(WIDGET) or "")
