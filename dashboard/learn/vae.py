"""The lesson on variational autoencoders: a map of two numbers that one walks about in."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from dashboard import navigation, resources, state
from dashboard.drawing.start import paint
from dashboard.learn import vae_numbers
from dashboard.learn.lesson import Lesson
from dashboard.parts import charts
from dashboard.parts.stating import refuse
from dashboard.safe_text import plain_text
from genmodels.data.dataset import Dataset
from genmodels.kinds.image.ink import as_ink
from genmodels.lessons import LESSONS
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.trained.opening import newest_weights

RUNS = {beta: f"vae-beta-{beta}" for beta in (0, 1, 3, 6, 10)}
FIRST, BESIDE = 1, 0  # betas
WAYS = ("A held-out digit", "Draw", "Upload")
DIGIT, TARGET = 3, 7
LEAST = 3.5  # the map of a model whose codes lie near 0 reaches so far, which is nearly all of N(0, 1)
NOTES = {
    0: "A VAE whose KL term has no weight: its spread shrank to almost nothing, as if there were none.",
    1: "Beta 1: the weight at which the loss is a bound on the likelihood.",
    3: "Beta 3: two codes have to be far apart to be told apart.",
    6: "Beta 6: little is left of the map.",
    10: "Beta 10: the map is empty. Every code gives the same picture (posterior collapse).",
}


def show() -> None:
    data = resources.dataset("digits")
    st.markdown(
        "An **autoencoder** is two networks. The *encoder* squeezes a picture of 64 pixels into two numbers, its *code*; the "
        "*decoder* has to draw the picture again from these two alone. A **variational** autoencoder (VAE) answers with two "
        "numbers and a *spread* around them, and is trained to rebuild the picture from any place within that spread."
    )
    st.header("1. Give it a picture", anchor=False)
    picture, name = given(data)
    st.header("2. Walk about in the map", anchor=False)
    st.markdown(
        "Each digit on a map stands where the model puts that held-out picture: **this map is all that the model remembers of "
        "them**. Drag the ring, or move it with the arrow keys, and watch the picture. The two thin ellipses are the code of "
        "your picture: one and two spreads around its mean."
    )
    the_map(data, picture, name)
    tasks()
    st.header("3. What was measured", anchor=False)
    vae_numbers.show({beta: run(beta) for beta in RUNS})
    st.header("4. Go on", anchor=False)
    with st.container(horizontal=True):
        navigation.link("latent", "Walk in a larger latent space", run="vae-openmoji")
        navigation.link("train", "Train one with your own beta", model="vae", data="digits")


def run(beta: int) -> Run:
    """What ships for the lesson, trained with that weight of the KL term."""
    return Run(LESSONS / RUNS[beta])


def given(data: Dataset) -> tuple[np.ndarray, str]:
    """The picture that is encoded, uint8 (8, 8, 1), and what it is called."""
    way = st.segmented_control("Picture", WAYS, default=WAYS[0], required=True, key="vae.way")
    try:
        content, name = {"Draw": drawn, "Upload": uploaded}.get(way or "", lambda: (b"", ""))()
        if content:
            return as_ink(content, data.spec.shape[0], name), name
    except Refusal as refusal:
        refuse(refusal)
    if way != WAYS[0]:
        st.caption(f"Until there is one, the map shows a held-out {DIGIT}.")
        return held_out(data, DIGIT)
    digit = st.pills("Digit", range(10), default=DIGIT, required=True, key="vae.digit")
    return held_out(data, DIGIT if digit is None else digit)


def held_out(data: Dataset, digit: int) -> tuple[np.ndarray, str]:
    return data.test.images[typical(data)[digit]], f"A held-out {digit}"


def typical(data: Dataset) -> list[int]:
    """For each digit the held-out picture that is nearest to the mean of its kind."""
    images, labels = data.test.images.astype(float), data.test.labels
    assert labels is not None
    kinds = [np.flatnonzero(labels == digit) for digit in range(data.spec.classes)]
    return [int(kind[((images[kind] - images[kind].mean(axis=0)) ** 2).sum(axis=(1, 2, 3)).argmin()]) for kind in kinds]


def drawn() -> tuple[bytes, str]:
    st.caption("Draw a digit from 0 to 9. Its ink is made as large as the field and read as 8 x 8 pixels.")
    return paint("vae", 64, colours={"black": "#000000"}, brush=8), "Your drawing"


def uploaded() -> tuple[bytes, str]:
    file = st.file_uploader(
        "A picture of one digit (PNG, JPEG, GIF, WebP, BMP)",
        type=["png", "jpg", "jpeg", "gif", "webp", "bmp"],
        key=state.upload_key("vae"),
        max_upload_size=25,
    )
    return (b"", "") if file is None else (file.getvalue(), plain_text(file.name, 40))


def the_map(data: Dataset, picture: np.ndarray, name: str) -> None:
    """The maps of the chosen VAE and of the ordinary autoencoder; all networks are computed in the browser."""
    folder, labels = Path(__file__).parent, data.test.labels
    assert labels is not None
    models = [
        {"beta": str(beta), "title": title(beta), "note": NOTES[beta], "least": LEAST, **layers(run(beta))}
        for beta in RUNS
    ]
    sent = {
        "models": models,
        "pictures": text_of(data.test.images),
        "labels": labels.tolist(),
        "side": data.spec.shape[0],
        "colours": list(charts.COLOURS),
        "first": list(RUNS).index(FIRST),
        "beside": list(RUNS).index(BESIDE),
        "target": TARGET,
        "typical": typical(data),
        "names": {
            "beta": "Beta",
            "sample": "Sample around it",
            "walk": "Walk from it",
            "target": "To which digit",
            "fill": "Fill the maps with what they decode to",
        },
    }
    known = hashlib.sha256(repr(sent).encode()).hexdigest()[:16]
    script = (folder / "network.js").read_text() + (folder / "vae_map.js").read_text()
    component = st.components.v2.component(
        "vae_map", html='<div class="vae"></div>', css=(folder / "vae_map.css").read_text(), js=script
    )
    component(data=sent | {"id": known, "given": {"picture": text_of(picture), "name": name}}, key="vae.map")


def title(beta: int) -> str:
    return f"VAE, beta {beta}" if beta else "Ordinary autoencoder (beta 0)"


def layers(trained: Run) -> dict[str, list[dict[str, Any]]]:
    """Encoder and decoder as `network.js` computes them: kernels and biases in half precision, as they ship."""
    weights = newest_weights(trained)
    found: dict[str, list[dict[str, Any]]] = {}
    for network in ("encoder", "decoder"):
        names = sorted(each for each in weights if each.startswith(network) and each.endswith((".kernel", ".bias")))
        large, made = trained.spec.shape[0], []
        for kernel, bias in zip(names[::2], names[1::2], strict=True):
            layer = {"kernel": text_of(weights[kernel].astype("<f2")), "bias": text_of(weights[bias].astype("<f2"))}
            shape = weights[kernel].shape
            if len(shape) == 2:
                made.append(layer | {"kind": "dense", "activation": "silu"})
                continue
            halves = network == "encoder"
            inputs, outputs = shape[2:] if halves else shape[:1:-1]
            made.append(
                layer
                | {"kind": "halved" if halves else "doubled", "activation": "silu"}
                | {"large": large, "side": shape[0], "inputs": inputs, "outputs": outputs}
            )
        made[-1]["activation"] = "linear" if network == "encoder" else "clip"
        found[network] = made
    return found


def text_of(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def tasks() -> None:
    st.markdown(
        "Try this:\n"
        "- **Sample around it.** Draws from the spread of a VAE give other digits of the same kind. The ordinary autoencoder "
        "gives the same picture every time: its spread has shrunk to nothing.\n"
        "- **Walk from it** to another digit, and follow both rings. Where does the picture show no digit at all?\n"
        "- **Turn beta up.** The digits move together and the pictures blur; at 10 they are all the same.\n"
        "- **Read the axes.** A VAE is told where its codes have to lie: around 0, within about 3. An ordinary autoencoder puts "
        "them anywhere, so nobody knows where a new picture may be drawn from."
    )


LESSON = Lesson(
    name="vae",
    title="VAE: a map of pictures",
    icon=":material/map:",
    minutes=5,
    promise="You drag a point across a map and see why a VAE blurs, and what an ordinary autoencoder lacks.",
    show=show,
    simplified=(
        "The latent space has two numbers, so that the map is all of it. Models that are of use have 8 to 512, which no map shows whole; with two, every picture is blurred.",
        "The pictures have 8 x 8 pixels. Whatever you draw or upload is read as a digit, because the model has seen nothing else.",
        "The ordinary autoencoder is the same VAE trained with beta 0. Its spread was free to shrink, and became far smaller than any distance between codes (measured below).",
        "What is shown decoded is the mean picture that the decoder gives; its own noise for each pixel is left out.",
        "Encoder and decoder are computed in your browser from the weights that ship; a test compares them with the model.",
    ),
    sources=(
        "Kingma and Welling 2013, *Auto-Encoding Variational Bayes*, [arXiv 1312.6114](https://arxiv.org/abs/1312.6114)",
        "Higgins et al. 2017, *beta-VAE*, [ICLR](https://openreview.net/forum?id=Sy2fzU9gl)",
        "Hinton and Salakhutdinov 2006, *Reducing the Dimensionality of Data with Neural Networks*, Science 313",
        "Alpaydin and Kaynak 1998, *Optical Recognition of Handwritten Digits*, UCI Machine Learning Repository, CC BY 4.0",
    ),
)
