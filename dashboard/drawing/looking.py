"""Inside a drawing: the film of its steps, and which word drew what."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.applications.film_player import Film, play
from dashboard.drawing.drawn import Drawn
from dashboard.drawing.making import drawn, made_by, of_another_prompt
from dashboard.parts import charts, handing_out, one_example, samples, stating
from dashboard.parts.film import data_url
from dashboard.safe_text import chart_text, plain_text, safe_text
from genmodels.kinds.image.files import strip
from genmodels.kinds.text.word_pieces import WordPieces
from genmodels.provenance import way_out
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

MOST_WORDS = 9


def chosen_picture(what: str) -> Drawn | None:
    """The picture to look into among those that were drawn last."""
    pictures = drawn("pictures")
    if not pictures:
        stating.empty(f"Click an example or press Draw; then {what}.")
        return None
    if of_another_prompt(pictures):
        st.caption(safe_text(f"Of the prompt “{plain_text(pictures[0].cell.prompt, 80)}”, drawn before.", 240))
    return one_of(pictures)


def one_of(pictures: Sequence[Drawn], label: str = "Picture") -> Drawn:
    """The picture that all views of what was drawn last look into."""
    seeds = to_look_into(pictures)
    return pictures[list(seeds).index(one_example.chosen(seeds, label))]


def to_look_into(pictures: Sequence[Drawn]) -> dict[str, str]:
    """The pictures by their seeds, each with its name."""
    return {str(each.cell.seed): f"Seed {each.cell.seed}" for each in pictures}


def steps_of(picture: Drawn) -> list[Any]:
    """The drawing once more, with attention at every step; kept, so that the views share it."""
    run = RunStore.default()[picture.run]
    cell = picture.cell

    def make() -> list[Any]:
        with resources.generator(run) as model:
            if not model.steps:
                raise Refusal(
                    "A GAN draws in one go: there are no steps and no attention to look at; choose a diffusion model."
                )
            return list(model.draw([cell.prompt], seeds=[cell.seed], drawing=cell.drawing, looking=True))

    with stating.waiting("Drawing it once more, watching"):
        return resources.explored((str(run.path), resources.newest(run), "steps", repr(cell)), make)


def film_view(run: Run) -> None:
    """Each step's noisy picture, what the model predicts, and how much noise is left."""
    picture = chosen_picture("the film of the drawing is here")
    if picture is None:
        return
    steps = steps_of(picture)
    films = [
        Film("With noise", np.stack([step.noisy[0] for step in steps])),
        Film("What the model predicts", np.stack([step.clean[0] for step in steps])),
    ]
    play(films, "picture.film", "A step of the drawing.", large=True)
    st.caption(
        "Play it, or move the slider: the picture with the noise that is left, and the clean picture that the model predicts. The outline is decided early, details come last."
    )
    number, level = np.array([step.number for step in steps]), np.array([step.level for step in steps])
    moved = np.array(
        [0.0]
        + [float(np.sqrt(((b.clean[0].astype(float) - a.clean[0]) ** 2).mean()) / 255) for a, b in pairwise(steps)]
    )

    def table() -> Any:
        import pandas

        return pandas.DataFrame({"step": number, "noise": level, "change of the prediction": moved})

    figure = charts.curves(
        [charts.Line("noise left", number, level), charts.Line("change of the prediction", number[1:], moved[1:], 1)],
        x="step",
        y="share of 1",
    )
    charts.draw(
        figure,
        key="picture.noise",
        name="noise-by-step",
        table=table,
        see="Noise left (standard deviation, 1 is all noise) after each step, and by how much the predicted picture changed (root mean square, 1 is black to white): where that is flat, the drawing is decided.",
    )


