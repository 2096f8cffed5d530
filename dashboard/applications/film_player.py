"""Films that play in the page, side by side and frame by frame: every frame is there, nothing is fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from dashboard.parts.film import data_url
from dashboard.safe_text import plain_text
from genmodels.kinds.video.files import FPS

PACE_OF_STEPS = 350  # milliseconds that a step of a drawing stands


@dataclass(frozen=True)
class Film:
    """One film: its title, uint8 (frames, height, width, channels), and which frames were given, bool (frames,)."""

    title: str
    frames: np.ndarray
    given: np.ndarray | None = None


def play(films: Sequence[Film], key: str, alt: str, *, steps: bool = False, large: bool = False) -> None:
    """Films of equally many frames; `alt` says in our words what they show. `steps`: they are steps of a drawing, one under the other."""
    data = {
        "films": [
            {
                "title": plain_text(film.title, 120),
                "frames": [data_url(frame) for frame in film.frames],
                "given": [] if film.given is None else [bool(each) for each in film.given],
            }
            for film in films
        ],
        "unit": "step" if steps else "frame",
        "pace": PACE_OF_STEPS if steps else round(1000 / FPS),
        "once": steps,
        "shelf": "shelf wide" if steps else "shelf large" if large else "shelf",
        "first": len(films[0].frames) - 1 if steps else 0,
        "alt": f"{alt} Space plays and pauses, arrow keys move by one.",
        "id": hashlib.sha256(b"".join(film.title.encode() + film.frames.tobytes() for film in films)).hexdigest()[:16],
    }
    folder = Path(__file__).parent
    script, style = ((folder / f"film_player.{suffix}").read_text() for suffix in ("js", "css"))
    player = st.components.v2.component("film_player", html='<div class="films"></div>', css=style, js=script)
    player(data=data, key=key)
