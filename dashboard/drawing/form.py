"""What the prompt page asks for where a model draws: the prompt, whether its words are known, the seed and the settings."""

from __future__ import annotations

import re

import streamlit as st

from dashboard import resources, state
from dashboard.parts import forms
from dashboard.safe_text import safe_text
from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.text.word_pieces import LONGEST, WordPieces
from genmodels.models.recipe import MODELS
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore, gallery_names

SEEDS = 2**31 - 1000
EXAMPLES = {  # by data set: what its captions say, to be clicked
    "openmoji": (
        "woman firefighter, dark skin tone",
        "man astronaut, light skin tone",
        "woman cook, medium skin tone",
        "red heart",
        "cat face",
        "pizza",
    ),
    "motion": (
        "a red car moving left slowly",
        "a green frog moving up quickly and bouncing back",
        "a blue square turning and moving down slowly",
        "an orange star moving right and hitting a pink pig",
    ),
    "icons": ("arrow left circle", "heart outline", "cloud upload", "rocket", "calendar lock outline", "account"),
}
MOST_EXAMPLES, LONGEST_EXAMPLE = 6, 48  # examples; characters of one


def painters(store: RunStore) -> list[str]:
    """The runs that draw what a prompt says and have weights: the gallery, then the user's own, newest first."""
    rows = [row for row in resources.run_rows(store) if row["model"] in MODELS and MODELS[row["model"]].follows_prompts]
    names = [row["id"] for row in rows if row["gallery"] and row["id"] in gallery_names()] + [
        row["id"] for row in rows if not row["gallery"]
    ]
    return [name for name in names if follows_prompts(store[name])]


def follows_prompts(run: Run) -> bool:
    """Is it a run that draws what a prompt says, with weights?"""
    try:
        recipe = run.experiment.make_recipe()
    except Refusal:
        return False  # a damaged run draws nothing; the others do
    return recipe.captioned and recipe.draws and any((run.path / part).is_dir() for part in ("checkpoints", "epochs"))


def prompt_form(
    run: Run, *more: tuple[str, str], strength: bool = False, verb: str = "Draw", icon: str = ":material/brush:"
) -> tuple[list[str], int, Drawing, bool]:
    """A line for the prompt, one for each further (label, key), Draw, which Enter presses too, and the settings: what was
    written, first seed, settings, and whether it is to be drawn now. Below stands which words the model does not know, and
    examples to click. Settings are in the form: else a press on Draw is lost that leaves a number half written."""
    state.from_url(state.PROMPT)
    lines, prompts = [("Prompt", state.PROMPT), *more], []
    placeholder = f"Such as: {(examples(run) or ('a drawing',))[0]}"
    with st.form("drawing", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom", key="prompt_row"):
            for label, key in lines:
                prompts.append(st.text_input(label, placeholder=placeholder, **state.kept(key)) or "")
            pressed = st.form_submit_button(verb, type="primary", icon=icon)
            asked = pressed or bool(state.take(state.DRAW_AGAIN))
            st.form_submit_button("Stop", icon=":material/stop_circle:", disabled=not asked)
        seed, drawing = _settings(run, strength)
    for prompt in prompts:
        if len(prompt) > LONGEST:
            raise Refusal(f"The prompt has {len(prompt):,} characters; at most {LONGEST:,} are read, so shorten it.")
    for (_, key), prompt in zip(lines, prompts, strict=True):
        known_words(run, prompt, key)
    example_buttons(run)
    return [prompt.strip() for prompt in prompts], seed, drawing, asked


def example_buttons(run: Run) -> None:
    """Prompts that the model can follow; a click draws one."""
    with st.container(horizontal=True, vertical_alignment="center"):
        for example in examples(run):
            st.button(
                safe_text(example, 60),
                key=f"example.{example}",
                on_click=_ask_for,
                args=(example,),
                help="Ask for this",
            )


def _ask_for(prompt: str) -> None:
    state.put(state.PROMPT, prompt)
    state.put(state.DRAW_AGAIN, True)


def examples(run: Run) -> tuple[str, ...]:
    """About six prompts of which the model knows every word: of a set of one's own, captions or else its commonest words."""
    return resources.explored((str(run.path), resources.newest(run), "examples"), lambda: tuple(_known_examples(run)))


def _known_examples(run: Run) -> list[str]:
    seen, pieces = run.facts.get("words") or {}, WordPieces.of(run.spec)
    offered = list(EXAMPLES.get(run.experiment.data) or _captions(run))
    known = [each for each in offered if not seen or all(word.known for word in pieces.words(each, seen))]
    return (known or [word for word in sorted(seen, key=lambda word: -seen[word]) if len(word) > 3])[:MOST_EXAMPLES]


def _captions(run: Run) -> list[str]:
    """Short captions of held-out pictures, evenly chosen; none where the data are not here."""
    try:
        captions = resources.dataset(run.experiment.data, run.experiment.source).test.captions
    except Refusal:
        return []
    short = [each for each in dict.fromkeys(captions) if len(each) <= LONGEST_EXAMPLE]
    return short[:: max(1, len(short) // MOST_EXAMPLES)]


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
        st.caption(
            ":material/help: Not seen in training: " + ", ".join(safe_text(word.text, 40) for word in strange[:8]) + "."
        )
        for word in strange[:4]:
            for near in word.nearest[:2]:
                st.button(
                    safe_text(f"{word.text} → {near}", 60),
                    key=f"near.{key}.{word.text}.{near}",
                    on_click=_replace,
                    args=(key, word.text, near),
                )


def _replace(key: str, old: str, new: str) -> None:
    """Put another word in the place of one, wherever it stands as a whole word."""
    state.put(key, re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda found: new, str(state.get(key, ""))))


def settings_form(run: Run) -> tuple[int, Drawing]:
    """The settings where there is no prompt to write."""
    return _settings(run, strength=False)


def _settings(run: Run, strength: bool) -> tuple[int, Drawing]:
    """First seed and settings, folded to one line."""
    with st.expander("Seed and settings", icon=":material/tune:", expanded=strength):
        return _seed_box(), _drawing_form(run, strength)


def _seed_box() -> int:
    return int(
        st.number_input(
            "First seed",
            0,
            SEEDS,
            0,
            1,
            help="Each further picture has the next seed. The same prompt, seed and settings give the same picture.",
            **state.bound(state.SEED),
        )
    )


def _drawing_form(run: Run, strength: bool) -> Drawing:
    """The settings; a GAN ignores them all, and strength matters only with a picture to begin from."""
    if not run.experiment.make_recipe().in_steps:
        st.caption("A GAN draws in one go: it has no steps, no guidance and no negative prompt.")
        return Drawing()
    answers = forms.knob_form("drawing", [knob for knob in Drawing.knobs() if strength or knob.name != "strength"])
    return Drawing.from_dict(answers)
