"""Two models on one prompt, and how surprising each finds what was written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard import charts, resources, state
from dashboard.prompt_form import trained_on
from dashboard.prompt_writing import Draft, Made, written
from dashboard.text import plain_text
from genmodels.runs import Run, RunStore


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
        st.info("Press Write: both models write on the prompt from the same seed, and each says how surprising it finds the texts.", icon=":material/compare:")
        return
    texts = list(dict.fromkeys(text for text in (made[0].prompt, *(each.prompt + each.text for each in made)) if text))
    names = list(dict.fromkeys(each.run for each in made))
    with st.spinner("Reading the texts …"):
        bits = {name: [bits_a_character(store[name], text) for text in texts] for name in names}
    table = bits_table(made, texts, bits, {name: f"{trained_on(store[name])}, {name}" for name in names})
    st.subheader("Bits per character", anchor=False)
    st.dataframe(table, hide_index=True, key="compare.bits")
    st.caption("How many bits each model needs for a character of a text: the fewer, the less it surprises the model. A model mostly finds its own text the least surprising; the prompt and other people's texts are the fairer test.")
    charts.data_behind(table, key="compare", name="bits-per-character")


def bits_a_character(run: Run, text: str) -> float:
    """Of a text of any length; nan where it has no character that the model knows."""

    def measure() -> float:
        with resources.generator(run) as model:
            nats, _, characters = model.log_likelihood(text)
        return -nats / characters / math.log(2) if characters else math.nan

    return float(resources.explored((str(run.path), resources.newest(run), "bits", text), measure))


def bits_table(made: Sequence[Made], texts: Sequence[str], bits: dict[str, list[float]], titles: dict[str, str]) -> Any:
    """One row a text, one column a model."""
    import pandas

    of = {each.prompt + each.text: f"the prompt and what {each.run} wrote" for each in reversed(made)} | ({made[0].prompt: "the prompt"} if made[0].prompt else {})
    return pandas.DataFrame({"Text": [of[text] for text in texts], "Characters": [len(text) for text in texts],
                             **{plain_text(titles[name], 160): [round(value, 3) for value in values] for name, values in bits.items()}})  # fmt: skip
