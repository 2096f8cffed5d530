"""Text to image: a prompt from word pieces to vectors, to a picture out of noise, and to a larger picture; each part can be switched off."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard import navigation, state
from dashboard.drawing.form import examples, known_words, painters
from dashboard.learn import picture_stages
from dashboard.learn.lesson import Lesson
from dashboard.learn.steps import by_steps, chosen_model
from dashboard.parts import stating
from dashboard.parts.samples import credit
from dashboard.parts.stating import refuse
from dashboard.safe_text import safe_text
from dashboard.writing.form import trained_on
from genmodels.kinds.text.word_pieces import LONGEST
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

SHOWCASE = "diffusion-openmoji"
MOST_SEEDS = 1000


def show() -> None:
    """The prompt and the model above, then one stage after the other."""
    store = RunStore.default()
    names = [name for name in painters(store) if store[name].experiment.make_recipe().in_steps]
    if not names:
        stating.empty(
            "There is no trained model that draws prompts by diffusion yet. Train one, then take this lesson.",
        )
        navigation.link("train", "Train a diffusion model", model="diffusion")
        return
    titles = {name: f"{trained_on(store[name])} ({name})" for name in names}
    run = store[chosen_model("Model", titles, SHOWCASE, state.PAINTER)]
    try:
        prompt = _prompt(run)
        seed = int(state.get(state.NOISE, 0))
        stages = {
            "Word pieces": picture_stages.pieces,
            "Vectors": picture_stages.vectors,
            "Denoising": picture_stages.denoising,
            "Upscaling": picture_stages.upscaling,
            "Switch off": picture_stages.switches,
        }
        by_steps([(name, partial(draw, run, prompt, seed)) for name, draw in stages.items()])
        navigation.link("prompt", "Draw and keep pictures: Prompt", run=run.id, prompt=prompt)
        credit(run.facts.get("credit", ""))
    except Refusal as refusal:
        refuse(refusal)


def _prompt(run: Run) -> str:
    """What is to be drawn, with examples to click and the words that the model does not know."""
    state.from_url(state.PICTURED)
    offered = examples(run)
    if not str(state.get(state.PICTURED) or "").strip():
        state.put(state.PICTURED, offered[0] if offered else "a drawing")
    prompt = st.text_input("Your prompt", max_chars=LONGEST, **state.kept(state.PICTURED)).strip()
    with st.container(horizontal=True, vertical_alignment="center"):
        for example in offered:
            label = safe_text(example, 60)
            st.button(label, key=f"pictured.{example}", on_click=state.put, args=(state.PICTURED, example))
        st.button("Other noise", icon=":material/casino:", on_click=_other_noise, help="The next seed of the noise")
    known_words(run, prompt, state.PICTURED)
    return prompt


def _other_noise() -> None:
    state.put(state.NOISE, (int(state.get(state.NOISE, 0)) + 1) % MOST_SEEDS)


LESSON = Lesson(
    name="text-to-image",
    title="Text to image",
    icon=":material/brush:",
    minutes=5,
    promise="How a prompt becomes a picture: word pieces, vectors, a picture out of noise, a larger picture; and what is lost without each part.",
    show=show,
    simplified=(
        "The pictures have 32 x 32 pixels and are drawn as pixels. Large models draw in a smaller space that a VAE made (latent diffusion) and have hundreds of times as many numbers.",
        "The model knows only the words of its training captions, a few thousand; the page says which words it does not know.",
        "The text encoder was trained with the same small pictures and their captions; large models take one that read the whole web.",
        "The upscaler here is one network that enlarges in one go. In large systems the refiner is often a second diffusion model.",
        "Guidance above 1 exaggerates what the prompt changes; it is no understanding, and at high values the colours burn out.",
    ),
    sources=(
        "Ho, Jain and Abbeel 2020, *Denoising Diffusion Probabilistic Models*, arXiv 2006.11239.",
        "Ho and Salimans 2022, *Classifier-Free Diffusion Guidance*, arXiv 2207.12598.",
        "Radford et al. 2021, *Learning Transferable Visual Models From Natural Language Supervision* (CLIP), arXiv 2103.00020: text encoders trained with pictures.",
        "Wu et al. 2016, arXiv 1609.08144: word pieces.",
        "Lu et al. 2022, *DPM-Solver++*, arXiv 2211.01095: few steps from noise to picture.",
        "Rombach et al. 2022, *High-Resolution Image Synthesis with Latent Diffusion Models*, arXiv 2112.10752: what large models do differently.",
        "Saharia et al. 2022, *Imagen*, arXiv 2205.11487: a small picture first, then upscaling.",
    ),
)
