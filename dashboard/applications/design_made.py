"""What was designed: shown with its finish, in a mock toolbar in light and dark, and taken away as SVG, PNG or zip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import streamlit as st

from dashboard import state
from dashboard.parts import handing_out, samples, stating
from dashboard.safe_text import counted, made_caption, plain_text, safe_text
from genmodels.explore.design_files import at_size, file_name, outlines, png_file, sheet_file, svg_file, zipped
from genmodels.explore.design_preview import sizes, toolbar
from genmodels.explore.designs import Finish
from genmodels.kinds.image.files import png_bytes
from genmodels.kinds.image.icons import SYMMETRIES
from genmodels.kinds.image.tracing import SIZES
from genmodels.provenance.claims import made_by_a_model
from genmodels.refusal import Refusal

SHOWN = 128  # pixels at which a design is shown
LABELLED = 128  # from this size on a picture carries the label AI


@dataclass(frozen=True)
class Made:
    """Designs of a view: names of n icons, icons (n, side, side, 1) as they were drawn, who drew them, and what their files say."""

    view: str
    names: tuple[str, ...]
    icons: np.ndarray
    who: str
    facts: Mapping[str, str]
    finish: Finish = field(default_factory=Finish)
    notice: str = ""
    before: np.ndarray | None = None  # what was begun from, (side, side, 1)
    asked: str = ""  # what they were asked for, in one line of plain text

    def label(self, number: int) -> str:
        """The name of one of them, as a list shows it."""
        return plain_text(self.names[number], 60)

    def finished(self) -> np.ndarray:
        """The icons with their finish."""
        return self.finish.of(self.icons)


def made_last(view: str = "") -> Made | None:
    """What was designed last, in that view or in any."""
    kept: dict[str, Made] = state.get(state.DESIGNS, {})
    if view:
        return kept.get(view)
    return list(kept.values())[-1] if kept else None


def keep(made: Made) -> None:
    """These are what was designed last."""
    kept: dict[str, Made] = state.get(state.DESIGNS, {})
    state.put(state.DESIGNS, {**{view: each for view, each in kept.items() if view != made.view}, made.view: made})


def show(view: str, nothing: str) -> None:
    """What was designed last in a view, or what to do."""
    made = made_last(view)
    if made is None:
        stating.empty(nothing)
        return
    if made.notice:
        stating.warned(safe_text(made.notice, 400))
    made = replace(made, finish=_finish(view))
    keep(made)
    icons = made.finished()
    with st.container(horizontal=True):
        if made.before is not None:
            _one(made.before, "Begun from")
        for number, icon in enumerate(icons):
            _one(icon, made.label(number))
    side = made.icons.shape[1]
    st.caption(
        made_caption(
            made_by_a_model(f"{made.who}. Drawn at {side} x {side} pixels, shown as the outlines of these."), 300
        )
    )
    chosen = st.selectbox("Look closely at", range(len(icons)), format_func=made.label, key=f"design.{view}.chosen")
    _in_use(icons, int(chosen), made)
    _downloads(made, icons, int(chosen))


def _one(icon: np.ndarray, label: str) -> None:
    with st.container(width=SHOWN + 8):
        samples.images(at_size(icon, SHOWN)[None], f"Icon: {label}", side=SHOWN, width=SHOWN)
        st.caption(safe_text(label, 60))


def _finish(view: str) -> Finish:
    """The knobs of what is done to every icon after it was drawn."""
    with st.expander("Finish: corners, weight, symmetry, grid", icon=":material/tune:"):
        first, second, third, fourth = st.columns(4)
        rounding = first.slider("Rounded (pixels)", 0.0, 3.0, 0.0, 0.1, key=f"finish.{view}.round")
        weight = second.slider("Weight (pixels)", -1.5, 2.0, 0.0, 0.1, key=f"finish.{view}.weight")
        symmetry = third.selectbox("Symmetry", SYMMETRIES, key=f"finish.{view}.symmetry")
        cell = fourth.slider(
            "Grid (pixels)",
            0,
            4,
            0,
            1,
            key=f"finish.{view}.cell",
            help="0: not snapped; 1: whole pixels, no soft edges",
        )
        st.caption("Plain arithmetic on the drawn pixels; no model is asked.")
    return Finish(float(rounding), float(weight), str(symmetry), int(cell))


def _in_use(icons: np.ndarray, chosen: int, made: Made) -> None:
    """A mock toolbar and every size, in light and in dark."""
    st.subheader("In use", anchor=False)
    first = min(chosen // 12 * 12, max(len(icons) - 1, 0))
    few = icons[first : first + 12]
    for dark, name in ((False, "light"), (True, "dark")):
        bar = toolbar(few, dark=dark, pressed=chosen - first)
        st.image(png_bytes(bar), alt=f"{counted(len(few), 'icon')} in a mock toolbar, {name}", width=bar.shape[1] // 2)
    for dark, name in ((False, "light"), (True, "dark")):
        sheet = sizes(icons[chosen], dark=dark)
        st.image(
            png_bytes(sheet),
            alt=f"{made.label(chosen)} at 16, 24, 32, 48, 64 and 128 pixels, {name}",
            width=sheet.shape[1],
        )


def _downloads(made: Made, icons: np.ndarray, chosen: int) -> None:
    """SVG, PNG in a size, and everything as a zip."""
    name, icon = file_name(made.names[chosen]), icons[chosen]
    facts = {**made.facts, "Icon": made.names[chosen]}
    side = st.segmented_control("Size of the PNG", SIZES, default=48, required=True, key=f"{made.view}.side") or 48
    why_not = _why_not(icon)
    with st.container(horizontal=True):
        if not why_not:
            handing_out.made(
                "SVG", lambda: svg_file(icon, facts), f"{name}.svg", "image/svg+xml", key=f"{made.view}.svg"
            )
        handing_out.made(
            f"PNG, {side} pixels",
            lambda: png_file(icon, side, facts),
            f"{name}-{side}.png",
            "image/png",
            key=f"{made.view}.png",
        )
        handing_out.made(
            f"Sheet of all, {side} pixels",
            lambda: sheet_file(icons, side, made.facts),
            f"sheet-{side}.png",
            "image/png",
            key=f"{made.view}.sheet",
        )
        handing_out.made(
            "All as a zip",
            lambda: zipped(made.names, icons, made.facts),
            f"icons-{made.view.lower()}.zip",
            "application/zip",
            key=f"{made.view}.zip",
            icon=":material/folder_zip:",
        )
    if why_not:
        st.caption(safe_text(f"No SVG of this one: {why_not}", 300))
    st.caption(
        f"Outlines are traced, so sizes are sharp; every file is signed as made by a model. From {LABELLED} pixels on a picture carries the label AI in its corner: use the SVG where that is in the way."
    )


def _why_not(icon: np.ndarray) -> str:
    """Why an icon has no outlines, "" where it has."""
    try:
        outlines(icon)
    except Refusal as refusal:
        return str(refusal)
    return ""
