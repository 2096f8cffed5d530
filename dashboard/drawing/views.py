"""The prompt page of a model that draws: its form, what is drawn, and the views that look into it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import state
from dashboard.drawing.drawn import asked_for
from dashboard.drawing.form import prompt_form, settings_form
from dashboard.drawing.looking import between_view, film_view, to_look_into, words_view
from dashboard.drawing.making import buttons, draw_live, drawn, has_prompt, of_another_form, shown
from dashboard.drawing.start import refined_view, start_form, start_view
from dashboard.drawing.sweep import compare_view, history_view, many_form, many_view, sweep_form, sweep_view
from dashboard.parts import folding, one_example, stating
from dashboard.safe_text import plain_text, safe_text
from genmodels.kinds.image.drawing import Drawing
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from genmodels.trained.requests import Cell, between

SHARED = ("Pictures", "Film", "Words")  # views of the same pictures
VIEWS = (*SHARED, "Between", "From a picture", "Sweep", "Compare", "Table", "History")
ABOUT = {  # what each shows, in a sentence
    "Pictures": "Four pictures of one prompt, from four seeds.",
    "Film": "One of them at every step, from noise to picture.",
    "Words": "A heat map for each word: which parts of the picture gave it most attention.",
    "Between": "Eight pictures on the way from one prompt to another.",
    "From a picture": "A picture of yours, uploaded or painted, is drawn again as the prompt says, all of it or a part.",
    "Sweep": "One prompt with two or three settings varied, as a grid.",
    "Compare": "Two models draw the same prompt from the same seeds.",
    "Table": "One picture for each line of a table of prompts, up to 1,000.",
    "History": "What was drawn on this page since the tab was opened, with your favourites first.",
}
PICTURES = 4


def view(run: Run, names: Sequence[str], chosen: str, store: RunStore) -> None:
    """One view of the page, below the form that belongs to it."""
    if chosen not in VIEWS:
        raise Refusal(unknown("view", chosen, VIEWS))
    if chosen == "History":
        history_view(run)
        return
    key = KEYS.get(chosen, "pictures")
    with folding.form(f"drawing_{key}", _asked_before(run, key), stays=_stays(run, key)):
        cells, asked = FORMS.get(chosen, pictures_form)(run, names, store)
    if asked:
        state.to_url(state.PROMPT, cells[0][1][0].prompt)
        start, mask = state.get(state.BEGUN, (None, None)) if chosen == "From a picture" else (None, None)
        state.retry_with(state.DRAW_AGAIN, True)
        draw_live(key, cells, start=start, mask=mask)
        state.put(state.BEFORE, start)
        state.put(state.SWEPT, state.get(state.SWEEP))
        state.take(state.UNDONE)
        st.rerun()
    SHOWN[chosen](run)


def _asked_before(run: Run, key: str) -> str:
    """What the result was asked for, and which of the pictures the views look into; "" without one."""
    pictures = drawn(key)
    return asked_for(pictures, run) + (
        one_example.said(to_look_into(pictures)) if key == "pictures" and pictures else ""
    )


def _stays(run: Run, key: str) -> bool:
    """Is the form open though there is a result: it asks for something else, or is about to be answered?"""
    state.from_url(state.PROMPT)
    return bool(state.get(state.DRAW_AGAIN)) or (bool(drawn(key)) and of_another_form(drawn(key), run))


Asked = tuple[list[tuple[Run, list[Cell]]], bool]


def pictures_form(run: Run, names: Sequence[str], store: RunStore) -> Asked:
    (prompt,), seed, drawing, asked = prompt_form(run)
    return [(run, _four(prompt, seed, drawing))], asked and has_prompt(prompt)


def _four(prompt: str, seed: int, drawing: Drawing) -> list[Cell]:
    return [Cell(prompt, seed + number, drawing) for number in range(PICTURES)]


def between_form(run: Run, names: Sequence[str], store: RunStore) -> Asked:
    (prompt, towards), seed, drawing, asked = prompt_form(run, ("Towards", state.TOWARDS))
    return [(run, between(prompt, towards, seed, drawing))], asked and has_prompt(prompt, towards)


def start_from_form(run: Run, names: Sequence[str], store: RunStore) -> Asked:
    if not run.experiment.make_recipe().in_steps:
        raise Refusal("A GAN draws in one go, so it can't begin from a picture; choose a diffusion model.")
    (prompt,), seed, drawing, asked = prompt_form(run, strength=True)
    begun = start_form(run)
    state.put(state.BEGUN, begun)
    if asked and begun[0] is None:
        stating.empty("Choose or paint a picture to begin from first.")
        asked = False
    return [(run, _four(prompt, seed, drawing))], asked and has_prompt(prompt)


def sweeping_form(run: Run, names: Sequence[str], store: RunStore) -> Asked:
    (prompt,), seed, drawing, asked = prompt_form(run)
    cells = sweep_form(Cell(prompt, seed, drawing))
    return [(run, cells)], asked and (all(cell.prompt for cell in cells) or has_prompt(prompt))


def comparing_form(run: Run, names: Sequence[str], store: RunStore) -> Asked:
    (prompt,), seed, drawing, asked = prompt_form(run)
    others = [name for name in names if name != run.id] or [run.id]
    other = st.selectbox("Second model", others, format_func=plain_text, **state.kept(state.OTHER)) or others[0]
    return [(each, _four(prompt, seed, drawing)) for each in (run, store[other])], asked and has_prompt(prompt)


def many_prompts_form(run: Run, names: Sequence[str], store: RunStore) -> Asked:
    seed, drawing = settings_form(run)
    cells, asked = many_form(seed, drawing), buttons()
    if asked and not cells:
        stating.empty("Choose a table of prompts first.")
    return [(run, cells)], asked and bool(cells)


def pictures_view(run: Run) -> None:
    """The four pictures, and what the upscaler makes of one."""
    pictures = drawn("pictures")
    if not pictures:
        prompt = plain_text(state.in_url(state.PROMPT), 80)
        stating.empty(
            safe_text(
                f"“{prompt}” is not drawn in this tab yet. Press Draw: the same seed gives the same pictures.", 240
            )
            if prompt
            else "Click an example, or write what is to be drawn and press Enter: four pictures come out of noise, step by step."
        )
        return
    shown(pictures, "pictures")
    refined_view(pictures)


FORMS = {
    "Between": between_form,
    "From a picture": start_from_form,
    "Sweep": sweeping_form,
    "Compare": comparing_form,
    "Table": many_prompts_form,
}
KEYS = {"Between": "between", "From a picture": "start", "Sweep": "sweep", "Compare": "compare", "Table": "many"}
SHOWN = {
    "Pictures": pictures_view,
    "Film": film_view,
    "Words": words_view,
    "Between": between_view,
    "From a picture": start_view,
    "Sweep": sweep_view,
    "Compare": compare_view,
    "Table": many_view,
}
