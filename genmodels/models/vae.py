"""Variational autoencoder.

Paper: Kingma and Welling, Auto-Encoding Variational Bayes, arXiv 1312.6114. It maximises, for each picture x,

    E_q(z|x) [log p(x|z)]  -  beta KL(q(z|x) || N(0, I))

where beta = 1 is the evidence lower bound and beta > 1 the beta-VAE (Higgins et al. 2017). Where this differs:
convolutions in place of dense layers; beta rises from 0 over the first steps (Bowman et al. 2016), because a KL term
that is there before the decoder is any use switches latent dimensions off for good; and the default likelihood is the
logistic one in 256 levels of Salimans et al. 2017 with a scale learned for each place of the picture, because then the
bound is one on the probability of the 8-bit picture itself and can be quoted in bits per dimension.

Expected: `vae` on `openmoji` (32x32, people) reaches its held-out bound in the time that `docs/gallery.md` states.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from genmodels.kinds.image.examples import Examples
from genmodels.kinds.spec import Spec
from genmodels.knobs import knob
from genmodels.lazy_keras import keras, network, ops
from genmodels.models.recipe import ACTIVE, Recipe, model

if TYPE_CHECKING:
    from genmodels.lazy_keras import Networks, Tensor
    from genmodels.networks.learner import Learner


@model("vae")
@dataclass(frozen=True, kw_only=True)
class Vae(Recipe):
    """Variational autoencoder: a smooth latent space, blurred pictures, a likelihood."""

    latent: int = knob(64, 2, 512, "Size of the latent space")
    width: int = knob(32, 4, 256, "Channels of the first convolution; each further one has twice as many")
    beta: float = knob(1.0, 0.0, 100.0, "Weight of the KL term; 1 is the evidence lower bound")
    warmup: int = knob(500, 0, 1_000_000, "Steps over which beta rises from 0")
    likelihood: str = knob(
        "logistic",
        choices=("logistic", "bernoulli", "gaussian"),
        help="p(x|z): logistic in 256 levels (gives bits per dimension), Bernoulli or unit Gaussian",
    )
    conditional: bool = knob(False, help="Tell encoder and decoder the label")
    learning_rate: float = knob(1e-3, 1e-6, 0.1, "Step size of Adam")

    decodes: ClassVar = True
    encodes: ClassVar = True
    bounded: ClassVar = True
    drawing: ClassVar = ("encoder", "decoder")  # what a trained one needs

    @property
    def needs_labels(self) -> bool:
        """Is it told labels?"""
        return self.conditional

    # The network

    def networks(self, spec: Spec) -> dict[str, keras.Model]:
        """`encoder`: image and label to mean and log variance; `decoder`: latent and label to the likelihood."""
        from genmodels.networks.layers import halvings, silu

        height, width, channels = spec.shape
        depth = halvings(height, width)
        widths = [self.width * 2**level for level in range(depth)]
        small = (height >> depth, width >> depth, widths[-1])
        classes = spec.classes if self.conditional else 0

        image = keras.Input(spec.shape)
        label = keras.Input((classes,), name="label")
        h = 2 * image - 1
        for filters in widths:
            h = keras.layers.Conv2D(filters, 4, strides=2, padding="same", activation=silu)(h)
        h = keras.layers.Concatenate()([keras.layers.Flatten()(h), label])
        h = keras.layers.Dense(8 * self.width, activation=silu)(h)
        encoder = network([image, label], keras.layers.Dense(2 * self.latent)(h), name="encoder")

        latent = keras.Input((self.latent,))
        label = keras.Input((classes,), name="label")
        h = keras.layers.Concatenate()([latent, label])
        h = keras.layers.Dense(8 * self.width, activation=silu)(h)
        h = keras.layers.Dense(math.prod(small), activation=silu)(h)
        h = keras.layers.Reshape(small)(h)
        for filters in widths[-2::-1]:
            h = keras.layers.Conv2DTranspose(filters, 4, strides=2, padding="same", activation=silu)(h)
        h = keras.layers.Conv2DTranspose(channels, 4, strides=2, padding="same")(h)
        if self.likelihood == "logistic":
            from genmodels.networks.layers import LearnedMap

            h = LearnedMap(initial=-2.0, name="log_scale")(h)
        return {"encoder": encoder, "decoder": network([latent, label], h, name="decoder")}

    # The training

    def optimizers(self, steps: int = 0) -> dict[str, keras.Optimizer]:
        """Adam for the encoder and for the decoder."""
        from genmodels.networks.learner import Adam

        return {name: Adam(self.learning_rate) for name in ("encoder", "decoder")}

    def step(self, learner: Learner, images: Tensor, labels: Tensor | None) -> dict[str, Tensor]:
        """One step of stochastic gradient variational Bayes; reports both terms of the bound in nats a picture."""
        noise = learner.noise(ops.shape(images)[0], self.latent)
        warmth = ops.minimum(1.0, (ops.cast(learner.steps_taken, "float32") + 1) / max(1, self.warmup))

        def objective() -> tuple[dict[str, Tensor], dict[str, Tensor]]:
            log_likelihood, kl, _ = self.bound(
                learner.networks, images, self.condition(learner.spec, images, labels), noise
            )
            reconstruction, divergence = -ops.mean(log_likelihood), ops.mean(ops.sum(kl, axis=-1))
            loss = reconstruction + self.beta * warmth * divergence
            terms = {"loss": loss, "reconstruction": reconstruction, "kl": divergence}
            return {"encoder": loss, "decoder": loss}, terms

        return learner.descend(objective)

    def bound(self, networks: Networks, images: Tensor, label: Tensor, noise: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """log p(x|z) (n,), KL of each latent dimension (n, latent), posterior mean (n, latent); in nats."""
        mean, log_variance = self.posterior(networks, images, label)
        kl = 0.5 * (mean**2 + ops.exp(log_variance) - 1 - log_variance)
        latents = mean + ops.exp(0.5 * log_variance) * noise
        return self.log_likelihood(networks["decoder"], latents, label, images), kl, mean

    def log_likelihood(self, decoder: keras.Model, latents: Tensor, label: Tensor, images: Tensor) -> Tensor:
        """log p(x|z) of images (n, height, width, channels) in [0, 1]; (n,) nats."""
        decoded = decoder([latents, label])
        if self.likelihood == "bernoulli":
            each = images * decoded - ops.softplus(decoded)
        elif self.likelihood == "gaussian":
            each = -0.5 * ((images - decoded) ** 2 + math.log(2 * math.pi))
        else:
            each = logistic_in_levels(images, decoded, decoder.get_layer("log_scale").map)
        return ops.sum(each, axis=(1, 2, 3))

    def evaluate(self, learner: Learner, held_out: Examples, samples: np.ndarray) -> dict[str, float]:
        """Held-out bound (beta 1) with its two terms, in nats a picture, and the number of active latent units."""
        from genmodels.networks.compute import compiled

        bound = learner.kept("bound", lambda: compiled(lambda *inputs: self.bound(learner.networks, *inputs)))
        images = held_out.images[:512].astype("float32") / 255
        label = self.condition(learner.spec, images, None if held_out.labels is None else held_out.labels[:512])
        noise = np.random.default_rng(0).standard_normal((len(images), self.latent), dtype="float32")
        log_likelihood, kl, mean = (np.asarray(part) for part in bound(images, label, noise))
        reconstruction, divergence = -log_likelihood.mean(), kl.sum(-1).mean()
        return {
            "held_out_loss": float(reconstruction + divergence),
            "held_out_reconstruction": float(reconstruction),
            "held_out_kl": float(divergence),
            "active_units": int((mean.var(axis=0) > ACTIVE).sum()),
            "latent": self.latent,
        }

    def decode(self, networks: Networks, latents: Tensor, label: Tensor) -> Tensor:
        """The mean picture of p(x|z), (n, height, width, channels) in [0, 1]."""
        decoded = networks["decoder"]([latents, label])
        if self.likelihood == "bernoulli":
            return ops.sigmoid(decoded)
        return ops.clip(decoded, 0.0, 1.0)

    def encode(self, networks: Networks, images: Tensor, label: Tensor) -> Tensor:
        """The mean of q(z|x), (n, latent)."""
        return self.posterior(networks, images, label)[0]

    def posterior(self, networks: Networks, images: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance of q(z|x), each (n, latent)."""
        mean, log_variance = ops.split(networks["encoder"]([images, label]), 2, axis=-1)
        return mean, ops.clip(log_variance, -20.0, 10.0)

    def log_weights(self, networks: Networks, images: Tensor, label: Tensor, noise: Tensor) -> Tensor:
        """log p(x, z) - log q(z|x) for one draw of z, (n,) nats: the terms of the importance-weighted bound."""
        mean, log_variance = self.posterior(networks, images, label)
        latents = mean + ops.exp(0.5 * log_variance) * noise
        prior_over_posterior = 0.5 * ops.sum(noise**2 + log_variance - latents**2, axis=-1)
        return self.log_likelihood(networks["decoder"], latents, label, images) + prior_over_posterior

    def condition(self, spec: Spec, images: Tensor, labels: Tensor | None) -> Tensor:
        """The label as the networks read it: one of n, or (n, 0) where the model is not conditional."""
        from genmodels.networks.layers import one_of

        return one_of(spec.classes if self.conditional else 0, images, labels)


def logistic_in_levels(images: Tensor, mean: Tensor, log_scale: Tensor) -> Tensor:
    """Log probability of 8-bit values under a logistic cut into 256 levels (Salimans et al. 2017), elementwise nats.

    `images` and `mean` are in [0, 1]; the outermost levels take the tails.
    """
    sharpness = ops.exp(-ops.clip(log_scale, -7.0, 2.0))
    half = 0.5 / 255 * sharpness  # of a level's width
    place = (images - mean) * sharpness
    below, above = ops.softplus(-half - place), ops.softplus(place - half)
    between = ops.log(-ops.expm1(-2 * half))
    not_darkest = ops.cast(images > 0.25 / 255, "float32")  # factors: with `where` a step took a twelfth longer
    not_lightest = ops.cast(images < 1 - 0.25 / 255, "float32")
    return not_darkest * not_lightest * between - not_lightest * below - not_darkest * above
