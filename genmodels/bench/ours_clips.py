"""Our side of the benches of clips: `python -m genmodels.bench.ours_clips sample-clip`."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from genmodels.bench import clips, pictures
from genmodels.bench.ours_pictures import set_weights
from genmodels.bench.turns import serve
from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.word_pieces import LENGTH, PAD, UNKNOWN
from genmodels.models.video_diffusion import VideoDiffusion

SPEC = Spec(
    "video",
    (clips.FRAMES, clips.SIDE, clips.SIDE, clips.CHANNELS),
    0,
    (PAD, UNKNOWN, *(f"word{n}" for n in range(100))),
)
RECIPE = VideoDiffusion(width=clips.WIDTHS[0], levels=len(clips.WIDTHS), heads=clips.HEADS, fold=clips.FOLD)


def filming() -> Callable[[], np.ndarray]:
    """What films the clip of the bench once, as the page does, with a prompt that is already encoded; gives it as uint8."""
    from genmodels.trained.filming import Filmer

    filmer = Filmer(RECIPE, SPEC, dict(RECIPE.networks(SPEC)), {})
    network = filmer.networks["average"]
    set_weights(network)
    for layer in network.layers:
        if layer.name.endswith("_time"):
            shapes = [each.shape for each in layer.get_weights()]
            names = (f"{layer.name}_inward", f"{layer.name}_outward")
            layer.set_weights([pictures.weight(name, shape) for name, shape in zip(names, shapes, strict=True)])
    filmer._encode = lambda pieces: clips.told()
    settings = Drawing(steps=pictures.STEPS, guidance=pictures.GUIDANCE)
    return lambda: filmer.filmed("asked", seed=0, drawing=settings)


def training() -> Callable[[int], None]:
    """Steps as `genmodels train` takes them: deterministic, 8-bit clips and captions as pieces in, every term out."""
    from genmodels.training import loop as training  # holds TensorFlow deterministic

    learner = training.Learner(RECIPE, SPEC, steps=10_000)
    rng = np.random.default_rng(0)
    films = rng.integers(0, 256, (256, *SPEC.shape)).astype("uint8")
    pieces = rng.integers(0, len(SPEC.vocabulary), (256, LENGTH)).astype("int32")

    def work(steps: int) -> None:
        for _ in range(steps):
            chosen = rng.integers(len(films), size=clips.BATCH)
            learner.step(films[chosen], pieces[chosen])

    return work


def main(name: str) -> None:
    """Serve the bench of that name: training, or filming."""
    if name == "train-clips":
        serve(training(), warm_up=2)
        return
    film = filming()

    def work(steps: int) -> None:
        for _ in range(steps):
            film()

    serve(work, warm_up=2, tokens=film().astype(int).reshape(1, -1).tolist())


if __name__ == "__main__":
    main(*sys.argv[1:])
