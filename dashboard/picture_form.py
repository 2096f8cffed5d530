"""What the prompt page asks for where a model draws: the prompt, whether its words are known, the seed and the settings."""

from __future__ import annotations

import re

import streamlit as st

from dashboard import forms, resources, state
from dashboard.text import safe_text
from genmodels.drawing import Drawing
from genmodels.models import MODELS
from genmodels.refusal import Refusal
from genmodels.runs import Run, RunStore, gallery_names
from genmodels.words import LONGEST, WordPieces

SEEDS = 2**31 - 1000


def painters(store: RunStore) -> list[str]:
    """The runs that draw what a prompt says and have weights: the gallery, then the user's own, newest first."""
    rows = [row for row in resources.run_rows(store) if row["model"] in MODELS and hasattr(MODELS[row["model"]], "word_pieces") and MODELS[row["model"]].draws]
    names = [row["id"] for row in rows if row["gallery"] and row["id"] in gallery_names()] + [row["id"] for row in rows if not row["gallery"]]
    return [name for name in names if follows_prompts(store[name])]


def follows_prompts(run: Run) -> bool:
    """Is it a run that draws what a prompt says, with weights?"""
    try:
        recipe = run.experiment.make_recipe()
    except Refusal:
        return False  # a damaged run draws nothing; the others do
    return recipe.captioned and recipe.draws and any((run.path / part).is_dir() for part in ("checkpoints", "epochs"))


def prompt_line(run: Run, label: str = "Prompt", key: str = state.PROMPT) -> str:
    """The prompt, and below it which words the model does not know with the nearest that it does."""
    if key == state.PROMPT:
        state.from_url(key)
    prompt = st.text_input(label, placeholder=f"Such as: {examples(run)}", **state.kept(key)) or ""
    if len(prompt) > LONGEST:
        raise Refusal(f"The prompt has {len(prompt):,} characters; at most {LONGEST:,} are read, so shorten it.")
    known_words(run, prompt, key)
    return prompt.strip()


def examples(run: Run) -> str:
    """A prompt that the model can follow."""
    return "woman firefighter, dark skin tone" if run.experiment.data == "openmoji" else "arrow left circle"


def known_words(run: Run, prompt: str, key: str) -> None:
    """Says which words of a prompt were never seen in training; a press puts the nearest known one in its place."""
    seen = run.facts.get("words", {})
    if not prompt.strip() or not seen:
        return
    words = WordPieces.of(run.spec).words(prompt, seen)
    strange = [word for word in words if not word.known]
    if not strange:
        st.caption(f":material/check: The model knows every word of it ({len(seen):,} words in all).")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(":material/help: Not seen in training: " + ", ".join(safe_text(word.text, 40) for word in strange[:8]) + ".")
        for word in strange[:4]:
            for near in word.nearest[:2]:
                st.button(safe_text(f"{word.text} → {near}", 60), key=f"near.{key}.{word.text}.{near}", on_click=_replace, args=(key, word.text, near))


def _replace(key: str, old: str, new: str) -> None:
    """Put another word in the place of one, wherever it stands as a whole word."""
    state.put(key, re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda found: new, str(state.get(key, ""))))


def seed_box() -> int:
    return int(st.number_input("First seed", 0, SEEDS, 0, 1, help="Each further picture has the next seed. The same prompt, seed and settings give the same picture.", **state.bound(state.SEED)))


def drawing_form(run: Run, *, strength: bool = False) -> Drawing:
    """The settings; a GAN heeds none of them, and strength matters only with a picture to begin from."""
    if run.experiment.model == "gan":
        st.caption("A GAN draws in one go: it has no steps, no guidance and no negative prompt.")
        return Drawing()
    with st.expander("How it is drawn", icon=":material/tune:", expanded=strength):
        answers = forms.knob_form("drawing", [knob for knob in Drawing.knobs() if strength or knob.name != "strength"])
    return Drawing.from_dict(answers)
