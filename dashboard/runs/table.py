"""The runs as a table: pictures, the columns that fit a screen first, and a file of them all."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import streamlit as st

from dashboard import state
from dashboard.parts import charts, handing_out, sample_strip
from dashboard.parts.forms import told
from dashboard.parts.terms import term_label
from dashboard.run_rows import Row
from dashboard.runs import choosing
from dashboard.safe_text import counted, plain_text
from dashboard.training import live
from genmodels.runs import instants
from genmodels.runs.store import RunStore

if TYPE_CHECKING:
    import pandas

WATTS = 15.0  # a core, unless the user states another
FIRST = ("Name", "Samples", "State", "Model", "Data", "Best", "Judged by")  # what fits 1280 pixels
ROW = 40  # pixels


def view(rows: Sequence[Row], chosen: Sequence[Row], store: RunStore) -> None:
    """All of them; what is ticked is chosen, and what is chosen is ticked."""
    names = [row["id"] for row in rows]
    begun = state.ticks(names, [row["id"] for row in chosen])
    frame = table(rows, state.get(state.WATTS, WATTS))
    shown = frame.assign(Name=[_link(row) for row in rows])
    shown.insert(1, "Samples", [None if row["problem"] else sample_strip.in_a_cell(store[row["id"]]) for row in rows])
    st.dataframe(
        shown,
        hide_index=True,
        on_select=functools.partial(choosing.tick, names),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [names.index(name) for name in begun]}},
        key=state.table_key(),
        row_height=ROW,
        placeholder="–",
        height=min(38 + ROW * max(len(rows), 1), 500),
        column_order=None if state.get(state.EVERY_COLUMN) else FIRST,
        column_config=settings(),
        alt="All runs that match the filters",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{counted(len(rows), 'model')}. A tick chooses as Compare does.", width="content")
        handing_out.record("CSV", lambda: charts.csv(frame), "runs.csv", "text/csv")
        with st.popover("Columns", icon=":material/view_column:"):
            st.toggle("Every column", **state.kept(state.EVERY_COLUMN))
            st.number_input(
                "Watts per core",
                0.1,
                500.0,
                WATTS,
                1.0,
                help="Energy is processor time times this: an estimate, not a measurement",
                **state.kept(state.WATTS),
            )


def _link(row: Row) -> str:
    """Where a run's page is; what stands after # is what the cell shows."""
    return (
        f"/{live.page(row['state'])}?run={quote(row['id'])}#{quote(plain_text(row['name'] or row['id'], 80), safe='')}"
    )


def table(rows: Sequence[Row], watts: float) -> pandas.DataFrame:
    """One line a run; energy is processor seconds times watts per core, in Wh."""
    import pandas

    return pandas.DataFrame(
        {
            "Name": [plain_text(row["name"] or row["id"], 80) for row in rows],
            "State": [row["state"] if not row["problem"] else f"damaged: {row['problem']}" for row in rows],
            "Model": [plain_text(row["model"], 40) for row in rows],
            "Data": [plain_text(row["data"], 40) for row in rows],
            "Best": _numbers(row["best"].get("value") for row in rows),
            "Judged by": [term_label(str(row["best"].get("name", ""))) for row in rows],
            "Epoch": _numbers(row["epoch"] for row in rows),
            "Last": _numbers(row["last"].get(row["best"].get("name")) for row in rows),
            "Time": _numbers(row["seconds"] for row in rows),
            "Energy": [None if row["cpu_seconds"] is None else row["cpu_seconds"] * watts / 3600 for row in rows],
            "Changed settings": [told(row["knobs"]) for row in rows],
            "Tags": [[plain_text(tag, 40) for tag in row["tags"]] for row in rows],
            "Started": pandas.to_datetime(
                _numbers(row["created"] or None for row in rows), unit="s", errors="coerce", utc=True
            ).dt.tz_convert(instants.zone(st.context.timezone) or datetime.now().astimezone().tzinfo),
            "Run": [row["id"] for row in rows],
            "Came with it": [row["gallery"] for row in rows],
        }
    )


def _numbers(values: Iterable[object]) -> pandas.Series:
    import pandas

    return pandas.Series([value if isinstance(value, int | float) else None for value in values], dtype="float64")


def settings() -> dict[str, Any]:
    """Units and widths of the columns."""
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "Name": st.column_config.LinkColumn(
            pinned=True, width=180, display_text="#(.*)$", help="Opens its page in a new tab"
        ),
        "Samples": st.column_config.ImageColumn(width=128, help="What it made last"),
        "State": text(width=88),
        "Model": text(width=92),
        "Data": text(width=95),
        "Judged by": text(width=122),
        "Changed settings": text(width="medium"),
        "Epoch": number(format="%d", width=70),
        "Last": number(
            "Last", format="%.4g", help="The newest held-out value of the measure that the run is judged by"
        ),
        "Best": number("Best", format="%.4g", width=76, help="The best held-out value so far; lower is better"),
        "Time": number("Time (s)", format="%.0f"),
        "Energy": number(
            "Energy (Wh)", format="%.2f", help="Processor seconds times the watts stated below: an estimate"
        ),
        "Started": st.column_config.DatetimeColumn(
            f"Started ({instants.zone_name(instants.zone(st.context.timezone))})",
            format="YYYY-MM-DD HH:mm",
            help="In the time zone of your browser",
        ),
        "Came with it": st.column_config.CheckboxColumn(),
    }
