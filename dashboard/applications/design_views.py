"""The views that design: variations of an icon, a blend of two, a family, a part drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.applications.design_made import Made, keep, made_last, show
from dashboard.applications.design_models import Models
from dashboard.applications.design_source import source
from dashboard.model.places import DRAWS, SPACE
from dashboard.parts import folding, stating
from dashboard.parts.sharing import waits
from dashboard.parts.stating import refuse
from dashboard.safe_text import counted, plain_text
from genmodels.explore import designs
from genmodels.kinds.image.icons import CORNERS, corner_mask, rectangle_mask
from genmodels.provenance import recorded
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.trained.requests import begun_from

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

WAYS = {"Latent space": SPACE, "Noise and back": DRAWS}
RECTANGLE = "a rectangle"
WHAT = ("Words, one style", "One word, every style")
WORDS = "home, heart, cloud, bell, folder, star"


def variations_view(models: Models) -> None:
    """Variations of one icon, by a latent space or by noising and denoising it."""
    with _form("Variations"):
        way = st.segmented_control("How", list(WAYS), default="Latent space", required=True, **state.kept("vary.how"))
        run = models.run(WAYS[way or "Latent space"])
        if run is None:
            return
        begun = source("vary", "Icon")
        first, second, third = st.columns(3)
        strength = first.slider("Strength", 0.0, 1.0, 0.3, 0.05, help="0: the icon itself; 1: nothing of it is left")
        n = second.number_input("Icons", 1, designs.MOST, 8, 1)
        seed = third.number_input("Seed", 0, 2**31 - 100, 0, 1, **state.bound(state.SEED))
        prompt = _prompt("vary") if WAYS[way or "Latent space"] == DRAWS else ""
        pressed = st.button("Vary", type="primary", icon=":material/draw:")

    def make(model: Any, watch: designs.Watch) -> Made:
        icon, settings = begun.icon(), {"way": way, "strength": strength}
        if prompt or WAYS[way or "Latent space"] == DRAWS:
            icons = designs.redrawn(model, icon, prompt, int(n), strength, int(seed), watch)
        else:
            icons = designs.varied(model, icon, int(n), strength, int(seed))
        names = tuple(f"{begun.name or 'icon'} {number}" for number in range(1, int(n) + 1))
        asked = f"{begun.name or 'icon'} varied, {counted(int(n), 'icon')}, {str(way).lower()}, strength {strength:g}, seed {seed}"
        return _made("Variations", run, model, names, icons, int(seed), settings, asked, icon, prompt)

    _made_or_shown("Variations", run, pressed, make, "Choose an icon and press Vary.")


def blend_view(models: Models) -> None:
    """A strip of icons from one to another."""
    with _form("Blend"):
        run = models.run(SPACE)
        if run is None:
            return
        left, right = st.columns(2)
        with left:
            one = source("blend.first", "From")
        with right:
            other = source("blend.second", "To", "heart")
        steps = st.slider("Steps", 3, 16, 8, 1)
        pressed = st.button("Blend", type="primary", icon=":material/blender:")

    def make(model: Any, watch: designs.Watch) -> Made:
        first, second = one.icon(), other.icon()
        icons = designs.blended(model, first, second, steps)
        names = tuple(f"{one.name} to {other.name}, {number} of {steps}" for number in range(1, steps + 1))
        asked = f"{one.name} to {other.name}, {counted(steps, 'step')}"
        return _made("Blend", run, model, names, icons, 0, {"steps": steps, "way": "spherical"}, asked, first)

    _made_or_shown(
        "Blend",
        run,
        pressed,
        make,
        "Choose two icons and press Blend: the way between them goes through the latent space.",
    )


def family_view(models: Models) -> None:
    """Icons for a list of words in one style, or one word in every style."""
    with _form("Family"):
        run = models.run(DRAWS)
        if run is None:
            return
        first, second, third = st.columns([2, 1, 1])
        what = first.segmented_control("What", WHAT, default=WHAT[0], required=True, **state.kept("family.what"))
        seed = third.number_input("Seed", 0, 2**31 - 100, 0, 1, **state.bound(state.SEED))
        one = what == WHAT[1]
        if one:
            words = st.text_input("Word", "home", max_chars=60, **state.kept("family.word"))
        else:
            words = st.text_area("Words, with commas between", WORDS, max_chars=1000, **state.kept("family.words"))
        style = "" if one else second.selectbox("Style", list(designs.STYLES), **state.kept("family.style"))
        pressed = st.button("Draw the family", type="primary", icon=":material/category:")

    def make(model: Any, watch: designs.Watch) -> Made:
        return _family(run, model, watch, str(words or "").strip(), str(style), int(seed))

    nothing = "Write some words and press Draw the family: one style, one seed, strokes of one width."
    _made_or_shown("Family", run, pressed, make, nothing)


def _family(run: Run, model: Any, watch: designs.Watch, words: str, style: str, seed: int) -> Made:
    """Icons of the words in a style; without one, one word in every style."""
    if not words:
        raise Refusal("There is no word to draw; write one, such as home.")
    if not style:
        grid = designs.style_grid(model, words, seed, watch)
        names = tuple(f"{words}, {drawn}, {finish}" for drawn, finish in grid)
        told, icons = f"{words}, every style, seed {seed}", np.stack(list(grid.values()))
        return _made("Family", run, model, names, icons, seed, {"styles": "all"}, told, None, words)
    found = designs.family(model, designs.words_of(words), style, seed, watch)
    settings = {"style": style, "strokes": "even"}
    asked = ", ".join(found.words)
    told = f"{asked}, {style}, seed {seed}"
    return _made("Family", run, model, found.words, found.icons, seed, settings, told, None, asked, found.notice)


def inpaint_view(models: Models) -> None:
    """A corner or a rectangle of an icon drawn anew, the rest as it was."""
    with _form("Inpaint"):
        run = models.run(DRAWS)
        if run is None:
            return
        begun = source("inpaint", "Icon")
        side, mask = run.spec.shape[0], _mask(run.spec.shape[0])
        first, second = st.columns(2)
        n = first.number_input("Icons", 1, designs.MOST, 4, 1)
        seed = second.number_input("Seed", 0, 2**31 - 100, 0, 1, **state.bound(state.SEED))
        prompt = _prompt("inpaint")
        st.caption(f"{100 * mask.mean():.0f}\u00a0% of {side} x {side} pixels are redrawn.")
        pressed = st.button("Draw the part", type="primary", icon=":material/format_paint:")

    def make(model: Any, watch: designs.Watch) -> Made:
        icon = designs.fitting(begun.icon(), run.spec)
        icons = designs.inpainted(model, icon, mask, prompt, int(n), int(seed), watch)
        names = tuple(f"{begun.name or 'icon'} {number}" for number in range(1, int(n) + 1))
        asked = (
            f"{begun.name or 'icon'}, {100 * mask.mean():.0f}\u00a0% redrawn, {counted(int(n), 'icon')}, seed {seed}"
        )
        return _made("Inpaint", run, model, names, icons, int(seed), {}, asked, icon, prompt, mask=mask)

    _made_or_shown("Inpaint", run, pressed, make, "Choose an icon and the part to redraw, and press Draw the part.")


def _form(view: str) -> DeltaGenerator:
    """The form of a view, folded once there are designs."""
    made = made_last(view)
    return folding.form(f"design_{view}", made.asked if made else "")


def _prompt(key: str) -> str:
    return (
        st.text_input(
            "What it is to be",
            "",
            max_chars=120,
            placeholder="home outline",
            help="Empty: the model is not told",
            **state.kept(f"{key}.prompt"),
        )
        or ""
    ).strip()


def _mask(side: int) -> np.ndarray:
    part = st.selectbox("Part to redraw", [*CORNERS, RECTANGLE], **state.kept("inpaint.part"))
    if part != RECTANGLE:
        return corner_mask(side, str(part))
    left, right = st.columns(2)
    top, bottom = left.slider("From top to bottom", 0.0, 1.0, (0.25, 0.75), 0.05, **state.kept("inpaint.down"))
    first, last = right.slider("From left to right", 0.0, 1.0, (0.25, 0.75), 0.05, **state.kept("inpaint.across"))
    return rectangle_mask(side, top, first, max(bottom, top + 0.05), max(last, first + 0.05))


def _made(
    view: str,
    run: Run,
    model: Any,
    names: tuple[str, ...],
    icons: np.ndarray,
    seed: int,
    settings: dict[str, Any],
    asked: str,
    before: np.ndarray | None = None,
    prompt: str = "",
    notice: str = "",
    mask: np.ndarray | None = None,
) -> Made:
    """What was designed, with what its files say."""
    begun = {} if before is None else begun_from(before, mask)
    said = {"Prompt": prompt} if prompt else {}
    facts = recorded.facts(run, model.weights, seed=seed, **said, **recorded.settings(settings), **begun)
    who = f"{run.experiment.model} {run.id}, seed {seed}"
    told = plain_text(f"{asked}, “{prompt}”" if prompt and prompt not in asked else asked, 140)
    return Made(view, names, icons, who, facts, notice=notice, before=before, asked=told)


def _made_or_shown(
    view: str, run: Run, pressed: bool, make: Callable[[Any, designs.Watch], Made], nothing: str
) -> None:
    """Design where it was asked for; below it what was designed last."""
    if pressed:
        try:
            with _asked(run) as (model, watch):
                keep(make(model, watch))
            folding.fold()
            st.rerun()
        except Refusal as refusal:
            refuse(refusal)
    show(view, nothing)


@contextmanager
def _asked(run: Run) -> Iterator[tuple[Any, designs.Watch]]:
    """The model of a run and what is told how far it is, while a bar shows that it is at work."""
    with (
        stating.working("design", "Loading the model") as tell,
        resources.generator_in_turn(run, waits(tell)) as model,
    ):
        tell("Drawing: the first icons of a session take some seconds more")
        yield model, lambda share: tell(f"Drawing: {100 * share:.0f}\u00a0% done", share)
