"""The lesson: from a ring of points to a trained GAN."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.learn.gan import player, trained
from dashboard.learn.lesson import Lesson

START: dict[str, Any] = {
    "seed": 1,
    "shape": "ring",
    "noise": "normal",
    "loss": "non-saturating",
    "width": 32,
    "depth": 2,
    "batch": 128,
    "momentum": 0.5,
    "rateD": 0.003,
    "rateG": 0.001,
    "turnsD": 1,
    "turnsG": 1,
}
GRID = {"shape": "grid", "noise": "uniform", "depth": 3}  # with START: of those that were tried it finds the most
COLLAPSING = {"rateD": 0.001, "rateG": 0.001, "turnsG": 10, "batch": 64}  # with START and seed 1: see the test


def step(title: str, attempt: str, see: str, **scene: Any) -> dict[str, Any]:
    """One thing to try and what it shows; `scene` is what its button sets up: `set`, `view`, `speed`."""
    return {"title": title, "attempt": attempt, "see": see} | ({"scene": scene} if scene else {})


STEPS = (
    step(
        "Two networks play against each other",
        "press Show me and watch for half a minute.",
        "the generator turns random numbers into the orange dots. The discriminator colours the ground: blue where a point "
        "looks like data, orange where it looks made. The dots move to the blue until the ground is pale everywhere: then the "
        "discriminator can only guess.",
        speed=2,
    ),
    step(
        "One iteration, part by part",
        "press Show me and read along. Each part stands for one and a half seconds.",
        "the two never move at once. First the discriminator learns, and the ground changes. Then the generator learns, and "
        "its dots move a little the way the arrows point. The generator never sees the data: all it knows comes through the arrows.",
        view={"pulls": True},
        speed=0,
    ),
    step(
        "How the generator bends its noise",
        "press Show me; under Settings, choose the noise of 1 number afterwards.",
        "the thin lines are an even grid of noise after the generator. It is stretched between the places, since a network "
        "that is continuous can't tear it. So some dots always lie where no data are. Of 1 number it can only make a thread.",
        view={"bent": True, "field": False},
        speed=2,
    ),
    step(
        "Mode collapse",
        "press Show me. The discriminator now takes smaller steps, each step sees 64 points instead of 128, and the generator learns "
        "ten times for each time that the discriminator does.",
        "all dots gather at one or two places, wherever the discriminator is fooled at that moment. Once it has noticed, they run to "
        "the next. Places found stays at 0, 1 or 2 of 8 and the distance stays large, while the losses do not look alarming.",
        set=COLLAPSING,
        speed=1,
    ),
    step(
        "Harder shapes",
        "press Show me for a grid of 25 places, and give it a minute. Then try the spiral under Settings, or press Draw your own below the plane.",
        "places are found one after the other, and some are lost again. Networks this small do not keep all 25: with seeds 1, 2 and 3 they "
        "had 20 or 21 after 6,000 iterations. Rewind to the moment in which one was lost.",
        set=GRID,
        speed=10,
    ),
    step(
        "The same in a trained model",
        "scroll to “A real GAN” below and press Play there.",
        "the same two losses, and pictures instead of points. Between pictures nobody can count places so simply; the page says "
        "instead how different the pictures are from one another.",
    ),
)


def show() -> None:
    """Points in the plane, then the epochs of a run."""
    player.show({"start": START, "steps": list(STEPS)}, key="gan.plane")
    st.header("A real GAN", anchor=False)
    trained.show()


LESSON = Lesson(
    name="gan",
    title="How a GAN learns",
    icon=":material/swords:",
    minutes=5,
    promise="You will see a generator and a discriminator learn from each other, make the generator collapse on purpose, and "
    "find the same in a model that draws.",
    show=show,
    simplified=(
        "The networks are dense and small; the generator of gan-openmoji alone has 298,819 weights, in convolutions.",
        "Here the discriminator learns first and the generator after it. The GAN of this project moves both at once, from the same pictures.",
        "What is shown here is the generator itself. The real one draws with a moving average of its weights, and its "
        "discriminator sees pictures that are shifted, recoloured and cut.",
        "The dots always come from the same 512 pieces of noise, so that you see them move; learning draws new noise each time.",
        "Arrows show the direction of each pull; their lengths grow with the square root of its size, and the longest is always 30 pixels.",
        "In a spiral and in a drawing, places are points spread along the shape, not separate clusters.",
    ),
    sources=(
        "I. Goodfellow and others, *Generative Adversarial Nets*, 2014, [arXiv 1406.2661](https://arxiv.org/abs/1406.2661): both "
        "networks, and the non-saturating and minimax losses.",
        "X. Mao and others, *Least Squares Generative Adversarial Networks*, 2017, [arXiv 1611.04076](https://arxiv.org/abs/1611.04076).",
        "L. Metz and others, *Unrolled Generative Adversarial Networks*, 2017, [arXiv 1611.02163](https://arxiv.org/abs/1611.02163): mode "
        "collapse on a ring of Gaussians.",
        "M. Kahng and others, *GAN Lab*, 2019, [arXiv 1809.01587](https://arxiv.org/abs/1809.01587): the idea of watching both networks "
        "in the plane; this player was written without its code.",
    ),
)
