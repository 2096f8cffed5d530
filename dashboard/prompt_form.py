"""What the prompt page asks for: a model of texts, where the text begins, and how the next token is chosen."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import forms, resources, state
from dashboard.text import plain_text
from genmodels.models import MODELS
from genmodels.refusal import Refusal
from genmodels.runs import Run, RunStore, gallery_names

MOST_CHARACTERS = 1_000_000  # of a prompt
SAMPLES = (1, 2, 3, 4)
TEXTUAL = {"text", "code"}


def writers(store: RunStore) -> list[str]:
    """The runs of models of texts that have weights: the gallery, then the user's own, newest first."""
    rows = [row for row in resources.run_rows(store) if row["model"] in MODELS and TEXTUAL & set(getattr(MODELS[row["model"]], "kinds", ()))]
    shipped = [row["id"] for row in rows if row["gallery"] and row["id"] in gallery_names()]
    own = [row["id"] for row in rows if not row["gallery"]]
    return [*shipped, *(name for name in own if any((store[name].path / part).is_dir() for part in ("checkpoints", "epochs")))]


def trained_on(run: Run) -> str:
    """`transformer on python-docs`, in plain text."""
    experiment = run.experiment
    return plain_text(f"{experiment.model} on {experiment.data}", 120)


def prompt_area(run: Run) -> str:
    """Where the text begins; empty at the beginning of a document."""
    state.from_url(state.PROMPT)
    example = "def " if run.spec.kind == "code" else "The function returns"
    prompt = st.text_area("Prompt", height=120, placeholder=f"Such as: {example} … Left empty, the model begins a document.", **state.kept(state.PROMPT)) or ""
    if len(prompt) > MOST_CHARACTERS:
        raise Refusal(f"The prompt has {len(prompt):,} characters; give at most {MOST_CHARACTERS:,}, of which the model reads the end.")
    return prompt


def seed_and_samples(several: bool) -> tuple[int, int]:
    """The first seed, and how many texts are written side by side (each further one has the next seed)."""
    left, right, _ = st.columns([1, 2, 1])
    seed = left.number_input("Seed", 0, 2**31 - 8, 0, 1, help="The same seed, prompt and settings give the same text.", **state.bound(state.SEED))
    if not several:
        return int(seed), 1
    n = right.segmented_control("Texts side by side", SAMPLES, default=1, required=True, help="Each further text has the next seed.", **state.kept(state.SAMPLES))
    return int(seed), int(n or 1)


def decoding_form() -> Any:
    """How the next token is chosen from the model's probabilities."""
    from genmodels.decoding import Decoding, unescaped

    with st.expander("How the next token is chosen", icon=":material/tune:"):
        answers = forms.knob_form("decoding", Decoding.knobs())
        st.caption("In the text that stops the writing, \\\\n stands for a new line.")
    answers["stop"] = unescaped(answers["stop"])
    return Decoding.from_dict(answers)
