"""Each token by its probability, what else might have stood there, and how sure the model was along the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from dashboard import state
from dashboard.parts import charts
from dashboard.safe_text import chart_text
from dashboard.writing.looking import component, listed_pieces, looked_at, named, read, shown_pieces
from dashboard.writing.making import Draft, Made
from genmodels.kinds.text.tokens import Tokens
from genmodels.runs.run import Run

if TYPE_CHECKING:
    from genmodels.trained.text_inside import Reading


def tokens_view(run: Run, prompt: str, seed: int) -> None:
    """The text, token by token; a click on an alternative writes on from there."""
    text, made = looked_at(prompt)
    reading = read(run, text)
    if reading is None:
        return
    tokens = Tokens.of(run.spec)
    key = f"tokens.{hash((run.id, text))}"
    draw = component("prompt_tokens")
    draw(
        data=token_data(reading, tokens, text, made),
        key=key,
        on_branch_change=lambda: branch(key, run, reading, tokens, text, made.seed if made else seed),
    )
    st.caption(
        "Strongly shaded tokens surprised the model. Point at one (or walk with the arrow keys) for what it would rather have written; choose an alternative to write on from it."
        + (" What is underlined with dots is the prompt." if made else "")
        + (" \\<end\\> stands between documents." if reading.tokens[0] == 0 else "")
    )
    entropy_chart(reading)


def token_data(reading: Reading, tokens: Tokens, text: str, made: Made | None) -> dict[str, Any]:
    """What the component draws; the first `begins` tokens are the prompt's."""
    pieces = shown_pieces(reading)
    unread = len(text) - len(tokens.decode(reading.tokens))  # characters before the context
    ends = np.cumsum([len(piece) for piece in reading.pieces]) + max(unread, 0)
    return {
        "pieces": pieces,
        "probability": [None if np.isnan(p) else round(float(p), 5) for p in reading.probability],
        "names": named(tokens, [*reading.tokens, *reading.alternatives.ravel()]),
        "own": reading.tokens.tolist(),
        "alternatives": [
            row.tolist() if place else [] for place, row in enumerate(reading.alternatives)
        ],  # nothing stands before the first
        "chances": np.round(np.asarray(reading.alternative_probability, "float64"), 5).tolist(),
        "begins": int((ends <= len(made.prompt)).sum()) if made else 0,
        "alt": f"{len(pieces)} tokens by their probability. Arrow keys walk along them, Enter goes to the alternatives.",
    }


def branched(reading: Reading, tokens: Tokens, text: str, place: int, alternative: int) -> str:
    """The text up to a token, with one of its alternatives in its place."""
    read_text = tokens.decode(reading.tokens)
    before = text[: -len(read_text)] if text.endswith(read_text) else ""
    return before + tokens.decode([*reading.tokens[:place], reading.alternatives[place, alternative]])


def branch(key: str, run: Run, reading: Reading, tokens: Tokens, text: str, seed: int) -> None:
    """The alternative that was clicked becomes the end of the prompt, and the model writes on."""
    clicked = state.get(key, {}).get("branch")
    if not clicked:
        return
    place, alternative = int(clicked[0]), int(clicked[1])
    if (
        0 < place < len(reading.tokens)
        and 0 <= alternative < reading.alternatives.shape[1]
        and reading.alternatives[place, alternative]
    ):
        prompt = branched(reading, tokens, text, place, alternative)
        state.put(state.PROMPT, prompt)
        state.put(state.ASKED, [Draft(run.id, prompt, seed)])


def entropy_chart(reading: Reading) -> None:
    """Entropy before each token beside the surprise of the token that came, both in bits."""
    if len(reading.tokens) < 2:
        return
    places = np.arange(2, len(reading.tokens) + 1)
    surprise = -np.log2(np.maximum(np.asarray(reading.probability[1:], "float64"), 1e-30))
    entropy = np.asarray(reading.entropy[:-1], "float64")
    figure = charts.curves(
        [
            charts.Line("Entropy of the prediction", places, entropy, 0),
            charts.Line("Surprise of the token that came", places, surprise, 1),
        ],
        x="Place in the text (tokens)",
        y="Bits",
        height=300,
    )
    shown = [chart_text(piece, 30) for piece in listed_pieces(reading)[1:]]
    for trace in figure.data:
        if len(trace.x) == len(shown):
            trace.update(text=shown, hovertemplate="%{y:.2f} bits: %{text}")
    charts.draw(
        figure,
        key="prompt.entropy",
        name="entropy-along-the-text",
        table=lambda: entropy_table(reading, entropy, surprise),
        see="Where entropy is high, the model sees many ways to go on. Where surprise rises far above it, the text took a way that the model did not expect.",
    )


def entropy_table(reading: Reading, entropy: np.ndarray, surprise: np.ndarray) -> Any:
    import pandas

    return pandas.DataFrame(
        {
            "place": np.arange(2, len(reading.tokens) + 1),
            "token": listed_pieces(reading)[1:],
            "probability": reading.probability[1:],
            "entropy (bits)": entropy,
            "surprise (bits)": surprise,
        }
    )
