"""How far a diffusion model is off on single pictures: the loss that membership is inferred from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genmodels.models.diffusion import Diffusion
from genmodels.networks.compute import compiled, in_chunks
from genmodels.networks.denoising import MOST_NOISE, mixture
from genmodels.networks.text_encoder import encoded
from genmodels.trained.roles import DRAWS

if TYPE_CHECKING:
    from genmodels.lazy_keras import Networks


def velocity_errors(
    recipe: Diffusion, networks: Networks, images: np.ndarray, pieces: np.ndarray, seed: int
) -> np.ndarray:
    """Mean squared error (n,) of the velocity over levels of noise, which is the same for all of uint8 (n, height, width, channels).

    `pieces` (n, LENGTH) are those of their captions.
    """
    predict = compiled(lambda noisy, angle, told: recipe.velocity(networks, noisy, angle, *encoded(networks, told)))
    rng, scaled = np.random.default_rng([seed, 11]), images.astype("float32") / 127.5 - 1
    total = np.zeros(len(images))
    for level in (np.arange(DRAWS) + 0.5) / DRAWS:
        noise = np.repeat(rng.standard_normal((1, *scaled.shape[1:]), dtype="float32"), len(scaled), axis=0)
        angle = np.full((len(scaled), 1), level * MOST_NOISE, "float32")
        noisy, velocity = (np.asarray(each) for each in mixture(scaled, noise, angle))
        predicted = in_chunks(lambda *rows: np.asarray(predict(*rows)), noisy, angle, pieces)
        total += ((predicted - velocity) ** 2).mean(axis=(1, 2, 3))
    return total / DRAWS
