"""What the gallery's models draw for data sets: people redrawn by an autoencoder, and what each family of generators draws."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from genmodels.data.dataset import DATA
from genmodels.data.drawers import DRAWERS
from genmodels.data.sets.fakes import SIZE
from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.image.resizing import in_colour
from genmodels.runs.store import shipped
from genmodels.trained.interpolation import interpolate
from genmodels.trained.opening import open_model


@DRAWERS.add("redrawn")
def redrawn(images: np.ndarray) -> np.ndarray:
    """Pictures uint8 (n, 32, 32, 3) encoded and decoded by the autoencoder of the gallery: as a network draws them."""
    autoencoder = open_model(shipped("vae-openmoji"))
    return np.asarray(autoencoder.decode(autoencoder.encode(images)))


@DRAWERS.add("generated")
def generated(family: str, n: int, seed: int) -> np.ndarray:
    """n pictures of a family of generators, uint8 (n, 32, 32, 3), by the weights that are in the gallery now."""
    return generators()[family](n, seed)


@functools.cache
def generators() -> dict[str, Callable[[int, int], np.ndarray]]:
    """Family to what draws n pictures, uint8 (n, 32, 32, 3), from a seed; each model is opened once."""
    of = functools.cache(lambda name: open_model(shipped(name)))

    def prompted(name: str, n: int, seed: int, **settings: Any) -> np.ndarray:
        captions = DATA[shipped(name).experiment.data].from_dict(shipped(name).experiment.source).load().train.captions
        captions = tuple(filter(of(name).knows, captions))
        chosen = np.random.default_rng([seed, 2]).integers(len(captions), size=n)
        return in_colour(
            of(name).sample(n, seed=seed, given=[captions[i] for i in chosen], drawing=Drawing(**settings))
        )

    def halves(n: int, *draws: Callable[[int], np.ndarray]) -> np.ndarray:
        return np.concatenate([draw(n // len(draws) + (number < n % len(draws))) for number, draw in enumerate(draws)])

    def diffusion(n: int, seed: int) -> np.ndarray:
        return halves(
            n,
            lambda k: prompted("diffusion-openmoji", k, seed, steps=10),
            lambda k: prompted("diffusion-icons", k, seed, steps=10),
        )

    def gan(n: int, seed: int) -> np.ndarray:
        return halves(n, lambda k: of("gan-openmoji").sample(k, seed=seed), lambda k: prompted("gan-prompts", k, seed))

    def upscaled(n: int, seed: int) -> np.ndarray:
        large = of("upscaler").upscale(
            halves(
                n,
                lambda k: prompted("gan-prompts", k, seed + 50_000),
                lambda k: prompted("diffusion-openmoji", k, seed + 50_000, steps=10),
            )
        )
        return np.stack(
            [np.asarray(Image.fromarray(each).resize((SIZE, SIZE), Image.Resampling.LANCZOS)) for each in large]
        )

    def interpolated(n: int, seed: int) -> np.ndarray:
        def between(name: str, k: int) -> np.ndarray:
            pairs = [np.concatenate([of(name).latents(1, seed=seed + 2 * i + end) for end in (0, 1)]) for i in range(k)]
            halfway = [of(name).decode(interpolate(ends, 3))[1] for ends in pairs]
            return np.stack(halfway) if halfway else np.zeros((0, SIZE, SIZE, 3), np.uint8)

        return halves(n, lambda k: between("vae-openmoji", k), lambda k: between("gan-openmoji", k))

    return {
        "vae": lambda n, seed: of("vae-openmoji").sample(n, seed=seed),
        "gan": gan,
        "diffusion": diffusion,
        "upscaled": upscaled,
        "interpolated": interpolated,
    }
