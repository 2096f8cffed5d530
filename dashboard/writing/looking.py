"""What the views that look into a text share: which text, what the model finds in it, and how tokens are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from dashboard import resources
from dashboard.parts import one_example, stating
from dashboard.safe_text import lines_of, made_caption, safe_text
from dashboard.writing.form import example_buttons
from dashboard.writing.making import Made, written
from genmodels.kinds.text.tokens import END, Tokens
from genmodels.refusal import Refusal
from genmodels.runs.run import Run

if TYPE_CHECKING:
    from genmodels.trained.text_inside import Reading

TOP = 10  # alternatives of a token
ONLY_PROMPT = "prompt"
SIGNS = str.maketrans({" ": "␣", "\n": "↵", "\t": "⇥"})


def looked_at(prompt: str) -> tuple[str, Made | None]:
    """The text to look into, and the record of it where a model wrote a part of it."""
    made = {str(text.seed): text for text in written("text")}
    if not made:
        return prompt, None
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = one_example.chosen(
            to_look_into(list(made.values())), "Look into", label_visibility="collapsed", width="content"
        )
        if chosen == ONLY_PROMPT:
            return prompt, None
        text = made[chosen]
        st.caption(made_caption(text.told, 300), width="content")
    return text.prompt + text.text, text


def to_look_into(made: Sequence[Made]) -> dict[str, str]:
    """The texts that were written last and the prompt alone, each with its name; none where nothing was written."""
    texts = {str(text.seed): f"Text {number}, seed {text.seed}" for number, text in enumerate(made, 1)}
    return texts and texts | {ONLY_PROMPT: "Only the prompt"}


def read(run: Run, text: str) -> Reading | None:
    """What the model finds in a text, with its notice; None without one."""
    if not text:
        stating.empty("There is no text to look into yet. Write one above, or click an example:")
        example_buttons(run)
        return None
    said = stating.IN_TURN if resources.busy(run) else "Reading the text"
    with stating.waiting(said):
        reading = resources.reading(run, text, TOP)
    if reading.notice:
        stating.noted(safe_text(reading.notice, 600))
    if not len(reading.tokens):
        raise Refusal("Nothing of this text is known to the model; write something in its vocabulary.")
    return reading


def shown_pieces(reading: Reading) -> list[str]:
    """What each token writes, in a form that can be drawn; `END`, which says that a document begins, by its name."""
    return [lines_of(piece) if token else END for token, piece in zip(reading.tokens, reading.pieces, strict=True)]


def listed_pieces(reading: Reading) -> list[str]:
    """The same for a table: spaces, new lines and tabs as signs."""
    return [piece.translate(SIGNS) for piece in shown_pieces(reading)]


def signs(text: str) -> str:
    """A token by itself: spaces, new lines and tabs as signs."""
    return lines_of(text).translate(SIGNS)


def named(tokens: Tokens, numbers: Iterable[int]) -> dict[int, str]:
    """How each of these tokens is shown by itself."""
    return {int(n): END if n == 0 else signs(tokens.decode([n])) for n in np.unique(np.asarray(list(numbers)))}


def component(name: str) -> Any:
    """A component of this folder: its script behind that of all texts of tokens, its style behind theirs."""
    folder = Path(__file__).parent
    script, style = (
        "".join((folder / f"{part}.{kind}").read_text() for part in ("prompt_text", name)) for kind in ("js", "css")
    )
    return st.components.v2.component(name, html='<div class="root"></div>', css=style, js=script)
