"""The three ways in, each with a picture that models of the gallery drew (`tests/door_pictures.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard import navigation
from dashboard.parts import samples

PICTURES = Path(__file__).parent.parent / "pictures"
CREDIT = "Emoji in the pictures above: OpenMoji, CC BY-SA 4.0"


@dataclass(frozen=True)
class Door:
    """A way in: the page, what is done there, its picture, what is on it, and one sentence."""

    page: str
    title: str
    picture: str
    alt: str
    words: str


DOORS = (
    Door(
        "audit",
        "Audit what a model made",
        "audit",
        "Four emoji that a model drew, and below each the training picture that is nearest to it",
        "Above: drawn by a model. Below: the nearest training pictures. Bring pictures, answers or files of any model; each verdict says how often it is wrong.",
    ),
    Door(
        "prompt",
        "Look inside a model",
        "look-inside",
        "Two emoji on their way out of noise, in four steps each",
        "From noise to a picture, step by step. Write a prompt and see what every step, every word and every token did.",
    ),
    Door(
        "learn",
        "Learn how it works",
        "learn",
        "A map of digits in which a nought becomes a six along one side and a seven along the other",
        "A map that a model made of handwritten digits. Lessons of five minutes, by doing, on real models.",
    ),
)


def view() -> None:
    """All doors, side by side where there is room."""
    for column, door in zip(st.columns(len(DOORS)), DOORS, strict=True):
        with column, st.container(border=True, height="stretch", key=f"card_{door.page}"):
            samples.picture(PICTURES / f"{door.picture}.png", door.alt)
            navigation.link(door.page, f"**{door.title}**")
            st.caption(door.words)
    samples.credit(CREDIT)
