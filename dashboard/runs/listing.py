"""The table of runs and its filters, which stand in the URL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard import state
from dashboard.parts.forms import told
from dashboard.parts.terms import term_label
from dashboard.run_rows import Row
from dashboard.safe_text import plain_text
from genmodels.runs import instants

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Filters:
    """What a row must have; an empty one lets all through."""

    search: str
    states: tuple[str, ...]
    models: tuple[str, ...]
    tags: tuple[str, ...]


def filters(rows: Sequence[Row]) -> Filters:
    """The filters above the table."""
    search, states, models, tags = st.columns([2, 1, 1, 1])
    text = search.text_input(
        "Search",
        placeholder="name, run, data, setting …",
        max_chars=100,
        icon=":material/search:",
        **state.bound(state.SEARCH),
    )
    known = sorted({plain_text(tag) for row in rows for tag in row["tags"]})
    return Filters(
        text.lower().strip(),
        tuple(states.multiselect("State", sorted({row["state"] for row in rows}), **state.bound(state.STATES))),
        tuple(models.multiselect("Model", sorted({row["model"] for row in rows}), **state.bound(state.MODELS))),
        tuple(tags.multiselect("Tag", known, **state.bound(state.TAGS))) if known else (),
    )


def matching(rows: Sequence[Row], wanted: Filters) -> list[Row]:
    """The rows that pass every filter; of a list of tags one is enough."""
    return [
        row
        for row in rows
        if (not wanted.states or row["state"] in wanted.states)
        and (not wanted.models or row["model"] in wanted.models)
        and (not wanted.tags or any(plain_text(tag) in wanted.tags for tag in row["tags"]))
        and all(word in _words(row) for word in wanted.search.split())
    ]


def _words(row: Row) -> str:
    return " ".join(
        [row["id"], row["name"], row["model"], row["data"], row["state"], told(row["knobs"]), *row["tags"]]
    ).lower()


def table(rows: Sequence[Row], watts: float) -> pandas.DataFrame:
    """One line a run; energy is processor seconds times watts per core, in Wh."""
    import pandas

    return pandas.DataFrame(
        {
            "Name": [plain_text(row["name"] or row["id"], 80) for row in rows],
            "State": [row["state"] if not row["problem"] else f"damaged: {row['problem']}" for row in rows],
            "Model": [plain_text(row["model"], 40) for row in rows],
            "Data": [plain_text(row["data"], 40) for row in rows],
            "Epoch": _numbers(row["epoch"] for row in rows),
            "Last": _numbers(row["last"].get(row["best"].get("name")) for row in rows),
            "Best": _numbers(row["best"].get("value") for row in rows),
            "Judged by": [term_label(str(row["best"].get("name", ""))) for row in rows],
            "Time": _numbers(row["seconds"] for row in rows),
            "Energy": [None if row["cpu_seconds"] is None else row["cpu_seconds"] * watts / 3600 for row in rows],
            "Changed settings": [told(row["knobs"]) for row in rows],
            "Tags": [[plain_text(tag, 40) for tag in row["tags"]] for row in rows],
            "Started": pandas.to_datetime(
                _numbers(row["created"] or None for row in rows), unit="s", errors="coerce", utc=True
            ).dt.tz_convert(instants.zone(st.context.timezone) or datetime.now().astimezone().tzinfo),
            "Run": [row["id"] for row in rows],
            "Gallery": [row["gallery"] for row in rows],
        }
    )


def _numbers(values: Iterable[object]) -> pandas.Series:
    import pandas

    return pandas.Series([value if isinstance(value, int | float) else None for value in values], dtype="float64")


def table_settings() -> dict[str, Any]:
    """Units and widths of the columns."""
    number = st.column_config.NumberColumn
    return {
        "Name": st.column_config.TextColumn(pinned=True, width="medium"),
        "State": st.column_config.TextColumn(width=100),
        "Changed settings": st.column_config.TextColumn(width="medium"),
        "Epoch": number(format="%d", width=60),
        "Last": number(
            "Last", format="%.4g", help="The newest held-out value of the measure that the run is judged by"
        ),
        "Best": number("Best", format="%.4g", help="The best held-out value so far; lower is better"),
        "Time": number("Time (s)", format="%.0f"),
        "Energy": number(
            "Energy (Wh)", format="%.2f", help="Processor seconds times the watts stated above: an estimate"
        ),
        "Started": st.column_config.DatetimeColumn(
            f"Started ({instants.zone_name(instants.zone(st.context.timezone))})",
            format="YYYY-MM-DD HH:mm",
            help="In the time zone of your browser",
        ),
        "Gallery": st.column_config.CheckboxColumn(),
    }