def words_view(run: Run) -> None:
    """A heat map a word: which places of the picture looked at it."""
    picture = chosen_picture("a heat map shows which word drew what")
    if picture is None:
        return
    steps = steps_of(picture)
    shown = RunStore.default()[picture.run]
    words = [
        word
        for word in WordPieces.of(shown.spec).words(picture.cell.prompt, shown.facts.get("words", {}))
        if word.pieces and any(map(str.isalnum, word.text))
    ]
    if not words:
        stating.empty("The prompt of this picture has no word; draw one with words.")
        return
    if len(words) > MOST_WORDS:
        st.caption(f"The first {MOST_WORDS} of {len(words)} words are shown.")
    options = ["All steps", *(str(step.number) for step in steps)]
    at = st.select_slider("At step", options, value=options[0], key=f"{state.WORD_STEP}.{len(options)}")
    taken = steps if at == options[0] else [steps[int(at) - 1]]
    maps = np.mean([step.attention[0] for step in taken], axis=0)  # (pieces, side, side)
    heat = [(word.text, maps[list(word.pieces)].sum(axis=0)) for word in words[:MOST_WORDS]]
    figure = _heat_maps(taken[-1].clean[0], heat)

    def table() -> Any:
        import pandas

        return pandas.DataFrame(
            [
                {"word": word, "row": row, "column": column, "share of attention": float(value)}
                for word, each in heat
                for (row, column), value in np.ndenumerate(each)
            ]
        )

    charts.draw(
        figure,
        key="picture.words",
        name="attention-by-word",
        table=table,
        see="For each word the share of attention that each place of the picture gives it, mean over layers and heads; where it is bright, the word was looked at most. Attention shows where the model looked, not the whole of why it drew what it drew.",
    )


def _heat_maps(picture: np.ndarray, heat: list[tuple[str, np.ndarray]]) -> Any:
    from plotly import graph_objects as go
    from plotly.subplots import make_subplots

    columns = min(3, len(heat) + 1)
    rows = -(-(len(heat) + 1) // columns)
    titles = ["the picture", *(chart_text(plain_text(word, 24)) for word, _ in heat)]
    figure = make_subplots(
        rows, columns, subplot_titles=titles, horizontal_spacing=0.02, vertical_spacing=0.12 if rows > 1 else 0
    )
    figure.add_trace(go.Image(source=data_url(picture), hoverinfo="skip"), row=1, col=1)
    most = max(float(each.max()) for _, each in heat)
    for number, (word, each) in enumerate(heat, start=1):
        figure.add_trace(
            go.Heatmap(
                z=each,
                zmin=0,
                zmax=most,
                colorscale="Viridis",
                showscale=number == 1,
                colorbar={"title": "share", "len": 0.8},
                name=chart_text(word),
                hovertemplate="row %{y}, column %{x}: %{z:.3f}<extra></extra>",
            ),
            row=number // columns + 1,
            col=number % columns + 1,
        )
    charts.dress(figure, height=60 + 200 * rows)
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, autorange="reversed", constrain="domain")
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            if (row - 1) * columns + column <= len(heat) + 1:
                place = (row - 1) * columns + column
                figure.update_yaxes(scaleanchor=f"x{place if place > 1 else ''}", row=row, col=column)
    return figure.update_layout(hovermode="closest", margin={"l": 8, "r": 8, "t": 30, "b": 12})


def strip_downloads(pictures: list[Drawn], name: str) -> None:
    """The pictures as one strip and as an animation, each with what drew them."""
    stack = np.stack([each.picture for each in pictures])
    large = np.repeat(np.repeat(stack, 4, 1), 4, 2)  # of what is smaller a watermark would not be put in
    facts = pictures[0].facts() | {"Cells": "; ".join(str(each.recorded()) for each in pictures)}
    with st.container(horizontal=True):
        handing_out.made(
            "Strip (PNG)", lambda: way_out.picture(strip(large), facts), f"{name}.png", "image/png", key=f"{name}.png"
        )
        handing_out.made(
            "Animation (GIF)",
            lambda: way_out.animation(large, facts, 4),
            f"{name}.gif",
            "image/gif",
            key=f"{name}.gif",
            icon=":material/animation:",
        )


def between_view(run: Run) -> None:
    """The way from one prompt to another."""
    pictures = drawn("between")
    if not pictures:
        stating.empty(
            "Write a second prompt and press Draw: eight pictures of one seed lead from the first prompt to the second."
        )
        return
    first, last = pictures[0].cell, pictures[-1].cell
    samples.images(
        np.stack([each.picture for each in pictures]),
        f"From “{plain_text(first.prompt, 60)}” to “{plain_text(last.towards, 60)}” in {len(pictures)} pictures",
        columns=len(pictures),
        side=1000,
    )
    shares = ", ".join(f"{100 * each.cell.share:.0f}\u00a0%" for each in pictures)
    st.caption(
        f"From the first prompt to the second, {shares} of the way. All of one seed: only how the prompt is encoded changes. Where the picture jumps, the model knows no between."
    )
    strip_downloads(pictures, "between-prompts")
    made_by(pictures[0])
