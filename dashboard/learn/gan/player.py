"""Both players as one component: everything moves in the browser, the server is not asked."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

SCRIPTS = ("engine", "shapes", "chart", "plane", "drawing", "film", "player", "controls", "entry")


@cache
def script(*names: str) -> str:
    """The scripts of these names as one, in their order."""
    return "\n".join(Path(__file__).with_name(f"{name}.js").read_text() for name in names)


def show(played: dict[str, Any], key: str) -> None:
    """`played` is what `player` or `film` of the scripts takes; the same data leave a player alone."""
    mark = hashlib.sha256(json.dumps(played).encode()).hexdigest()[:16]
    style = Path(__file__).with_name("gan.css").read_text()
    component = st.components.v2.component("gan_player", html='<div class="gan"></div>', css=style, js=script(*SCRIPTS))
    component(data=played | {"id": mark}, key=key)
