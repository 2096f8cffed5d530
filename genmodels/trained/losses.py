"""The loss that a trained model has on single examples, where it has one: what membership is inferred from."""

from __future__ import annotations

from typing import Any

import numpy as np

from genmodels.models.diffusion import MOST_NOISE, mixture
from genmodels.networks.text_encoder import encoded
from genmodels.refusal import Refusal

DRAWS = 8  # noises averaged over for each example, the same for all


def losses(generator: Any, examples: Any, index: np.ndarray, seed: int = 0) -> np.ndarray:
    """The loss (n,) of a model on the examples at `index`; lower is better known to it.

    VAE: negative evidence lower bound, nats. Diffusion: mean squared error of the velocity over levels of noise. Text:
    mean nats a token of the window of the context's length that begins at `index` (in windows). A generator with a
    method `losses` answers itself. Raises `Refusal` for
    what has no loss on an example, such as a GAN.
    """
    if hasattr(generator, "losses"):
        return generator.losses(examples.take(index), seed)
    if hasattr(generator.recipe, "scored"):
        windows, _ = examples.batch(examples.context * np.asarray(index))
        return np.asarray(generator.recipe.scored(generator.networks)(windows)).astype("float64").mean(axis=1)
    if hasattr(generator.recipe, "log_weights"):
        return _of_vae(generator, examples.take(index), seed)
    if hasattr(generator.recipe, "velocity"):
        return _of_diffusion(generator, examples.take(index), seed)
    raise Refusal(
        "This model has no loss on a single example (a GAN learns against a critic), so membership can't be inferred from it; audit a VAE, a diffusion model or a Transformer."
    )


def _of_vae(generator: Any, examples: Any, seed: int) -> np.ndarray:
    from genmodels.networks.compute import compiled, in_chunks

    label = np.asarray(generator.recipe.condition(generator.spec, examples.images, examples.labels))
    weigh = compiled(lambda x, y, noise: generator.recipe.log_weights(generator.networks, x, y, noise))
    scaled, rng = examples.images.astype("float32") / 255, np.random.default_rng([seed, 11])
    total = np.zeros(len(examples))
    for _ in range(DRAWS):
        noise = np.repeat(rng.standard_normal((1, generator.latent), dtype="float32"), len(examples), axis=0)
        total -= in_chunks(lambda *rows: np.asarray(weigh(*rows)), scaled, label, noise)
    return total / DRAWS


def _of_diffusion(generator: Any, examples: Any, seed: int) -> np.ndarray:
    from genmodels.networks.compute import compiled, in_chunks

    networks = generator.networks
    predict = compiled(
        lambda noisy, angle, pieces: generator.recipe.velocity(networks, noisy, angle, *encoded(networks, pieces))
    )
    pieces, rng = generator.word_pieces.encode(examples.captions), np.random.default_rng([seed, 11])
    images = examples.images.astype("float32") / 127.5 - 1
    total = np.zeros(len(examples))
    for level in (np.arange(DRAWS) + 0.5) / DRAWS:
        noise = np.repeat(rng.standard_normal((1, *images.shape[1:]), dtype="float32"), len(images), axis=0)
        angle = np.full((len(images), 1), level * MOST_NOISE, "float32")
        noisy, velocity = (np.asarray(each) for each in mixture(images, noise, angle))
        predicted = in_chunks(lambda *rows: np.asarray(predict(*rows)), noisy, angle, pieces)
        total += ((predicted - velocity) ** 2).mean(axis=(1, 2, 3))
    return total / DRAWS
