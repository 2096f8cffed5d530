"""The filters of the list of runs, which stand in the URL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard import state
from dashboard.parts import address, stating
from dashboard.parts.forms import told
from dashboard.run_rows import Row
from dashboard.safe_text import plain_text, safe_text


@dataclass(frozen=True)
class Filters:
    """What a row must have; an empty one lets all through."""

    search: str
    states: tuple[str, ...]
    models: tuple[str, ...]
    tags: tuple[str, ...]


CARDS, TABLE = "Cards", "Table"


def filters(rows: Sequence[Row]) -> tuple[Filters, str]:
    """One line above the list: the search, the filters folded, and whether cards or a table are shown."""
    options = {
        state.STATES: ("State", sorted({row["state"] for row in rows})),
        state.MODELS: ("Model", sorted({plain_text(row["model"], 40) for row in rows if row["model"]})),
        state.TAGS: ("Tag", sorted({plain_text(tag) for row in rows for tag in row["tags"]})),
    }
    for key, (label, known) in options.items():
        for wrong in [value for value in state.all_in_url(key) if value not in known][:3]:
            stating.warned(f"No model here has the {label.lower()} {safe_text(repr(wrong), 100)}; all are shown.")
            address.told(key)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Search",
            placeholder="name, run, data, setting …",
            max_chars=100,
            icon=":material/search:",
            **state.bound(state.SEARCH),
        )
        with st.popover("Filter", icon=":material/filter_list:"):
            chosen = [
                tuple(st.multiselect(label, known, **state.bound(key))) if known else ()
                for key, (label, known) in options.items()
            ]
        listed = st.segmented_control(
            "Shown as",
            (CARDS, TABLE),
            default=CARDS,
            required=True,
            label_visibility="collapsed",
            **state.bound(state.LISTED),
        )
    return Filters(text.lower().strip(), *chosen), listed or CARDS


def said(wanted: Filters) -> str:
    """What is filtered for, as plain text; "" where all is shown."""
    parts = [f"“{wanted.search}”"] if wanted.search else []
    for label, values in (("state", wanted.states), ("model", wanted.models), ("tag", wanted.tags)):
        parts += [f"{label} {' or '.join(values)}"] if values else []
    return ", ".join(parts)


def clear() -> None:
    """Take all filters back; called before they are drawn."""
    for key, empty in ((state.SEARCH, ""), (state.STATES, []), (state.MODELS, []), (state.TAGS, [])):
        state.put(key, empty)


def matching(rows: Sequence[Row], wanted: Filters) -> list[Row]:
    """The rows that pass every filter; of a list of tags one is enough."""
    return [
        row
        for row in rows
        if (not wanted.states or row["state"] in wanted.states)
        and (not wanted.models or plain_text(row["model"], 40) in wanted.models)
        and (not wanted.tags or any(plain_text(tag) in wanted.tags for tag in row["tags"]))
        and all(word in _words(row) for word in wanted.search.split())
    ]


def _words(row: Row) -> str:
    return " ".join(
        [row["id"], row["name"], row["model"], row["data"], row["state"], told(row["knobs"]), *row["tags"]]
    ).lower()
