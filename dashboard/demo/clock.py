"""The clock of a demo: it ticks in the browser, has the button for full screen, and tells when nobody was there for long."""

from __future__ import annotations

import time
from pathlib import Path

import streamlit as st

from dashboard.demo.place import Place

IDLE = 600  # seconds without a key, a pointer or a scroll, after which a demo starts over
WARNED = 30  # seconds before that, in which the page says so


def show(at: Place | None, planned: int = 0) -> bool:
    """The time of a path beside what was planned; without one only full screen. True where nobody was there for `IDLE` seconds."""
    passed = max(0.0, time.time() - at.begun) if at else -1.0
    data = {"passed": passed, "planned": planned, "idle": IDLE, "warned": WARNED, "drawn": time.time()}
    file = Path(__file__)
    script, style = (file.with_suffix(suffix).read_text() for suffix in (".js", ".css"))
    clock = st.components.v2.component("demo_clock", html='<div class="clock"></div>', css=style, js=script)
    return bool(clock(data=data, key="demo_clock", on_idle_change=lambda: None).idle)
