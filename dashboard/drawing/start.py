"""To begin from a picture: an upload or what is painted on the page, a mask of what is drawn again, before and after."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from dashboard import state
from dashboard.drawing.drawn import Drawn, upscaled
from dashboard.drawing.looking import one_of
from dashboard.drawing.making import downloads, drawn, made_by
from dashboard.parts import samples, stating
from dashboard.parts.film import data_url
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.runs.store import gallery_names
from genmodels.trained.requests import mask_of, start_of

WAYS = ("Upload", "Paint", "Last drawing")
COLOURS = {
    "black": "#000000",
    "white": "#ffffff",
    "red": "#d22f27",
    "orange": "#e27022",
    "yellow": "#fcea2b",
    "green": "#5c9e31",
    "blue": "#1e50a0",
    "light blue": "#92d3f5",
    "brown": "#6a462f",
    "skin, light": "#fadcbc",
    "skin, medium": "#bf8f68",
    "skin, dark": "#594539",
}
MOST_PAINTED = 200_000  # characters of a painted picture


def start_form(run: Run) -> tuple[np.ndarray | None, np.ndarray | None]:
    """The picture to begin from and, where something was marked, the mask of what is drawn again."""
    way = st.segmented_control(
        "Begin from", WAYS, default=WAYS[0], required=True, persist_state="session", key="start.way"
    )
    start = {"Upload": _upload, "Paint": _paint, "Last drawing": _last}[way or WAYS[0]](run)
    if start is None:
        return None, None
    left, right = st.columns(2)
    with left:
        st.caption(f"What the model begins from, {run.spec.shape[1]} x {run.spec.shape[0]} pixels")
        samples.images(start[None], "The picture to begin from", side=320, width=320)
    with right:
        st.caption("Mark what is to be drawn again; mark nothing to have all of it changed")
        painted = paint("mask", run.spec.shape[0], picture=start, marking=True)
    mask = mask_of(painted, run.spec.shape) if painted else None
    return start, mask if mask is not None and mask.any() else None


def _upload(run: Run) -> np.ndarray | None:
    file = st.file_uploader(
        "A picture (PNG, JPEG, GIF, WebP, BMP)",
        type=["png", "jpg", "jpeg", "gif", "webp", "bmp"],
        key=state.upload_key("start"),
        max_upload_size=25,
    )
    if file is None:
        st.caption("Its middle square is taken; of an animation the first frame.")
        return None
    return start_of(file.getvalue(), run.spec.shape, file.name)


def _paint(run: Run) -> np.ndarray | None:
    painted = paint("start", run.spec.shape[0])
    if not painted:
        st.caption("Paint a rough picture; the prompt says what it is to become.")
        return None
    return start_of(painted, run.spec.shape, "the painting")


def _last(run: Run) -> np.ndarray | None:
    pictures = [each for each in drawn("pictures") if each.picture.shape == run.spec.shape]
    if not pictures:
        st.caption("Nothing of this size was drawn in this session yet; draw something in the view Pictures first.")
        return None
    return one_of(pictures).picture


def paint(
    name: str,
    side: int,
    *,
    picture: np.ndarray | None = None,
    marking: bool = False,
    colours: Mapping[str, str] = COLOURS,
    brush: int = 2,
) -> bytes:
    """A canvas; the PNG of what was painted, or nothing yet. What comes from the browser is checked like any upload."""
    made = f"{name}.{side}.{hash(picture.tobytes()) if picture is not None else 0}"
    data = {
        "side": side,
        "picture": data_url(picture) if picture is not None else "",
        "marking": marking,
        "made": made,
        "colours": list(colours.values()),
        "names": list(colours),
        "brush": 5 if marking else brush,
        "alt": ("Mark" if marking else "Paint")
        + " with the pointer; or move with the arrow keys, space makes a dot, shift draws, Enter takes it over.",
    }
    painted = component("picture_paint")(
        data=data, key=f"{state.PAINTED}.{made}", on_painted_change=lambda: None
    ).painted
    if not painted:
        return b""
    if not isinstance(painted, str) or len(painted) > MOST_PAINTED or not painted.startswith("data:image/png;base64,"):
        raise Refusal("What was painted can't be read; clear it and paint again.")
    try:
        return base64.b64decode(painted.partition(",")[2], validate=True)
    except binascii.Error:
        raise Refusal("What was painted can't be read; clear it and paint again.") from None


def start_view(run: Run) -> None:
    """What came of it, before and after under one slider."""
    pictures = drawn("start")
    if not pictures:
        stating.empty(
            "Choose or paint a picture, write what it is to become, and press Enter. Strength says how much of it may change."
        )
        return
    before = state.get(state.BEFORE)
    for column, each, number in zip(st.columns(len(pictures)), pictures, range(len(pictures)), strict=True):
        with column:
            samples.images(each.picture[None], f"Drawn from the picture, seed {each.cell.seed}", side=256)
            st.caption(f"Seed {each.cell.seed}")
            downloads(each, f"start.{number}")
    if before is not None:
        chosen = st.segmented_control(
            "Before and after",
            [f"Seed {each.cell.seed}" for each in pictures],
            default=f"Seed {pictures[0].cell.seed}",
            required=True,
        )
        after = next((each for each in pictures if f"Seed {each.cell.seed}" == chosen), pictures[0])
        compare_slider(before, after.picture, ("before", "after"), "start")
    made_by(pictures[0])


def refined_view(pictures: list[Drawn]) -> None:
    """The first picture under the upscaler, before and after under one slider."""
    if "upscaler" not in gallery_names() or not pictures or max(pictures[0].picture.shape[:2]) > 32:
        return
    if st.toggle("Refine: show it upscaled to 128 x 128", key="refine", persist_state="session"):
        each = one_of(pictures, "Refined")
        compare_slider(each.picture, upscaled(each.picture), ("as drawn, 32 px", "upscaled, 128 px"), "refined")
        st.caption("Move the slider: on the left as it was drawn, on the right what the upscaler makes of it.")


def compare_slider(before: np.ndarray, after: np.ndarray, names: tuple[str, str], key: str) -> None:
    data: dict[str, Any] = {
        "before": data_url(before),
        "after": data_url(after),
        "names": names,
        "label": f"Share of {names[0]} that shows, in percent",
    }
    component("picture_slider")(data=data, key=f"slider.{key}")


def component(name: str) -> Any:
    """A component of this folder: its script and its style."""
    folder = Path(__file__).parent
    return st.components.v2.component(
        name,
        html='<div class="root"></div>',
        css=(folder / f"{name}.css").read_text(),
        js=(folder / f"{name}.js").read_text(),
    )
