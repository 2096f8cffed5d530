"""The stages of the lesson from text to image, each on the model that draws: pieces, vectors, denoising, upscaling, switches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from dashboard import resources
from dashboard.applications.film_player import Film, play
from dashboard.drawing.drawn import all_upscaled
from dashboard.drawing.form import examples
from dashboard.learn.steps import component
from dashboard.parts import charts, samples, stating
from dashboard.safe_text import chart_text, counted, made_caption, plain_text
from dashboard.writing.form import trained_on
from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.text.word_pieces import PAD, WordPieces
from genmodels.runs.run import Run
from genmodels.trained import upscaler

if TYPE_CHECKING:
    from genmodels.trained.prompted import Step

STEPS, GUIDANCE, NO_GUIDANCE = 10, 2.0, 1.0
LARGE, FILM, FACTOR = 256, 320, 4  # pixels of a picture on the page, and of a film; the upscaler


def pieces(run: Run, prompt: str, seed: int) -> None:
    """The prompt as the text encoder reads it; needs no network."""
    st.markdown(
        "The prompt is cut into **word pieces** of a fixed list. A word that was frequent in the captions is one piece; another falls into several, of which all but the first begin with ##."
    )
    spelt = WordPieces.of(run.spec)
    numbers = [int(n) for n in spelt.encode([prompt])[0] if n]
    names = [plain_text(spelt.vocabulary[n], 40) for n in numbers]
    data = {
        "pieces": names,
        "under": [f"{n:,}" for n in numbers],
        "alt": "The word pieces of the prompt in their order",
    }
    component("pieces")(data=data, key="learn.word_pieces")
    st.caption(
        f"{counted(len(numbers), 'piece')} of a list of {len(spelt):,}, with their numbers. Capitals and accents are lost here, so the model cannot know them."
    )
    st.markdown("**Try it:** write a word that no caption has, such as your name.")


def vectors(run: Run, prompt: str, seed: int) -> None:
    """What the text encoder makes of each piece, and which prompts it holds for similar."""
    st.markdown(
        "A small Transformer, the **text encoder**, turns the pieces into vectors. Here every piece looks at all others, so that *dark skin tone* can belong to *woman*. These numbers, and nothing else, tell the drawing network what to draw."
    )
    others = [each for each in examples(run) if each != prompt]
    with stating.waiting("Reading the prompt"), resources.generator(run) as model:
        states, mean = model.vectors(prompt)
        means = [model.vectors(each)[1] for each in others]
    spelt = WordPieces.of(run.spec)
    names = [spelt.vocabulary[n] for n in spelt.encode([prompt])[0] if spelt.vocabulary[n] != PAD]
    figure = _heat(states, names)
    see = f"One row a piece, {states.shape[1]} numbers each. No number has a name; what is used alike has similar rows."
    charts.draw(figure, key="learn.states", name="word-vectors", see=see, table=lambda: _rows(states, names))
    st.markdown(
        "**Which prompts mean something similar?** The cosine between the mean of the rows of yours and of others; 1 is the same direction."
    )
    found = sorted(((cosine(mean, other), each) for each, other in zip(others, means, strict=True)), reverse=True)
    st.dataframe(
        [{"prompt": each, "cosine": round(similar, 3)} for similar, each in found],
        hide_index=True,
        width="content",
        alt="Other prompts by how similar their vectors are",
    )


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    """1 for the same direction, 0 for none in common."""
    return float(one @ other / max(np.linalg.norm(one) * np.linalg.norm(other), 1e-12))


def _heat(states: np.ndarray, names: list[str]) -> Any:
    from plotly import graph_objects as go

    most = float(np.abs(states).max()) or 1.0
    rows = [f"{number} {chart_text(name, 24)}" for number, name in enumerate(names, 1)]
    figure = go.Figure(
        go.Heatmap(z=states, y=rows, zmin=-most, zmax=most, colorscale="RdBu", colorbar={"title": "value"})
    )
    figure.update_xaxes(title_text="Number within the vector")
    figure.update_yaxes(title_text="Piece", autorange="reversed", type="category")
    return charts.dress(figure, height=110 + 26 * len(names)).update_layout(hovermode="closest")


def _rows(states: np.ndarray, names: list[str]) -> Any:
    import pandas

    return pandas.DataFrame(states, columns=[str(n) for n in range(states.shape[1])]).assign(piece=names)


def drawing(run: Run, prompt: str, seed: int, guidance: float = GUIDANCE) -> list[Step]:
    """All steps of one drawing; drawn once a prompt, seed and guidance."""
    settings = Drawing(steps=STEPS, guidance=guidance)

    def make() -> list[Step]:
        with resources.generator(run) as model:
            return list(model.draw([prompt], seeds=[seed], drawing=settings))

    said = (
        stating.IN_TURN
        if resources.busy(run)
        else f"Drawing in {STEPS} steps; the first time the model is loaded too, which takes some seconds"
    )
    with stating.waiting(said):
        made: list[Step] = resources.explored(
            ("lesson", str(run.path), resources.newest(run), prompt, seed, guidance), make
        )
    return made


def denoising(run: Run, prompt: str, seed: int) -> None:
    """The film of the drawing: what is noisy, and what the network takes for the picture behind it."""
    st.markdown(
        "The picture begins as **noise**: every pixel is random. At each step the network sees the noisy picture and the vectors of the prompt, and predicts the clean picture. Some of the noise is then taken away, and it is asked again. **Play it.**"
    )
    steps = drawing(run, prompt, seed)
    films = [
        Film("With the noise that is left", np.stack([step.noisy[0] for step in steps])),
        Film("What the network predicts", np.stack([step.clean[0] for step in steps])),
    ]
    with st.container(width=FILM):
        play(films, "learn.denoising", f"The {len(steps)} steps of a drawing.", steps=True)
    st.caption(_made(run, seed))
    levels = [step.level for step in steps]
    st.caption(
        f"After step 1 the noise has a standard deviation of {levels[0]:.2f}, after the last {levels[-1]:.2f}. The outline is there early, details come last. Press Other noise: the same prompt from another start is another picture."
    )


def upscaling(run: Run, prompt: str, seed: int) -> None:
    """The small picture beside two ways to make it larger."""
    picture = drawing(run, prompt, seed)[-1].clean[0]
    side = picture.shape[0]
    st.markdown(
        f"The model draws {side} x {side} pixels. A second network, the **upscaler**, has seen small pictures beside large ones and adds the edges that are likely."
    )
    if not upscaler.fits(run):
        stating.noted(
            "The upscaler was not measured on what this model draws, so it is left out here; choose diffusion-openmoji."
        )
        _beside([("As drawn", picture)])
        return
    _beside(
        [
            ("As drawn, its pixels as squares", picture),
            ("Smoothed (bicubic)", bicubic(picture)),
            ("By the upscaler", all_upscaled(picture[None])[0]),
        ]
    )
    st.caption(_made(run, seed))
    st.caption(
        "Smoothing adds nothing and blurs. The upscaler draws sharp lines that were not there: likely ones, not true ones."
    )


def bicubic(picture: np.ndarray) -> np.ndarray:
    """The picture four times as large, by interpolation alone."""
    from PIL import Image

    height, width = picture.shape[:2]
    return np.asarray(Image.fromarray(picture).resize((FACTOR * width, FACTOR * height), Image.Resampling.BICUBIC))


def switches(run: Run, prompt: str, seed: int) -> None:
    """Everything on beside what comes of it with parts switched off, from the same noise."""
    st.markdown(
        "**Switch a part off.** Both pictures begin with the same noise, so what differs is what the part does."
    )
    fits = upscaler.fits(run)
    with st.container(horizontal=True):
        guided = st.toggle("Guidance", value=True, key="learn.guided")
        told = st.toggle("Text", value=False, key="learn.told")
        refined = st.toggle("Upscaler", value=True, key="learn.refined", disabled=not fits)
    whole = drawing(run, prompt, seed)[-1].clean[0]
    part = drawing(run, prompt if told else "", seed, GUIDANCE if guided else NO_GUIDANCE)[-1].clean[0]
    enlarged = all_upscaled(np.stack([whole, part])) if fits else np.stack([whole, part])
    _beside([("Everything on", enlarged[0]), ("As switched", enlarged[1] if refined and fits else part)])
    st.caption(_made(run, seed))
    apart = float(np.abs(whole.astype(float) - part).mean() / 255)
    st.caption(
        f"The small pictures differ by {100 * apart:.1f}\u00a0% of the range from black to white, on average over pixels and colours."
    )
    st.markdown(
        f"- **Guidance** ({GUIDANCE:g} when on): the network predicts twice, with and without the prompt, and goes further in the direction from the one to the other. Off is 1: only what it learned. How much that changes depends on the prompt; the number above says it.\n"
        "- **Text**: without it the network draws what is likely in its training pictures, whatever the prompt says. Guidance has nothing to exaggerate then.\n"
        "- **Upscaler**: without it the picture stays small; what is drawn does not change."
    )


def _beside(pictures: list[tuple[str, np.ndarray]]) -> None:
    for column, (title, picture) in zip(st.columns(len(pictures)), pictures, strict=True):
        with column:
            samples.images(picture[None], title, side=LARGE)
            st.caption(f"**{title}**, {picture.shape[1]} x {picture.shape[0]} pixels")


def _made(run: Run, seed: int) -> str:
    return made_caption(f", {trained_on(run)}, run {run.id}, seed {seed}, {STEPS} steps.", 300)
