"""Pictures as a page holds them: one as an address, many as a sheet."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dashboard.parts.charts import dress
from genmodels.kinds.image.files import grid, png_bytes

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


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
