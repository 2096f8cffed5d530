"""Steps of the lesson about Transformers that look inside: tokens, vectors, attention, layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from dashboard import resources
from dashboard.learn.sentence import grown
from dashboard.learn.steps import component
from dashboard.parts import charts, stating
from dashboard.safe_text import chart_text, counted, plain_text, safe_text
from dashboard.writing.attention import of_a_layer
from dashboard.writing.lens import by_layers
from dashboard.writing.looking import listed_pieces, signs
from genmodels.kinds.text.tokens import END
from genmodels.runs.run import Run
from genmodels.trained.text_prompt import PromptReader

if TYPE_CHECKING:
    from genmodels.trained.text_inside import Reading

TOP = 10  # tokens that are named where many are possible
ALIKE = 8  # tokens whose vectors are nearest


def tokens(run: Run, text: str) -> None:
    """The sentence in pieces, each with its number; needs no network."""
    st.markdown(
        "A model reads no letters and no words. It reads **tokens**: pieces of text, each with a number in a fixed list."
    )
    reader = PromptReader.of(run)
    numbers, notice = reader.prompt(text)
    numbers = np.concatenate([numbers, np.array(grown(), np.int32)])[-reader.context :]
    pieces = [signs(reader.tokens.decode([n])) if n else END for n in numbers]
    component("pieces")(
        data={
            "pieces": pieces,
            "under": [f"{n:,}" for n in numbers],
            "alt": "The tokens of the sentence in their order",
        },
        key="learn.pieces",
    )
    told = f"{counted(len(numbers), 'token')} of a list of {len(reader.tokens):,}. ␣ is a space, which belongs to the word behind it."
    if len(numbers) and not numbers[0]:
        told += f" {safe_text(END)} says that a new text begins."
    st.caption(told)
    if notice:
        stating.noted(safe_text(notice, 600))
    st.markdown(
        "**Try it:** write a common word, then your own name. What was frequent in the training texts is one token;"
        " what was rare falls into several. The list was made by joining the most frequent pair of neighbours, again and again."
    )


def vectors(run: Run, text: str) -> None:
    """What stands for each token: a row of numbers, and which other tokens have similar ones."""
    reading = read(run, text)
    pieces = listed_pieces(reading)
    layers, n, width = reading.vectors.shape
    st.markdown(
        f"Each token becomes a **vector**: a row of {width} numbers that were learned. No number has a name;"
        " tokens that are used alike have similar rows."
    )
    depth = st.select_slider(
        "After layer", range(layers), format_func=lambda layer: str(layer) if layer else "0, as looked up"
    )
    _rows(reading, pieces, int(depth))
    st.markdown("**Which tokens have a similar vector?** Choose one of your sentence:")
    place = st.pills("Token", range(n), default=n - 1, format_func=lambda i: safe_text(pieces[i], 40), required=True)
    at = n - 1 if place is None else int(place)
    _alike(run, int(reading.tokens[at]), pieces[at])


def _rows(reading: Reading, pieces: list[str], depth: int) -> None:
    from plotly import graph_objects as go

    shown = np.asarray(reading.vectors[depth], "float32")
    names = [f"{number} {chart_text(piece, 24)}" for number, piece in enumerate(pieces, 1)]
    most = float(np.abs(shown).max()) or 1.0
    figure = go.Figure(
        go.Heatmap(
            z=shown,
            y=names,
            zmin=-most,
            zmax=most,
            colorscale="RdBu",
            colorbar={"title": "value"},
            hovertemplate="%{y}, number %{x}: %{z:.2f}<extra></extra>",
        )
    )
    figure.update_xaxes(title_text="Number within the vector")
    figure.update_yaxes(title_text="Token", autorange="reversed", type="category")
    charts.dress(figure, height=110 + 24 * len(names)).update_layout(hovermode="closest")
    see = "One row a token. At layer 0 the same token has the same row wherever it stands; after each layer its row also holds something of the tokens before it."
    charts.draw(figure, key="learn.vectors", name="vectors", see=see, table=lambda: _table(shown, pieces))


def _table(shown: np.ndarray, pieces: list[str]) -> Any:
    import pandas

    return pandas.DataFrame(shown, columns=[str(n) for n in range(shown.shape[1])]).assign(token=pieces)


def _alike(run: Run, token: int, piece: str) -> None:
    """The nearest tokens of the whole vocabulary, by the angle between vectors."""
    found = nearest(table_of(run), token, ALIKE)
    written = PromptReader.of(run).tokens
    rows = [{"token": signs(written.decode([n])) if n else END, "cosine": round(similar, 3)} for n, similar in found]
    st.dataframe(
        [{"token": plain_text(row["token"], 40), "cosine": row["cosine"]} for row in rows],
        hide_index=True,
        width="content",
        alt=f"The {ALIKE} tokens with the most similar vectors",
    )
    st.caption(
        f"Nearest to {safe_text(piece, 40)} among all tokens, at layer 0. The cosine is 1 for the same direction and 0 for none in common. Nobody told the model what goes together: it follows from the texts."
    )


def table_of(run: Run) -> np.ndarray:
    """The vectors of all tokens of a model at layer 0, (vocabulary, width)."""

    def looked_up() -> np.ndarray:
        with resources.generator(run) as model:
            return np.asarray(model.embeddings())

    return np.asarray(resources.explored(("embeddings", str(run.path), resources.newest(run)), looked_up))


def nearest(table: np.ndarray, token: int, n: int) -> list[tuple[int, float]]:
    """The n tokens whose vectors point most nearly the same way as that of `token`, with the cosines."""
    lengths = np.maximum(np.linalg.norm(table, axis=1), 1e-12)
    cosines = table @ table[token] / (lengths * lengths[token])
    cosines[token] = -np.inf
    best = np.argsort(-cosines)[:n]
    return [(int(each), float(cosines[each])) for each in best]


def attention(run: Run, text: str) -> None:
    """Where each token looks."""
    st.markdown(
        "Words mean something together. In **attention** each token looks at those before it, and takes over a share of what they hold."
        " Every layer does so several times at once, by its **heads**; each has learned to look for something else."
    )
    of_a_layer(read(run, text))


def layers(run: Run, text: str) -> None:
    """What each layer would have said comes next."""
    st.markdown(
        "The vectors go through one layer after the other, each looking and then thinking a little further."
        " Here every layer is asked early: **what would you say comes next?** Read a column from below: a guess becomes surer, or changes."
    )
    by_layers(run, text, read(run, text))


def read(run: Run, text: str) -> Reading:
    """What the model finds in the sentence with what has grown on it."""
    said = stating.IN_TURN if resources.busy(run) else "Reading the sentence"
    with stating.waiting(said):
        reading: Reading = resources.reading(run, text, TOP, grown())
    resources.settle()
    if reading.notice:
        stating.noted(safe_text(reading.notice, 600))
    return reading
