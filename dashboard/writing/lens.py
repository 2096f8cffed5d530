"""What each layer would have said comes next (the logit lens, nostalgebraist 2020)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from dashboard.parts import charts
from dashboard.writing.looking import component, listed_pieces, looked_at, named, read
from genmodels.kinds.text.tokens import Tokens
from genmodels.runs.run import Run

if TYPE_CHECKING:
    from genmodels.trained.text_inside import Reading

SHOWN = 5  # tokens of a cell


def lens_view(run: Run, prompt: str, seed: int) -> None:
    """A table of layers and places with the token that each layer would have said."""
    text, _ = looked_at(prompt)
    reading = read(run, text)
    if reading is not None:
        by_layers(run, text, reading)


def by_layers(run: Run, text: str, reading: Reading) -> None:
    """What each layer would have said, with the sentence that says how to read it, and the table."""
    tokens = Tokens.of(run.spec)
    lens = np.asarray(reading.lens)[::-1, :, :SHOWN]  # the last layer on top
    chances = np.asarray(reading.lens_probability, "float64")[::-1, :, :SHOWN]
    names = named(tokens, [*reading.tokens, *np.unique(lens)])
    rows = [f"layer {layer}" if layer else "embedding" for layer in range(len(lens) - 1, -1, -1)]
    component("prompt_lens")(
        data={
            "pieces": listed_pieces(reading),
            "next": [*map(int, reading.tokens[1:]), 0],
            "names": names,
            "lens": lens.tolist(),
            "chances": np.round(chances, 4).tolist(),
            "rows": rows,
            "alt": "What each layer would have said comes next, the last layer on top.",
        },
        key=f"lens.{hash((run.id, text))}",
    )
    st.caption(
        "Each column is a token that was read; up the column is what each layer, the last on top, would have said comes next. The stronger its colour, the surer the layer; bold and underlined is what came."
        " Where the last word settles low, the early layers knew it already. Point at a cell, or walk with the arrow keys, for its next best."
    )
    charts.data_behind(lambda: lens_table(reading, names, lens, chances, rows), key="prompt.lens", name="logit-lens")


def lens_table(reading: Reading, names: dict[int, str], lens: np.ndarray, chances: np.ndarray, rows: list[str]) -> Any:
    """One row a layer and place."""
    import pandas

    n = len(reading.tokens)
    return pandas.DataFrame(
        {
            "layer": np.repeat(rows, n),
            "place": np.tile(np.arange(1, n + 1), len(rows)),
            "token read": listed_pieces(reading) * len(rows),
            "would say": [names[int(token)] for token in lens[:, :, 0].ravel()],
            "probability": chances[:, :, 0].ravel(),
        }
    )
