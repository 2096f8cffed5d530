"""Plotly figures that look alike: axes with units, colours that the colour-blind tell apart, dashes and marks as well.

Traces are SVG (Streamlit draws at most eight WebGL charts a page) of at most `POINTS` points, chosen so that extremes
stay. Under each chart stand a sentence on what to see, the data as a table, and a CSV of every point.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import streamlit as st

from dashboard.parts import handing_out, live_chart
from dashboard.safe_text import chart_text, csv_cell, plain_text

if TYPE_CHECKING:
    import pandas
    from plotly.graph_objects import Figure

    Table: TypeAlias = pandas.DataFrame | Callable[[], pandas.DataFrame]

POINTS = 2000
COLOURS = ("#3573b9", "#c8551b", "#238b5b", "#b0559a", "#97750d", "#7469c9")  # each at least 3.6:1 on light and dark
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
MARKS = ("circle", "square", "diamond", "triangle-up", "cross", "x")
NOTHING = (-0.05, 1.0)  # the axis of curves that are 0 throughout
FEW = 60  # points up to which each is marked and none is smoothed
ROWS = 5000  # of the table under a chart


@dataclass(frozen=True)
class Line:
    """One curve. `slot` chooses colour, dash and mark, and stays with what the line shows."""

    name: str
    x: np.ndarray
    y: np.ndarray
    slot: int = 0


def sentence_case(words: str) -> str:
    return words[:1].upper() + words[1:]


def colour(slot: int) -> str:
    return COLOURS[slot % len(COLOURS)]


def thin(x: np.ndarray, y: np.ndarray, most: int = POINTS) -> tuple[np.ndarray, np.ndarray]:
    """At most `most` of the finite points, extremes kept (MinMaxLTTB, Van der Donckt et al. 2023)."""
    x, y = np.asarray(x, "float64"), np.asarray(y, "float64")
    finite = np.isfinite(x) & np.isfinite(y)
    if not finite.all():
        x, y = x[finite], y[finite]
    if len(x) <= most:
        return x, y
    from tsdownsample import MinMaxLTTBDownsampler

    kept = MinMaxLTTBDownsampler().downsample(np.ascontiguousarray(x), np.ascontiguousarray(y), n_out=most)
    return x[kept], y[kept]


def smoothed(y: np.ndarray, weight: float) -> np.ndarray:
    """Exponential moving average with its start corrected, as TensorBoard draws it; weight from 0 to below 1."""
    import pandas

    return pandas.Series(y).ewm(alpha=1 - weight).mean().to_numpy()


def curves(
    lines: Sequence[Line],
    *,
    x: str,
    y: str,
    log: bool = False,
    smoothing: float = 0.0,
    marks: Sequence[tuple[float, str]] = (),
    title: str = "",
    height: int = 320,
) -> Figure:
    """Curves over one axis. With smoothing the raw line stays, faint. `marks` are (x, label) of upright lines."""
    from plotly import graph_objects as go

    figure = go.Figure()
    for line in lines:
        finite = np.isfinite(np.asarray(line.x, "float64")) & np.isfinite(np.asarray(line.y, "float64"))
        at, value = np.asarray(line.x, "float64")[finite], np.asarray(line.y, "float64")[finite]
        smooth = smoothing > 0 and len(value) > FEW
        if smooth:
            figure.add_trace(_trace(line, *thin(at, value), faint=True))
            value = smoothed(value, smoothing)
        figure.add_trace(_trace(line, *thin(at, value), faint=False))
    for place, label in marks:
        figure.add_vline(
            place,
            line={"color": COLOURS[1], "dash": "dot"},
            annotation_text=chart_text(label),
            annotation_position="top left",
        )
    figure.update_xaxes(title_text=x)
    figure.update_yaxes(title_text=y, type="log" if log else "linear")
    if not log and not any(np.any(trace.y) for trace in figure.data):
        figure.update_yaxes(range=NOTHING)  # else the axis goes from -1 to 1, which no share and no count can
    return dress(figure, title=title, height=height)


def _trace(line: Line, x: np.ndarray, y: np.ndarray, *, faint: bool) -> Any:
    from plotly import graph_objects as go

    marked = len(x) <= FEW and not faint
    return go.Scatter(
        x=x,
        y=y,
        name=chart_text(line.name),
        mode="lines+markers" if marked else "lines",
        showlegend=not faint,
        legendgroup=chart_text(line.name),
        opacity=0.3 if faint else 1.0,
        hoverinfo="skip" if faint else None,
        line={
            "color": colour(line.slot),
            "width": 1 if faint else 2,
            "dash": "solid" if faint else DASHES[line.slot % len(DASHES)],
        },
        marker={"symbol": MARKS[line.slot % len(MARKS)], "size": 6, "color": colour(line.slot)},
    )


def dress(figure: Figure, *, title: str = "", height: int = 320) -> Figure:
    """The look that all charts share; `uirevision` keeps zoom and hidden lines when new points arrive."""
    figure.update_layout(
        title={"text": chart_text(title), "font": {"size": 15}} if title else None,
        height=height,
        uirevision="kept",
        hovermode="x unified",
        margin={"l": 8, "r": 8, "t": 44 if title else 12, "b": 84},
        legend={"orientation": "h", "yref": "container", "yanchor": "bottom", "y": 0, "xanchor": "left", "x": 0},
    )
    figure.update_xaxes(automargin=True, showgrid=False, zeroline=False)
    figure.update_yaxes(automargin=True, zeroline=False)
    return figure


def parallel(axes: Sequence[tuple[str, Sequence[Any]]], names: Sequence[str], height: int = 420) -> Figure:
    """Parallel coordinates in SVG: one line a name through every axis (its name and values), shaded by the last axis."""
    from plotly import graph_objects as go
    from plotly.colors import sample_colorscale

    places = [_placed(values) for _, values in axes]
    shades = sample_colorscale("Viridis", [0.85 * place for place in places[-1][0]])
    figure = go.Figure()
    for row, name in enumerate(names):
        hover = "<br>".join(
            [chart_text(name), *(f"{chart_text(axis)}: {chart_text(values[row], 40)}" for axis, values in axes)]
        )
        figure.add_trace(
            go.Scatter(
                x=list(range(len(axes))),
                y=[place[row] for place, _ in places],
                mode="lines+markers",
                name=chart_text(name),
                showlegend=False,
                line={"color": shades[row], "width": 2, "dash": DASHES[row % len(DASHES)]},
                hovertext=hover,
                hoverinfo="text",
            )
        )
    for column, (_, ticks) in enumerate(places):
        for at, text in ticks:
            figure.add_annotation(
                x=column, y=at, text=chart_text(text, 24), showarrow=False, xanchor="left", xshift=6, font={"size": 11}
            )
        figure.add_vline(column, line={"color": "rgba(128,128,128,0.5)", "width": 1})
    figure.update_xaxes(
        tickvals=list(range(len(axes))), ticktext=[chart_text(axis) for axis, _ in axes], range=[-0.1, len(axes) - 0.6]
    )
    figure.update_yaxes(visible=False, range=[-0.08, 1.08])
    return dress(figure, height=height).update_layout(hovermode="closest")


def _placed(values: Sequence[Any]) -> tuple[list[float], list[tuple[float, str]]]:
    """Heights from 0 to 1 for the values of an axis, and its ticks: its ends, or every text."""
    numbers = [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) == len(values):
        low, high = min(numbers), max(numbers)
        return [(n - low) / (high - low) if high > low else 0.5 for n in numbers], [
            (0.0, f"{low:.4g}"),
            (1.0, f"{high:.4g}"),
        ]
    texts = [str(value) for value in values]
    order = sorted(set(texts))
    heights = {text: i / (len(order) - 1) if len(order) > 1 else 0.5 for i, text in enumerate(order)}
    return [heights[text] for text in texts], [(at, text) for text, at in heights.items()]


def draw(figure: Figure, *, key: str, see: str, table: Table, name: str, live: bool = False) -> None:
    """A figure with its sentence `see` (our own words), the data behind it, CSV, and a PNG from its camera button.

    `name` is the name of the downloaded files: our own words too. One that is `live` is changed in place.
    """
    config = {
        "displaylogo": False,
        "toImageButtonOptions": {"format": "png", "filename": name, "scale": 2},
        "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
    }
    if live:
        live_chart.draw(figure, key=key, config=config, alt=see)
    else:
        st.plotly_chart(figure, key=key, config=config, alt=see)
    st.caption(see)
    data_behind(table, key=key, name=name)


def data_behind(table: Table, *, key: str, name: str) -> None:
    """A folded table of what a chart shows; sent to the browser only when it is opened."""
    folded = st.expander("The data", key=f"{key}.data", on_change="rerun", icon=":material/table:", type="compact")
    if folded.open:
        table = table() if callable(table) else table
        with folded:
            if len(table) > ROWS:
                st.caption(f"The first {ROWS:,} of {len(table):,} rows; the CSV has them all.")
            st.dataframe(
                table.head(ROWS), hide_index=True, height=240, key=f"{key}.table", alt="The data behind the chart"
            )
            handing_out.record("CSV", lambda: csv(table), f"{name}.csv", "text/csv", key=f"{key}.csv")


def csv(table: pandas.DataFrame) -> bytes:
    """A CSV of every row, in which no cell can be read as a formula."""
    safe = table.rename(columns=csv_cell)
    for column in safe.columns.difference(safe.select_dtypes("number").columns, sort=False):
        safe[column] = safe[column].map(
            lambda value: csv_cell(plain_text(value, 2000)) if isinstance(value, str) else value
        )
    buffer = io.BytesIO()
    safe.to_csv(buffer, index=False)
    return buffer.getvalue()
