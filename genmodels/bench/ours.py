"""Our side of the benches: `python -m genmodels.bench.ours NAME`."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from genmodels.bench import BATCH
from genmodels.bench.turns import serve
from genmodels.kinds.spec import Spec
from genmodels.metrics.frechet import frechet_value
from genmodels.metrics.precision_recall import precision_recall
from genmodels.models.recipe import MODELS

SPEC = Spec("image", (32, 32, 3))
FRAMES = 64
EXAMPLES, DIMENSIONS = 10_000, 2048


def training(model: str) -> Callable[[int], None]:
    """Steps as `genmodels train` takes them: deterministic, 8-bit pictures in, every term out."""
    from genmodels.training import loop as training  # holds TensorFlow deterministic

    learner = training.Learner(MODELS[model](), SPEC)
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (2048, *SPEC.shape)).astype("uint8")

    def work(steps: int) -> None:
        for _ in range(steps):
            learner.step(images[rng.integers(len(images), size=BATCH)])

    return work


def latent_walk() -> Callable[[int], None]:
    """All frames of a walk in one batch."""
    from genmodels.trained.latent import TrainedGenerator

    recipe = MODELS["vae"]()
    generator = TrainedGenerator(recipe, SPEC, recipe.networks(SPEC))
    path = walk(recipe.latent)

    def work(steps: int) -> None:
        for _ in range(steps):
            generator.decode(path)

    return work


def walk(latent: int) -> np.ndarray:
    """(FRAMES, latent) on a straight line between two draws."""
    a, b = np.random.default_rng(0).standard_normal((2, 1, latent), dtype="float32")
    share = np.linspace(0, 1, FRAMES, dtype="float32")[:, None]
    return (1 - share) * a + share * b


def two_sets(dimensions: int) -> tuple[np.ndarray, np.ndarray]:
    """Two samples of N(0, I), (EXAMPLES, dimensions)."""
    rng = np.random.default_rng(0)
    return rng.standard_normal((EXAMPLES, dimensions)), rng.standard_normal((EXAMPLES, dimensions))


def frechet() -> Callable[[int], None]:
    """The value alone, as the peer gives it."""
    real, fake = two_sets(DIMENSIONS)

    def work(steps: int) -> None:
        for _ in range(steps):
            frechet_value(real, fake)

    return work


def prdc() -> Callable[[int], None]:
    """All four, with their intervals."""
    real, fake = two_sets(DIMENSIONS)

    def work(steps: int) -> None:
        for _ in range(steps):
            precision_recall(real, fake)

    return work


SIDES: dict[str, Callable[[], Callable[[int], None]]] = {
    "train-vae": lambda: training("vae"),
    "train-gan": lambda: training("gan"),
    "latent-walk": latent_walk,
    "frechet": frechet,
    "prdc": prdc,
}

if __name__ == "__main__":
    name = sys.argv[1]
    serve(SIDES[name](), warm_up=1 if name in ("frechet", "prdc") else 5)
