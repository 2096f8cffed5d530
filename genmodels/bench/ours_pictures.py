"""Our side of the benches of pictures: `python -m genmodels.bench.ours_pictures sample-image`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from genmodels.bench import pictures
from genmodels.bench.turns import serve
from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.word_pieces import LENGTH, PAD, UNKNOWN
from genmodels.models.diffusion import Diffusion

if TYPE_CHECKING:
    from genmodels.lazy_keras import keras
    from genmodels.trained.prompted import PictureGenerator

SPEC = Spec(
    "image", (pictures.SIDE, pictures.SIDE, pictures.CHANNELS), 0, (PAD, UNKNOWN, *(f"word{n}" for n in range(1000)))
)


def set_weights(network: keras.Model) -> None:
    """The weights of `pictures.weight`; biases are 0 and scales 1."""
    for layer in network.layers:
        if layer.weights:
            first, *rest = layer.get_weights()
            kernel = np.ones_like(first) if first.ndim == 1 else pictures.weight(layer.name, first.shape)
            layer.set_weights([kernel, *map(np.zeros_like, rest)])


def generator() -> PictureGenerator:
    """As the page has it, with prompts that are already encoded."""
    from genmodels.trained.prompted import PictureGenerator

    made = PictureGenerator(Diffusion(), SPEC, Diffusion().networks(SPEC), {})
    set_weights(made.networks["average"])
    states, mean = pictures.told()
    asked, against = ((states[part], mean[part]) for part in (slice(pictures.PICTURES), slice(pictures.PICTURES, None)))
    made._encoded = lambda prompts: against if prompts[0] == "" else asked  # type: ignore[method-assign]
    return made


def drawing(sampler: str) -> Callable[[], np.ndarray]:
    """What draws the pictures of the bench once with that sampler, and gives them clean."""
    made, settings = generator(), Drawing(sampler=sampler, steps=pictures.STEPS, guidance=pictures.GUIDANCE)

    def draw() -> np.ndarray:
        *_, last = made.draw(["asked"] * pictures.PICTURES, seeds=range(pictures.PICTURES), drawing=settings)
        return last.clean

    return draw


def training() -> Callable[[int], None]:
    """Steps as `genmodels train` takes them: deterministic, 8-bit pictures and captions as pieces in, every term out."""
    from genmodels.training import loop as training  # holds TensorFlow deterministic

    learner = training.Learner(Diffusion(), SPEC, steps=10_000)
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (2048, *SPEC.shape)).astype("uint8")
    pieces = rng.integers(0, len(SPEC.vocabulary), (2048, LENGTH)).astype("int32")

    def work(steps: int) -> None:
        for _ in range(steps):
            chosen = rng.integers(len(images), size=pictures.BATCH)
            learner.step(images[chosen], pieces[chosen])

    return work


def main(name: str, sampler: str = "dpm-solver++") -> None:
    """Serve the bench of that name: training, or drawing with a sampler."""
    if name == "train-diffusion":
        serve(training(), warm_up=3)
        return
    draw = drawing(sampler)

    def work(steps: int) -> None:
        for _ in range(steps):
            draw()

    serve(work, warm_up=2, tokens=draw().astype(int).reshape(pictures.PICTURES, -1).tolist())


if __name__ == "__main__":
    main(*sys.argv[1:])
