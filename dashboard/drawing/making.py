"""Pictures as a model draws them: step by step, stopped, shown with where they come from, downloaded."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.parts import forms, handing_out
from dashboard.parts import samples as gallery
from dashboard.safe_text import duration, plain_text, safe_text
from dashboard.writing.form import trained_on
from genmodels.kinds.image import resizing
from genmodels.kinds.image.watermark import LEAST_SIDE
from genmodels.provenance import way_out
from genmodels.provenance.marking import BEGUN
from genmodels.provenance.recorded import Weights, of_drawing
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore, gallery_names, shipped
from genmodels.trained import upscaler as upscaling
from genmodels.trained.requests import Cell, begun_from, draw_cells, picture_facts

EVERY = 0.15  # seconds between two pictures of a drawing
SIDE = 256
SMALL_FILE = "A file of so few pixels can carry no watermark: saved again once, it loses every mark but a likeness in the ledger of this machine."
MOST_KEPT = 60  # drawings in the history of a session


@dataclass(frozen=True)
class Drawn:
    """A picture that a model drew, with all that is needed to have it drawn again."""

    run: str
    model: str  # "diffusion on openmoji"
    cell: Cell
    picture: Any  # uint8 (height, width, channels)
    credit: str = ""
    begun: tuple[tuple[str, str], ...] = ()  # what the file says of a picture that it was begun from
    weights: Weights | None = None  # of the model that drew it
    in_steps: bool = True  # what draws in one go heeds no settings
    not_read: str = ""  # what of the prompt is cut or unknown

    @property
    def line(self) -> str:
        """Where the picture comes from, in one line of plain text."""
        settings = {name: value for name, value in self.recorded().items() if value not in ("", None)}
        return f"Made by a model: {self.model}, run {self.run}, {forms.told(settings)}"

    @property
    def key(self) -> str:
        """Another picture has another."""
        return f"{self.line} {self.begun}"

    @property
    def name(self) -> str:
        return f"{self.run}-seed-{self.cell.seed}"

    def recorded(self) -> dict[str, Any]:
        """Prompt, seed and the settings that had a say."""
        cell, silent = self.cell.to_dict(), self.cell.drawing.to_dict()
        heeded = of_drawing(
            silent,
            in_steps=self.in_steps,
            prompted=bool(self.cell.prompt.strip() or self.cell.towards),
            begun=bool(self.begun),
        )
        return {name: value for name, value in cell.items() if name in heeded or name not in silent}

    def facts(self) -> dict[str, str]:
        """What its file says."""
        more = {"Towards": f"{self.cell.share:.3g} of the way to: {self.cell.towards}"} if self.cell.towards else {}
        more |= {"Not read": self.not_read} if self.not_read else {}
        return picture_facts(
            RunStore.default()[self.run],
            self.cell.prompt,
            self.cell.seed,
            self.cell.drawing,
            self.weights,
            **more,
            **dict(self.begun),
        )

    def png(self) -> way_out.Marked:
        """As it was drawn."""
        return way_out.picture(self.picture, self.facts())

    def upscaled_png(self) -> way_out.Marked:
        return way_out.picture(upscaled(self.picture), self.facts() | upscaling.UPSCALED)

    @property
    def fits(self) -> bool:
        """Does it leave at 128 pixels, at which it can carry a watermark?"""
        return upscaling.fits(RunStore.default()[self.run])

    @property
    def loses_its_marks(self) -> bool:
        """Does it leave too small for a watermark?"""
        return not self.fits and min(self.picture.shape[:2]) < LEAST_SIDE


def files_of(pictures: Sequence[Drawn]) -> list[way_out.Marked]:
    """Pictures as they leave: at 128 pixels where the upscaler was measured on such, else as they were drawn."""
    known = {run: upscaling.fits(RunStore.default()[run]) for run in {each.run for each in pictures}}
    small = [each.picture for each in pictures if known[each.run]]
    large = iter(all_upscaled(np.stack(small)) if small else [])
    images = [next(large) if known[each.run] else each.picture for each in pictures]
    return way_out.pictures(
        images, [each.facts() | (upscaling.UPSCALED if known[each.run] else {}) for each in pictures]
    )


def upscaled(picture: np.ndarray) -> np.ndarray:
    """The picture four times as large, by the upscaler of the gallery."""
    return all_upscaled(picture[None])[0]


def all_upscaled(pictures: np.ndarray) -> np.ndarray:
    """Pictures (n, height, width, channels) four times as large."""
    with resources.generator(shipped("upscaler")) as model:
        return np.asarray(model.upscale(pictures))


def drawn(view: str) -> list[Drawn]:
    """What was drawn last in a view."""
    kept: dict[str, list[Drawn]] = state.get(state.DRAWN, {})
    return kept.get(view, [])


def keep(view: str, pictures: list[Drawn]) -> None:
    state.put(state.DRAWN, {**state.get(state.DRAWN, {}), view: pictures})


def buttons() -> bool:
    """Draw and Stop where there is no prompt to write; any press ends a drawing, and what was finished stays."""
    with st.container(horizontal=True):
        pressed = st.button("Draw", type="primary", icon=":material/brush:")
        asked = pressed or bool(state.take(state.DRAW_AGAIN))
        st.button("Stop", icon=":material/stop_circle:", disabled=not asked)
    return asked


def draw_live(
    view: str,
    asked: Sequence[tuple[Run, Sequence[Cell]]],
    *,
    start: np.ndarray | None = None,
    mask: np.ndarray | None = None,
) -> None:
    """Draw cells, run by run, showing each step and the time left; a picture is kept as soon as it is finished.

    What was drawn before stays below, greyed, until the first is.
    """
    said, bar, place = st.empty(), st.progress(0.0, text="Loading the model …"), st.empty()
    done: list[Drawn] = []
    if before := drawn(view):
        older(before)
    for run, cells in asked:
        begun = _begun(start, mask)
        with resources.generator_in_turn(
            run,
            lambda: said.info(
                "Another tab is using this model; this drawing waits for its turn.", icon=":material/hourglass_empty:"
            ),
        ) as model:
            said.empty()
            bar.progress(0.0, text="Drawing: the first step of a new size takes some seconds …")
            began, last, pace = time.monotonic(), 0.0, 0.0
            for progress in draw_cells(model, cells, start=start, mask=mask):
                step, now = progress.step, time.monotonic()
                pace = pace or progress.share  # the first step waits for the network to be compiled
                began = now if pace == progress.share else began
                if now - last >= EVERY or step.number == step.steps:
                    left = (
                        (now - began) / max(progress.share - pace, 1e-9) * (1 - progress.share)
                        if progress.share > pace
                        else None
                    )
                    bar.progress(
                        progress.share,
                        text=f"Step {step.number} of {step.steps}, pictures {progress.cells[0] + 1} to {progress.cells[-1] + 1} of {len(cells)}. Time left: {duration(left)}",
                    )
                    with place.container():
                        gallery.images(
                            step.clean,
                            "What the model predicts at this step",
                            columns=len(step.clean),
                            side=4 * SIDE // 2,
                            width=min(700, 175 * len(step.clean)),
                        )
                    last = now
                if step.number == step.steps:
                    done += [
                        Drawn(
                            run.id,
                            trained_on(run),
                            cells[i],
                            picture,
                            run.facts.get("credit", ""),
                            begun,
                            model.weights,
                            model.steps,
                            model.read(cells[i].prompt).notice,
                        )
                        for i, picture in zip(progress.cells, step.clean, strict=True)
                    ]
                    keep(view, list(done))
                    remember(done[-len(progress.cells) :])
    for each in (said, bar, place):
        each.empty()


def _begun(start: np.ndarray | None, mask: np.ndarray | None) -> tuple[tuple[str, str], ...]:
    return () if start is None else tuple(begun_from(start, mask).items())


def remember(pictures: Sequence[Drawn]) -> None:
    """Into the history of the session; favourites stay when it is full."""
    history: list[Drawn] = [*state.get(state.HISTORY, []), *pictures]
    stars: set[str] = state.get(state.STARS, set())
    while len(history) > MOST_KEPT:
        history.remove(next((each for each in history if each.key not in stars), history[0]))
    state.put(state.HISTORY, history)


def of_another_prompt(pictures: Sequence[Drawn]) -> bool:
    """Does the form ask for something else than what these pictures show?"""
    return str(state.get(state.PROMPT) or "").strip() not in {each.cell.prompt for each in pictures}


def older(pictures: Sequence[Drawn]) -> None:
    """Pictures of an earlier prompt, small and greyed, with their prompt."""
    with st.container(key="older"):
        st.caption(
            ":material/smart_toy: **Made by a model** before, "
            + safe_text(f"of the prompt “{plain_text(pictures[0].cell.prompt, 80)}”, run {pictures[0].run}", 240)
        )
        few = [each.picture for each in pictures[:4] if each.picture.shape == pictures[0].picture.shape]
        gallery.images(
            np.stack(few),
            f"Drawn before: {described(pictures[0])}",
            columns=len(few),
            side=4 * SIDE // 2,
            width=min(500, 125 * len(few)),
        )
        gallery.credit(pictures[0].credit)


def shown(pictures: Sequence[Drawn], key: str) -> None:
    """What was drawn; where the form asks for something else by now, a line says of which prompt it is."""
    if of_another_prompt(pictures):
        st.info(
            safe_text(
                f"These pictures are of the prompt “{plain_text(pictures[0].cell.prompt, 80)}”. Press Draw for the one above.",
                240,
            ),
            icon=":material/history:",
        )
    show(pictures, key)


def show(pictures: Sequence[Drawn], key: str, columns: int = 4) -> None:
    """Pictures in rows, each with its seed and its downloads."""
    for first in range(0, len(pictures), columns):
        row = pictures[first : first + columns]
        for number, (column, each) in enumerate(zip(st.columns(columns), row, strict=False), start=first):
            with column, st.container(border=True):
                gallery.images(each.picture[None], described(each), side=SIDE)
                st.caption(f"Seed {each.cell.seed}")
                downloads(each, f"{key}.{number}")
    if pictures:
        made_by(pictures[0])


def made_by(first: Drawn) -> None:
    """That a model made what is shown, the first of it from this prompt, seed and settings, and the credit for its data."""
    st.caption(
        ":material/smart_toy: **Made by a model:** "
        + safe_text(first.line.removeprefix("Made by a model: "), 500)
        + f". Each file says so too, with prompt, seed and settings. {SMALL_FILE if first.loses_its_marks else ''}"
    )
    gallery.credit(first.credit)


def described(each: Drawn) -> str:
    """For those who can't see it."""
    return f"Drawn by a model for “{plain_text(each.cell.prompt, 80)}”, seed {each.cell.seed}"


