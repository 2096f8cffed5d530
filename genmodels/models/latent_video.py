"""Latent diffusion model of clips: each frame is one latent vector, and a small Transformer denoises all of them together.

Papers: Rombach et al. 2022 (arXiv 2112.10752) for diffusion in the latents of an autoencoder, Kingma and Welling 2013
(arXiv 1312.6114) for that, Peebles and Xie 2023 (arXiv 2212.09748) for a Transformer as the denoiser. A frame x is encoded to
the mean z of a VAE's posterior; the latents of all frames are mixed with noise as in `video_diffusion`, told the caption and
the frames that are given, denoised, and decoded frame by frame.

Where this differs: autoencoder and denoiser learn at the same time, the second from latents through which no gradient flows
back; one latent a frame, not a map, so a clip is a sequence of 16 vectors and a step costs a tenth of what pixels cost.

Expected: quicker and blurred beside `video-diffusion`; see `docs/video.md`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from genmodels.kinds.image.examples import Examples
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.word_pieces import LENGTH, WordPieces
from genmodels.knobs import knob
from genmodels.lazy_keras import keras, network, ops
from genmodels.models.recipe import Recipe, model
from genmodels.networks.denoising import MOST_NOISE, average, mixture, optimizer, waves
from genmodels.networks.text_encoder import WIDTH, encoded

if TYPE_CHECKING:
    from genmodels.lazy_keras import Networks, Tensor
    from genmodels.networks.learner import Learner

EVALUATED = 64  # held-out clips behind each epoch's numbers
SPREAD = 0.1  # standard deviation of a pixel, from 0 to 1, that the decoder is allowed


@model("latent-video")
@dataclass(frozen=True, kw_only=True)
class LatentVideo(Recipe):
    """Latent diffusion model of clips: each frame a latent of a VAE, all denoised together by a Transformer."""

    latent: int = knob(48, 4, 256, "Size of the latent of a frame")
    width: int = knob(192, 16, 1024, "Width of the Transformer")
    layers: int = knob(6, 1, 24, "Layers of the Transformer")
    heads: int = knob(6, 1, 16, "Attention heads; the width is a multiple of twice as many")
    frame_width: int = knob(
        32, 4, 128, "Channels of the first convolution of the VAE; each further one has twice as many"
    )
    beta: float = knob(1.0, 0.0, 100.0, "Weight of the KL term of the VAE")
    given: float = knob(0.4, 0.0, 0.9, "Share of the training clips of which some frames are given")
    vocabulary: int = knob(400, 50, 20_000, "Word pieces that captions are read in, at most")
    caption_dropout: float = knob(0.1, 0.0, 0.9, "Share of the captions that are kept from the network in training")
    ema_decay: float = knob(0.999, 0.0, 0.99999, "Share of the old weights that the moving average keeps at each step")
    learning_rate: float = knob(1e-3, 1e-6, 0.1, "Highest step size of AdamW")
    weight_decay: float = knob(0.01, 0.0, 10.0, "Pull of the weights towards zero")

    kinds: ClassVar = ("video",)
    captioned: ClassVar = True
    exhibit: ClassVar = "clips"
    role: ClassVar = "clips"
    in_steps: ClassVar = True
    drawing: ClassVar = ("text", "encoder", "decoder", "average")

    def word_pieces(self, captions: Sequence[str]) -> WordPieces:
        """Learned from the training captions."""
        return WordPieces.learned(captions, self.vocabulary)

    def noise_shape(self, spec: Spec) -> tuple[int, ...]:
        """The shape of what is denoised: a latent for each frame."""
        return spec.shape[0], self.latent

    # The networks

    def networks(self, spec: Spec) -> dict[str, keras.Model]:
        """`text`: pieces to states; `encoder`, `decoder`: frame to mean and log variance, and back; `denoiser` and its moving `average`."""
        from genmodels.networks.frames import word_encoder

        networks = {
            "text": word_encoder(spec),
            **self._autoencoder(spec.shape[1:]),
            "denoiser": self._denoiser(spec.shape[0]),
            "average": self._denoiser(spec.shape[0]),
        }
        networks["average"].set_weights(networks["denoiser"].get_weights())
        return networks

    def _autoencoder(self, shape: tuple[int, ...]) -> dict[str, keras.Model]:
        from genmodels.networks.layers import halvings, silu

        depth = halvings(*shape[:2])
        widths = [self.frame_width * 2**level for level in range(depth)]
        small = (shape[0] >> depth, shape[1] >> depth, widths[-1])
        frame = keras.Input(shape)
        h = 2 * frame - 1
        for filters in widths:
            h = keras.layers.Conv2D(filters, 4, strides=2, padding="same", activation=silu)(h)
        h = keras.layers.Dense(8 * self.frame_width, activation=silu)(keras.layers.Flatten()(h))
        encoder = network(frame, keras.layers.Dense(2 * self.latent)(h), name="encoder")
        latent = keras.Input((self.latent,))
        h = keras.layers.Dense(8 * self.frame_width, activation=silu)(latent)
        h = keras.layers.Reshape(small)(keras.layers.Dense(math.prod(small), activation=silu)(h))
        for filters in widths[-2::-1]:
            h = keras.layers.Conv2DTranspose(filters, 4, strides=2, padding="same", activation=silu)(h)
        h = keras.layers.Conv2DTranspose(shape[2], 4, strides=2, padding="same", activation="sigmoid")(h)
        return {"encoder": encoder, "decoder": network(latent, h, name="decoder")}

    def _denoiser(self, frames: int) -> keras.Model:
        """Noisy and given latents (n, frames, latent + 1), angle, states and their mean to the velocity of the latents."""
        from genmodels.networks.frames import told_of_frames
        from genmodels.networks.layers import TransformerBlock

        noisy, angle = keras.Input((frames, self.latent + 1), name="noisy"), keras.Input((1,), name="angle")
        states, mean = keras.Input((LENGTH, WIDTH), name="states"), keras.Input((WIDTH,), name="mean")
        told = keras.layers.Dense(self.width, name="told_noise")(waves(angle))
        told = told + keras.layers.Dense(self.width, use_bias=False, name="told_prompt")(mean)
        each = ops.reshape(told_of_frames(told, frames, "told_frame"), (-1, frames, self.width))
        h = keras.layers.Dense(self.width, name="inward")(noisy) + each
        h = ops.concatenate([keras.layers.Dense(self.width, name="words")(states), h], axis=1)
        for number in range(self.layers):
            h, *_ = TransformerBlock(self.heads, causal=False, name=f"block_{number}")(h)
        h = keras.layers.RMSNormalization(epsilon=1e-6, name="norm")(h[:, LENGTH:])
        h = keras.layers.Dense(self.latent, kernel_initializer="zeros", name="outward")(h)
        return network([noisy, angle, states, mean], h, name="denoiser")

    # The training

    def optimizers(self, steps: int = 0) -> dict[str, keras.Optimizer]:
        """AdamW for each network; the autoencoder is not pulled towards zero."""
        pulls = {"text": self.weight_decay, "denoiser": self.weight_decay, "encoder": 0.0, "decoder": 0.0}
        return {name: optimizer(self.learning_rate, pull, steps) for name, pull in pulls.items()}

    def step(self, learner: Learner, clips: Tensor, pieces: Tensor) -> dict[str, Tensor]:
        """One step of both on clips in [0, 1]; reports the error of the velocity of latents and both terms of the VAE, in nats a frame."""
        from genmodels.networks.frames import error_where_unknown, given_in_training, with_given

        n, frames = ops.shape(clips)[0], clips.shape[1]
        known = given_in_training(learner, clips, self.given)
        noise, angle = learner.noise(n, frames, self.latent), learner.uniform(n, 1) * MOST_NOISE
        told = pieces * ops.cast(learner.uniform(n, 1) >= self.caption_dropout, "int32")
        drawn = learner.noise(n * frames, self.latent)
        flat = ops.reshape(clips, (-1, *clips.shape[2:]))

        def objective() -> tuple[dict[str, Tensor], dict[str, Tensor]]:
            mean, log_variance = ops.split(learner.networks["encoder"](flat), 2, axis=-1)
            log_variance = ops.clip(log_variance, -20.0, 10.0)
            again = learner.networks["decoder"](mean + ops.exp(0.5 * log_variance) * drawn)
            off = ops.mean(ops.sum((flat - again) ** 2, axis=(1, 2, 3))) / (2 * SPREAD**2)
            kl = ops.mean(ops.sum(0.5 * (mean**2 + ops.exp(log_variance) - 1 - log_variance), axis=-1))
            clean = ops.stop_gradient(ops.reshape(mean, (-1, frames, self.latent)))
            noisy, velocity = mixture(clean, noise, angle)
            states, average_word = encoded(learner.networks, told)
            seen = with_given(noisy, clean, known)
            predicted = learner.networks["denoiser"]([seen, angle, states, average_word])
            loss, bound = error_where_unknown(predicted, velocity, known), off + self.beta * kl
            networks = {"encoder": bound, "decoder": bound, "denoiser": loss, "text": loss}
            return networks, {"loss": loss, "reconstruction": off, "kl": kl}

        terms = learner.descend(objective)
        average(learner, "denoiser", "average", self.ema_decay)
        return terms

    def evaluate(self, learner: Learner, held_out: Examples, samples: np.ndarray | None) -> dict[str, float]:
        """Root mean square error of reconstructed held-out frames (0 to 1), and the loss of the average on their latents."""
        assert held_out.labels is not None  # captions, as pieces
        rng, n = np.random.default_rng(0), min(EVALUATED, len(held_out))
        chosen = np.linspace(0, len(held_out) - 1, n).astype(int)
        clips = held_out.images[chosen].astype("float32") / 127.5 - 1
        function = learner.kept("evaluated", lambda: self._evaluated(learner.networks))
        clean, again = function["again"](clips)
        noise = rng.standard_normal(clean.shape, dtype="float32")
        angle = np.linspace(0, MOST_NOISE, n, dtype="float32")[rng.permutation(n), None]
        noisy, velocity = (np.asarray(each) for each in mixture(clean, noise, angle))
        bare = np.concatenate([noisy, np.zeros_like(noisy[..., :1])], axis=-1)
        predicted = function["velocity"](bare, angle, held_out.labels[chosen])
        return {
            "held_out_loss": float(np.mean((predicted - velocity) ** 2)),
            "held_out_reconstruction": float(np.sqrt(np.mean((again - clips) ** 2)) / 2),
        }

    def _evaluated(self, networks: Networks) -> dict[str, Callable[..., Any]]:
        """What evaluation asks of the networks, of arrays: `again`, latents of clips and the clips out of them; `velocity`, by the average."""
        from genmodels.networks.compute import compiled

        def again(clips: Tensor) -> tuple[Tensor, Tensor]:
            clean = self.inward(networks, clips)
            return clean, self.outward(networks, clean)

        def velocity(noisy: Tensor, angle: Tensor, pieces: Tensor) -> Tensor:
            return self.velocity(networks, noisy, angle, *encoded(networks, pieces))

        through, predicted = compiled(again), compiled(velocity)
        return {
            "again": lambda clips: tuple(np.asarray(each) for each in through(clips)),
            "velocity": lambda *arrays: np.asarray(predicted(*arrays)),
        }

    # Drawing

    def velocity(self, networks: Networks, noisy: Tensor, angle: Tensor, states: Tensor, mean: Tensor) -> Tensor:
        """The velocity (n, frames, latent) of noisy and given latents (n, frames, latent + 1) at angles (n, 1)."""
        return networks["average"]([noisy, angle, states, mean])

    def inward(self, networks: Networks, clips: Tensor) -> Tensor:
        """Clips in [-1, 1] as their latents (n, frames, latent)."""
        flat = ops.reshape((clips + 1) / 2, (-1, *clips.shape[2:]))
        return ops.reshape(networks["encoder"](flat)[:, : self.latent], (-1, clips.shape[1], self.latent))

    def outward(self, networks: Networks, denoised: Tensor) -> Tensor:
        """Latents (n, frames, latent) as clips in [-1, 1]."""
        frames = denoised.shape[1]
        flat = networks["decoder"](ops.reshape(denoised, (-1, self.latent)))
        return ops.reshape(2 * flat - 1, (-1, frames, *flat.shape[1:]))
