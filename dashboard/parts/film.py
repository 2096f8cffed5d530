"""Frames that play in the browser: every picture is already there, so a slider moves them without asking the server."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dashboard.parts.charts import dress
from genmodels.kinds.image.files import grid, png_bytes

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

AT_ONCE = {"mode": "immediate", "frame": {"duration": 0, "redraw": True}, "transition": {"duration": 0}}
PLAYING = AT_ONCE | {"frame": {"duration": 60, "redraw": True}, "fromcurrent": True}
FROM_END_TO_END = {"pad": {"t": 36}, "x": 0.0, "len": 1.0, "ticklen": 0, "minorticklen": 0}
BELOW = {"x": 0, "y": -0.02, "xanchor": "left", "yanchor": "top", "pad": {"t": 2}}


def film(rows: Sequence[tuple[str, np.ndarray]], *, height: int = 360) -> Figure:
    """Pictures side by side under their titles, each (frames, height, width, channels) uint8, with a slider and Play."""
    from plotly import graph_objects as go
    from plotly.subplots import make_subplots

    figure = make_subplots(1, len(rows), subplot_titles=[title for title, _ in rows], horizontal_spacing=0.04)
    count = len(rows[0][1])
    for column, (_, images) in enumerate(rows, start=1):
        figure.add_trace(_picture(images[0]), row=1, col=column)
    figure.frames = [go.Frame(data=[_picture(images[n]) for _, images in rows], name=str(n)) for n in range(count)]
    dress(figure, height=height)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.update_layout(
        hovermode="closest",
        margin={"l": 8, "r": 8, "t": 34, "b": 96},
        sliders=[_slider(count)],
        updatemenus=[_buttons()],
    )
    figure.layout.sliders[0].currentvalue.font = {"color": "gray"}
    return figure


def sheet(images: np.ndarray, columns: int, hover: Sequence[str], *, height: int = 520) -> Figure:
    """Pictures (n, height, width, channels) uint8 in rows of `columns`, each with a text (our own words) under the pointer."""
    from plotly import graph_objects as go

    gap, (down, right) = 2, images.shape[1:3]
    rows, places = -(-len(images) // columns), np.arange(len(images))
    figure = go.Figure(_picture(np.asarray(grid(images, columns, gap))))
    figure.add_scatter(
        x=places % columns * (right + gap) + (right - 1) / 2,
        y=places // columns * (down + gap) + (down - 1) / 2,
        mode="markers",
        showlegend=False,
        marker={"symbol": "square", "opacity": 0, "size": 0.9 * height / max(rows, columns)},
        text=list(hover),
        hovertemplate="%{text}<extra></extra>",
    )
    dress(figure, height=height)
    figure.update_xaxes(visible=False, range=[-0.5, columns * (right + gap) - gap - 0.5], constrain="domain")
    figure.update_yaxes(
        visible=False, range=[rows * (down + gap) - gap - 0.5, -0.5], constrain="domain", scaleanchor="x"
    )
    return figure.update_layout(hovermode="closest", margin={"l": 8, "r": 8, "t": 8, "b": 8})


def data_url(image: np.ndarray) -> str:
    """One picture as it stands in a page: base64 PNG, its pixels shown as squares."""
    return "data:image/png;base64," + base64.b64encode(png_bytes(image)).decode()


def _picture(image: np.ndarray) -> Any:
    from plotly import graph_objects as go

    return go.Image(source=data_url(image), hoverinfo="skip")


def _slider(count: int) -> dict[str, Any]:
    """One that goes to each of `count` frames and names the one that is shown."""
    steps = [{"method": "animate", "args": [[str(n)], AT_ONCE], "label": str(n + 1)} for n in range(count)]
    no_labels = {"font": {"color": "rgba(0,0,0,0)"}}
    return {"steps": steps, "currentvalue": {"prefix": "Frame "}} | FROM_END_TO_END | no_labels


def _buttons() -> dict[str, Any]:
    """Play and Pause."""
    buttons = [
        {"label": "▶ Play", "method": "animate", "args": [None, PLAYING]},
        {"label": "❚❚ Pause", "method": "animate", "args": [[None], AT_ONCE]},
    ]
    return {"type": "buttons", "direction": "left", "buttons": buttons, "showactive": False} | BELOW
