"""Two models on one prompt, and how surprising each finds what was written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard import resources, state
from dashboard.parts import charts, stating
from dashboard.safe_text import plain_text, safe_text
from dashboard.writing.making import Draft, Made, written
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore


def other_model(names: Sequence[str], run: Run) -> str:
    """The model that writes beside the chosen one."""
    others = [name for name in names if name != run.id] or [run.id]
    return st.selectbox("Second model", others, format_func=plain_text, **state.kept(state.OTHER)) or others[0]


def drafts(names: Sequence[str], prompt: str, seed: int) -> list[Draft]:
    """One prompt and seed for each model."""
    return [Draft(name, prompt, seed) for name in names]


def compare_view(store: RunStore) -> None:
    """Bits a character of each model on each of the texts."""
    made = written("compare")
    if not made:
        stating.empty(
            "Press Write: both models write on the prompt from the same seed, and each says how surprising it finds the texts.",
        )
        return
    texts = list(dict.fromkeys(text for text in (made[0].prompt, *(each.prompt + each.text for each in made)) if text))
    with stating.waiting("Reading the texts"):
        bits = [[bits_a_character(store[each.run], text) for text in texts] for each in made]
    table = bits_table(made, texts, bits)
    if any(math.isnan(value) for values in bits for value in values):
        stating.noted(
            "Where there is no number, the text has characters that the model does not know, or too few.",
        )
    st.header("Bits per character", anchor=False)
    st.dataframe(table, hide_index=True, key="compare.bits")
    st.caption(
        f"The first model is {safe_text(made[0].model)}, the second {safe_text(made[-1].model)}. How many bits each needs for a character of a text: the fewer, the less it surprises the model."
        " A model mostly finds its own text the least surprising; the prompt and other people's texts are the fairer test."
    )
    charts.data_behind(table, key="compare", name="bits-per-character")


def bits_a_character(run: Run, text: str) -> float:
    """Of a text of any length; nan where it has a character that the model does not know."""

    def measure() -> float:
        with resources.generator(run) as model:
            try:
                nats, _, characters = model.log_likelihood(text)
            except Refusal:
                return math.nan
        return -nats / characters / math.log(2) if characters else math.nan

    return float(resources.explored((str(run.path), resources.newest(run), "bits", text), measure))


def bits_table(made: Sequence[Made], texts: Sequence[str], bits: Sequence[Sequence[float]]) -> Any:
    """One row a text, one column a model."""
    import pandas

    names = ["the first model", "the second model"]
    of = {
        each.prompt + each.text: f"The prompt and what {name} wrote"
        for each, name in reversed(list(zip(made, names, strict=True)))
    }
    of |= {made[0].prompt: "The prompt"}
    return pandas.DataFrame(
        {
            "Text": [of[text] for text in texts],
            "Characters": [len(text) for text in texts],
            **{
                f"Bits by {name}": [round(value, 3) for value in values]
                for name, values in zip(names, bits, strict=True)
            },
        }
    )
