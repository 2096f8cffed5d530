"""Every download of the dashboard: what a model made, which only the way out can make, and tables and records of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from genmodels.provenance.way_out import Marked


def made(
    label: str,
    make: Callable[[], Marked],
    name: str,
    mime: str,
    *,
    key: str,
    icon: str = ":material/download:",
    place: Any = st,
    **more: Any,
) -> None:
    """A button for a file of what a model made; it is marked, and entered into the ledger, when it is pressed."""

    def content() -> bytes:
        file = make()
        if not isinstance(file, Marked):
            raise TypeError(f"{name} was not marked on its way out.")
        return bytes(file)

    place.download_button(label, content, name, mime, key=key, icon=icon, on_click="ignore", **more)


def record(
    label: str,
    make: Callable[[], bytes] | bytes,
    name: str,
    mime: str,
    *,
    key: str | None = None,
    icon: str = ":material/download:",
) -> None:
    """A button for a table, a log, a run or a network: numbers and records, no file of what a model made."""
    st.download_button(label, make, name, mime, key=key, icon=icon, on_click="ignore")
