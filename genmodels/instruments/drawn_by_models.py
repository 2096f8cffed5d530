"""What the gallery's models draw for data sets: people redrawn by an autoencoder, and what each family of generators draws."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

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
    return FAMILIES[family](n, seed)


@functools.cache
def _model(name: str) -> Any:
    """A model of the gallery, opened once."""
    return open_model(shipped(name))


def _prompted(name: str, n: int, seed: int, **settings: Any) -> np.ndarray:
    """Pictures for training captions that the model knows, chosen by the seed."""
    experiment = shipped(name).experiment
    captions = tuple(filter(_model(name).knows, experiment.make_source().load().train.captions))
    chosen = np.random.default_rng([seed, 2]).integers(len(captions), size=n)
    given = [captions[i] for i in chosen]
    return in_colour(_model(name).sample(n, seed=seed, given=given, drawing=Drawing(**settings)))


def _halves(n: int, *draws: Callable[[int], np.ndarray]) -> np.ndarray:
    """n pictures, as many of each that draws, but for the rest, which the first draw."""
    return np.concatenate([draw(n // len(draws) + (number < n % len(draws))) for number, draw in enumerate(draws)])


def _vae(n: int, seed: int) -> np.ndarray:
    return np.asarray(_model("vae-openmoji").sample(n, seed=seed))


def _gan(n: int, seed: int) -> np.ndarray:
    emoji = lambda k: _model("gan-openmoji").sample(k, seed=seed)  # noqa: E731
    return _halves(n, emoji, lambda k: _prompted("gan-prompts", k, seed))


def _diffusion(n: int, seed: int) -> np.ndarray:
    emoji = lambda k: _prompted("diffusion-openmoji", k, seed, steps=10)  # noqa: E731
    return _halves(n, emoji, lambda k: _prompted("diffusion-icons", k, seed, steps=10))


def _upscaled(n: int, seed: int) -> np.ndarray:
    """Enlarged by the upscaler and made small again."""
    at = seed + 50_000
    by_gan = lambda k: _prompted("gan-prompts", k, at)  # noqa: E731
    small = _halves(n, by_gan, lambda k: _prompted("diffusion-openmoji", k, at, steps=10))
    large = _model("upscaler").upscale(small)
    return np.stack(
        [np.asarray(Image.fromarray(each).resize((SIZE, SIZE), Image.Resampling.LANCZOS)) for each in large]
    )


def _interpolated(n: int, seed: int) -> np.ndarray:
    """Half way between the latents of two samples."""

    def between(name: str, k: int) -> np.ndarray:
        model = _model(name)
        pairs = [np.concatenate([model.latents(1, seed=seed + 2 * i + end) for end in (0, 1)]) for i in range(k)]
        halfway = [model.decode(interpolate(ends, 3))[1] for ends in pairs]
        return np.stack(halfway) if halfway else np.zeros((0, SIZE, SIZE, 3), np.uint8)

    return _halves(n, lambda k: between("vae-openmoji", k), lambda k: between("gan-openmoji", k))


# Family to what draws n pictures, uint8 (n, 32, 32, 3), from a seed.
FAMILIES: dict[str, Callable[[int, int], np.ndarray]] = {
    "vae": _vae,
    "gan": _gan,
    "diffusion": _diffusion,
    "upscaled": _upscaled,
    "interpolated": _interpolated,
}
