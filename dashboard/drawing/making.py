"""Pictures as a model draws them: step by step, stopped, shown with where they come from, downloaded."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.drawing.drawn import Drawn
from dashboard.parts import folding, handing_out, samples, stating
from dashboard.parts.sharing import waits
from dashboard.safe_text import made_caption, plain_text, safe_text
from dashboard.writing.form import trained_on
from genmodels.kinds.image import resizing
from genmodels.runs.run import Run
from genmodels.runs.store import gallery_names
from genmodels.trained.requests import Cell, Progress, begun_from, draw_cells

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from genmodels.trained.prompted import PictureGenerator

EVERY = 0.15  # seconds between two pictures of a drawing
SIDE = 256
SMALL_FILE = "A file of so few pixels can carry no watermark: saved again once, it loses every mark but a likeness in the ledger of this machine."
MOST_KEPT = 60  # drawings in the history of a session


def drawn(view: str) -> list[Drawn]:
    """What was drawn last in a view."""
    kept: dict[str, list[Drawn]] = state.get(state.DRAWN, {})
    return kept.get(view, [])


def keep(view: str, pictures: list[Drawn]) -> None:
    folding.fold()
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
    with stating.working(view, "Loading the model", stoppable=False) as tell:
        place, done = st.empty(), list[Drawn]()
        if before := drawn(view):
            older(before)
        for run, cells in asked:
            with resources.generator_in_turn(run, waits(tell)) as model:
                tell("Drawing: the first step of a new size takes some seconds")
                clock = Clock()
                for progress in draw_cells(model, cells, start=start, mask=mask):
                    clock.heard(progress.share)
                    last = progress.step.number == progress.step.steps
                    if last or clock.is_time():
                        _show_step(progress, tell, place, len(cells), clock.left())
                    if last:
                        finished = _finished(run, model, cells, progress, _begun(start, mask))
                        done += finished
                        keep(view, list(done))
                        remember(finished)
    place.empty()


class Clock:
    """When the next look at a drawing is due, and how long the rest will take; the first step waits for a network to be compiled."""

    def __init__(self) -> None:
        self.began, self.looked = time.monotonic(), 0.0
        self.now, self.share, self.first = self.began, 0.0, 0.0

    def heard(self, share: float) -> None:
        """So much of the whole (0 to 1) is done now."""
        self.now, self.share, self.first = time.monotonic(), share, self.first or share
        self.began = self.now if share == self.first else self.began

    def is_time(self) -> bool:
        return self.now - self.looked >= EVERY

    def left(self) -> float | None:
        """Seconds until the end; None where nothing is known of the pace. The look at the drawing is had with it."""
        self.looked = self.now
        done = self.share - self.first
        return (self.now - self.began) / max(done, 1e-9) * (1 - self.share) if done > 0 else None


def _show_step(
    progress: Progress, tell: stating.Telling, place: DeltaGenerator, cells: int, left: float | None
) -> None:
    """What is predicted at this step, and how far it is."""
    step, first, last = progress.step, progress.cells[0] + 1, progress.cells[-1] + 1
    tell(f"Step {step.number} of {step.steps}, pictures {first} to {last} of {cells}", progress.share, left=left)
    with place.container():
        samples.images(
            step.clean,
            "What the model predicts at this step",
            columns=len(step.clean),
            side=4 * SIDE // 2,
            width=min(700, 175 * len(step.clean)),
        )


def _finished(
    run: Run, model: PictureGenerator, cells: Sequence[Cell], progress: Progress, begun: tuple[tuple[str, str], ...]
) -> list[Drawn]:
    """The pictures of the last step, with where they come from."""
    credit, trained = run.facts.get("credit", ""), trained_on(run)
    return [
        Drawn(
            run.id,
            trained,
            cells[i],
            picture,
            credit,
            begun,
            weights=model.weights,
            in_steps=model.steps,
            not_read=model.read(cells[i].prompt).notice,
        )
        for i, picture in zip(progress.cells, progress.step.clean, strict=True)
    ]


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


def of_another_form(pictures: Sequence[Drawn], run: Run) -> bool:
    """Does the form ask another model, or for another prompt than all of these show?"""
    prompts = {each.cell.prompt for each in pictures}
    towards = pictures[0].cell.towards
    return (
        pictures[0].run != run.id
        or (len(prompts) == 1 and of_another_prompt(pictures))
        or (bool(towards) and str(state.get(state.TOWARDS) or "").strip() != towards)
    )


def older(pictures: Sequence[Drawn]) -> None:
    """Pictures of an earlier prompt, small and greyed, with their prompt."""
    with st.container(key="older"):
        st.caption(
            made_caption(
                f" before, of the prompt “{plain_text(pictures[0].cell.prompt, 80)}”, run {pictures[0].run}", 250
            )
        )
        few = [each.picture for each in pictures[:4] if each.picture.shape == pictures[0].picture.shape]
        samples.images(
            np.stack(few),
            f"Drawn before: {described(pictures[0])}",
            columns=len(few),
            side=4 * SIDE // 2,
            width=min(500, 125 * len(few)),
        )
        samples.credit(pictures[0].credit)


def shown(pictures: Sequence[Drawn], key: str) -> None:
    """What was drawn; where the form asks for something else by now, a line says of which prompt it is."""
    if of_another_prompt(pictures):
        stating.noted(
            safe_text(
                f"These pictures are of the prompt “{plain_text(pictures[0].cell.prompt, 80)}”. Press Draw for the one above.",
                240,
            ),
        )
    show(pictures, key)


def show(pictures: Sequence[Drawn], key: str, columns: int = 4) -> None:
    """Pictures in rows, each with its seed and its downloads."""
    for first in range(0, len(pictures), columns):
        row = pictures[first : first + columns]
        for number, (column, each) in enumerate(zip(st.columns(columns), row, strict=False), start=first):
            with column, st.container(border=True):
                samples.images(each.picture[None], described(each), side=SIDE)
                st.caption(f"Seed {each.cell.seed}")
                downloads(each, f"{key}.{number}")
    if pictures:
        made_by(pictures[0])


def made_by(first: Drawn) -> None:
    """That a model made what is shown, the first of it from this prompt, seed and settings, and the credit for its data."""
    st.caption(
        made_caption(first.line, 500)
        + f". Each file says so too, with prompt, seed and settings. {SMALL_FILE if first.loses_its_marks else ''}"
    )
    samples.credit(first.credit)


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


def has_prompt(*prompts: str) -> bool:
    """Whether all of them are written; where one is not, the page asks for it."""
    if not all(prompts):
        stating.empty("Write a prompt first." if len(prompts) == 1 else "Write both prompts first.")
    return all(prompts)