def downloads(each: Drawn, key: str) -> None:
    """The picture at the size at which it keeps its marks, and as it was drawn."""
    name, small = each.name, f"{each.picture.shape[1]} px"
    upscaler = "upscaler" in gallery_names() and max(each.picture.shape[:2]) <= resizing.SMALL
    with st.container(horizontal=True):
        if each.fits:
            handing_out.made("PNG, 128 px", each.upscaled_png, f"{name}-128.png", "image/png", key=f"{key}.png")
            handing_out.made(
                small, each.png, f"{name}.png", "image/png", key=f"{key}.small", help=f"As it was drawn. {SMALL_FILE}"
            )
        else:
            handing_out.made(
                "PNG",
                each.png,
                f"{name}.png",
                "image/png",
                key=f"{key}.png",
                help=SMALL_FILE if each.loses_its_marks else None,
            )
            if upscaler:
                handing_out.made(
                    "128 px",
                    each.upscaled_png,
                    f"{name}-128.png",
                    "image/png",
                    key=f"{key}.large",
                    icon=":material/zoom_in:",
                )


def nothing_yet(text: str) -> None:
    st.info(text, icon=":material/brush:")


def has_prompt(*prompts: str) -> bool:
    """Whether all of them are written; where one is not, the page asks for it."""
    if not all(prompts):
        st.info("Write a prompt first." if len(prompts) == 1 else "Write both prompts first.", icon=":material/edit:")
    return all(prompts)


def recipe_rows(pictures: Sequence[Drawn]) -> Any:
    """One line a picture: all that is needed to draw it again."""
    import pandas

    return pandas.DataFrame([recipe_of(each) for each in pictures])


def recipe_of(each: Drawn) -> dict[str, Any]:
    """Run, prompt, seed and settings; of a picture that it was begun from, by which it can be known again."""
    of_weights = {} if each.weights is None else {"epoch": each.weights.epoch, "weights": each.weights.sha256}
    return {
        "run": each.run,
        **of_weights,
        **each.recorded(),
        **{name: value for name, value in each.begun if name != BEGUN},
    }
