"""Which runs are worked with or compared: chosen by name, or ticked in the table. Both say the same, and so does the address."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from dashboard import state
from dashboard.parts import stating
from dashboard.run_rows import Row
from dashboard.safe_text import plain_text, safe_text

MOST = 1500  # characters in the address


def choose(rows: Sequence[Row]) -> list[Row]:
    """The runs that are chosen among all that there are, in the order of the list."""
    by_id = {row["id"]: row for row in reversed(rows)}  # one's own comes before one that came with it, as in the store
    names = list(reversed(by_id))
    _take_over(names)
    chosen = st.multiselect(
        "Compare",
        names,
        format_func=lambda name: _label(by_id[name]),
        placeholder="One to name, export or delete it; several to compare them",
        on_change=state.tick_anew,
        filter_mode="contains",
        select_all=False,  # else Enter would choose all that match
        key=state.CHOSEN,
    )
    said = ",".join(chosen)
    said = said if len(said) <= MOST else ""
    state.set_in_url(state.COMPARED, said)
    state.put(state.CHOSEN_BY_LINK, said)
    return [by_id[name] for name in names if name in chosen]


def _take_over(names: Collection[str]) -> None:
    """What a link brought is chosen; what is not there any more is chosen no longer."""
    asked, before = state.in_url(state.COMPARED), state.get(state.CHOSEN) or []
    if asked == state.get(state.CHOSEN_BY_LINK, ""):
        kept = [name for name in before if name in names]
    else:
        linked = list(dict.fromkeys(asked.split(","))) if asked else []
        kept = [name for name in linked if name in names]
        for wrong in [name for name in linked if name not in names][:3]:
            stating.warned(f"No model is called {safe_text(repr(wrong), 100)}; it is left out of the comparison.")
    if kept != before:
        state.put(state.CHOSEN, kept)
        state.tick_anew()


def _label(row: Row) -> str:
    """What a run is called in the list: its name, and always its own id, so that no two are called the same."""
    name = plain_text(row["name"], 60)
    return f"{name} · {row['id']}" if name else str(row["id"])


def tick(names: Sequence[str]) -> None:
    """What is ticked in the table of these runs is what is chosen; what the filters hide stays chosen."""
    rows = state.get(state.table_key())["selection"]["rows"]
    hidden = [name for name in state.get(state.CHOSEN) or () if name not in names]
    state.put(state.CHOSEN, [names[row] for row in rows if row < len(names)] + hidden)
