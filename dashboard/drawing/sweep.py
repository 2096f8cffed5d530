"""A grid over settings, prompts from a table, two models side by side, and what was drawn in this session."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from dashboard import state
from dashboard.drawing.drawn import Drawn, files_of, recipe_of, recipe_rows
from dashboard.drawing.making import described, downloads, drawn, made_by, show
from dashboard.parts import charts, choosing, handing_out, samples, stating
from dashboard.parts.film import sheet
from dashboard.safe_text import chart_text, counted, plain_text, safe_text
from genmodels.intake.prompts_table import read_prompts
from genmodels.kinds.image.drawing import Drawing
from genmodels.provenance import way_out
from genmodels.runs.run import Run
from genmodels.trained.requests import AXES, MOST_CELLS, Cell, sweep, values_of

DEFAULTS = {
    "seed": "0, 1, 2",
    "steps": "5, 10, 25",
    "guidance": "1, 3, 6",
    "sampler": "dpm-solver++, ddim",
    "strength": "0.3, 0.6, 0.9",
    "prompt": "woman firefighter; man firefighter",
    "negative": "dark skin tone; light skin tone",
}
NONE = "none"


def sweep_form(base: Cell) -> list[Cell]:
    """Two axes and perhaps a third, whose every combination is a picture."""
    chosen: list[tuple[str, Sequence[Any]]] = []
    for number, (column, title) in enumerate(
        zip(st.columns(3), ("Varied down the page", "Varied across", "Varied from tab to tab"), strict=True)
    ):
        with column:
            options = [axis for axis in AXES if axis != "strength"]
            options = [NONE, *options] if number == 2 else options
            default = ("guidance", "steps", NONE)[number]
            axis = st.selectbox(
                title, options, index=options.index(default), key=f"sweep.axis.{number}", persist_state="session"
            )
            if axis != NONE:
                text = st.text_input(
                    "Values",
                    DEFAULTS[axis],
                    key=f"sweep.values.{number}.{axis}",
                    max_chars=2000,
                    persist_state="session",
                )
                chosen.append((axis, values_of(axis, text)))
    cells = sweep(base, [*chosen[2:], *chosen[:2]])  # the tab varies slowest
    state.put(state.SWEEP, [(axis, [plain_text(value, 60) for value in values]) for axis, values in chosen])
    st.caption(f"{counted(len(cells), 'picture')} of at most {MOST_CELLS}.")
    return cells


def sweep_view(run: Run) -> None:
    """The grid, each cell with its recipe."""
    pictures, shape = drawn("sweep"), state.get(state.SWEPT)
    if not pictures or not shape:
        stating.empty("Choose two settings (and a third for tabs) and press Draw: every combination is drawn.")
        return
    (down, rows), (across, columns), *tabs = shape
    names = [f"{tabs[0][0]} {value}" for value in tabs[0][1]] if tabs else [""]
    size = len(rows) * len(columns)
    places = st.tabs([safe_text(name, 40) for name in names]) if tabs else [st.container()]
    for number, place in enumerate(places):
        with place:
            if own := pictures[number * size : (number + 1) * size]:
                _grid(own, (down, rows), (across, columns), f"sweep.{number}")
    if len(pictures) < size * len(names):
        stating.noted(f"Stopped: {len(pictures)} of {size * len(names)} pictures are drawn.")
    handing_out.made("All pictures (ZIP)", lambda: zipped(pictures), "sweep.zip", "application/zip", key="sweep.zip")
    made_by(pictures[0])


def _grid(pictures: Sequence[Drawn], down: tuple[str, list[str]], across: tuple[str, list[str]], key: str) -> None:
    """Pictures over two axes; what is not drawn (yet) is white."""
    first = pictures[0].picture
    stack = np.full((len(down[1]) * len(across[1]), *first.shape), 255, np.uint8)
    stack[: len(pictures)] = [each.picture for each in pictures]
    hover = [chart_text(each.line, 300) for each in pictures] + ["not drawn"] * (len(stack) - len(pictures))
    figure = sheet(stack, len(across[1]), hover, height=min(900, 110 + 170 * len(down[1])))
    high, wide = (side + 2 for side in first.shape[:2])  # with the gap between two
    figure.update_xaxes(
        visible=True,
        showline=False,
        title_text=across[0],
        tickvals=[wide * (n + 0.5) - 1.5 for n in range(len(across[1]))],
        ticktext=[chart_text(v, 24) for v in across[1]],
    )
    figure.update_yaxes(
        visible=True,
        showline=False,
        title_text=down[0],
        tickvals=[high * (n + 0.5) - 1.5 for n in range(len(down[1]))],
        ticktext=[chart_text(v, 24) for v in down[1]],
    )
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 60})
    charts.draw(
        figure,
        key=key,
        name="sweep",
        table=lambda: recipe_rows(pictures),
        see=f"Down the page varies {safe_text(down[0])}, across {safe_text(across[0])}; everything else is the same. Point at a picture for its recipe, which draws it again.",
    )


def zipped(pictures: Sequence[Drawn]) -> way_out.Marked:
    """The pictures as PNG files that say what drew them, and a table of the recipes."""
    names = [f"{number:04d}-seed-{each.cell.seed}.png" for number, each in enumerate(pictures)]
    return way_out.archive(
        dict(zip(names, files_of(pictures), strict=True)) | {"recipes.csv": charts.csv(recipe_rows(pictures))}
    )


def many_form(seed: int, drawing: Drawing) -> list[Cell]:
    """A table with a column prompt: one picture for each line, with seeds from the first on."""
    file = st.file_uploader(
        "A table with a column prompt, or a list with one prompt a line",
        type=["csv", "tsv", "txt"],
        key=state.upload_key("prompts"),
        max_upload_size=1,
    )
    if file is None:
        st.caption("One line a prompt, at most 1,000. The files that come back say which prompt and seed drew them.")
        return []
    table = read_prompts(file.getvalue(), file.name)
    prompts = table.prompts
    if table.not_heeded:
        st.caption(
            safe_text(f"Ignored: the columns {', '.join(table.not_heeded)}; seeds count on from the first one.", 300)
        )
    st.caption(
        f"{counted(len(prompts), 'prompt')}: "
        + safe_text("; ".join(prompts[:3]), 160)
        + ("; …" if len(prompts) > 3 else ".")
    )
    return [Cell(prompt, seed + number, drawing) for number, prompt in enumerate(prompts)]


def many_view(run: Run) -> None:
    """What was drawn for a table, and all of it as one file."""
    pictures = drawn("many")
    if not pictures:
        stating.empty("Choose a table of prompts and press Draw.")
        return
    handing_out.made("All pictures (ZIP)", lambda: zipped(pictures), "prompts.zip", "application/zip", key="many.zip")
    for first in range(0, min(len(pictures), 48), 6):
        for column, each in zip(st.columns(6), pictures[first : first + 6], strict=False):
            with column:
                samples.images(each.picture[None], described(each), side=128)
                st.caption(safe_text(each.cell.prompt, 60))
    if len(pictures) > 48:
        st.caption(f"The first 48 of {len(pictures):,}; the ZIP has them all.")
    made_by(pictures[0])


def compare_view(run: Run) -> None:
    """Two models on the same prompt and seeds."""
    pictures = drawn("compare")
    if not pictures:
        stating.empty("Choose a second model and press Draw: both draw the same prompt from the same seeds.")
        return
    for name in dict.fromkeys(each.run for each in pictures):
        own = [each for each in pictures if each.run == name]
        st.header(safe_text(f"{own[0].model} ({name})"), anchor=False)
        show(own, f"compare.{name}")
    st.caption(
        "The seeds are equal, but noise means something else to each model. A GAN draws in one go, diffusion in steps; how closely each follows prompts stands in its model card."
    )


def history_view(run: Run) -> None:
    """What was drawn in this session, favourites first."""
    history: list[Drawn] = state.get(state.HISTORY, [])
    if not history:
        stating.empty("Whatever you draw on this page is kept here until the tab is closed. Draw something first.")
        return
    stars: set[str] = state.get(state.STARS, set())
    shown = sorted(reversed(history), key=lambda each: each.key not in stars)
    st.caption(f"{counted(len(history), 'picture')} of this session, favourites first; the latest 60 are kept.")
    handing_out.record("Recipes (JSON)", lambda: recipes(shown, stars), "history.json", "application/json")
    for first in range(0, len(shown), 6):
        for number, (column, each) in enumerate(
            zip(st.columns(6), shown[first : first + 6], strict=False), start=first
        ):
            with column, st.container(border=True):
                samples.images(each.picture[None], described(each), side=128)
                st.caption(safe_text(f"{each.cell.prompt}, seed {each.cell.seed}", 80))
                starred = each.key in stars
                st.button(
                    "Favourite" if starred else "Keep",
                    icon=":material/star:" if starred else ":material/star_border:",
                    key=f"star.{number}",
                    on_click=_star,
                    args=(each.key,),
                )
                st.button(
                    "Draw again",
                    key=f"again.{number}",
                    icon=":material/replay:",
                    on_click=_again,
                    args=(each,),
                    disabled=bool(each.begun),
                    help="It began from a picture; its file says from which." if each.begun else None,
                )
                downloads(each, f"history.{number}")
    made_by(shown[0])


def recipes(pictures: Sequence[Drawn], stars: set[str]) -> bytes:
    """All that is needed to draw them again."""
    return json.dumps([{"favourite": each.key in stars, **recipe_of(each)} for each in pictures], indent=1).encode()


def _star(key: str) -> None:
    stars: set[str] = set(state.get(state.STARS, set()))
    state.put(state.STARS, stars ^ {key})


def _again(each: Drawn) -> None:
    """Takes prompt, seed, settings and model over into the form, and draws."""
    state.put(state.PROMPT, each.cell.prompt)
    state.put(state.SEED, each.cell.seed)
    choosing.choose("Prompt", each.run)
    for name, value in each.cell.drawing.to_dict().items():
        state.put(state.knob_key("drawing", name), value)
    state.put(state.TOWARDS, each.cell.towards)
    state.put(state.PAINTING, "Between" if each.cell.towards else "Pictures")
    state.put(state.DRAW_AGAIN, True)
