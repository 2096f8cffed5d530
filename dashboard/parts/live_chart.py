"""A chart that stays in its place while its numbers grow: zoom and hidden lines stay, nothing blinks.

Streamlit makes a Plotly chart anew whenever its data change. So this component draws it, with the Plotly of the Python
package, which the server hands out at `ADDRESS` (`route`).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard import resources

if TYPE_CHECKING:
    from plotly.graph_objects import Figure
    from starlette.requests import Request

ADDRESS = "/charts/plotly.min.js"


def draw(figure: Figure, *, key: str, config: dict[str, Any], alt: str) -> None:
    """`alt` says what is on it, for those who can't see it."""
    data = {
        "figure": resources.as_json(key, figure),
        "config": json.dumps(config),
        "alt": alt,
        "plotly": ADDRESS,
        "height": figure.layout.height,
    }
    script, style = _files()
    st.components.v2.component(
        "live_chart", html='<div class="live-chart"></div>', css=style, js=script, isolate_styles=False
    )(data=data, key=f"chart.{key}")


@cache
def _files() -> tuple[str, str]:
    return Path(__file__).with_suffix(".js").read_text(), Path(__file__).with_suffix(".css").read_text()


def route() -> Any:
    """Where the server hands out the script that draws; for `st.App`."""
    from starlette.responses import FileResponse
    from starlette.routing import Route

    def answer(request: Request) -> FileResponse:
        import plotly

        return FileResponse(
            Path(plotly.__file__).parent / "package_data" / "plotly.min.js",
            media_type="text/javascript",
            headers={"Cache-Control": "max-age=86400"},
        )

    return Route(ADDRESS, answer)
