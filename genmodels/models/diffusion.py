"""Diffusion model of pictures, told what to draw.

Papers: Ho et al. 2020 (arXiv 2006.11239); cosine schedule of Nichol and Dhariwal 2021; velocity of Salimans and Ho 2022
(arXiv 2202.00512); guidance without a classifier, Ho and Salimans 2022. A picture x in [-1, 1] is mixed with normal noise
e by an angle a from 0 (all picture) to almost pi/2 (all noise), and the network learns the mixture's velocity:

    z = cos(a) x + sin(a) e,        loss = E | v(z, a, caption) - (cos(a) e - sin(a) x) |^2

so that the clean picture is cos(a) z - sin(a) v. Some captions are left out, so that one network knows both what a
caption asks for and what pictures look like; drawing exaggerates the difference.

Where this differs: pictures are small and the machine has no GPU, so the U-Net begins by folding 2 x 2 pixels into
channels (Shi et al. 2016), which makes a step four times as quick; each pixel is normalised over its channels; own places
and words are looked at in one attention (below the finest level), whose shares say which word drew what. The text encoder
is that of a `clip` run and stays as it is.

Expected: `diffusion` on `openmoji` (all, 32x32) in the time that `docs/gallery.md` states.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from genmodels.kinds.image.examples import Examples
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.word_pieces import LENGTH
from genmodels.knobs import knob
from genmodels.lazy_keras import keras, network, ops
from genmodels.models.recipe import Recipe, model
from genmodels.networks.denoising import (
    FOLD,
    MOST_NOISE,
    activated,
    average,
    folded,
    mixture,
    optimizer,
    residual,
    unfolded,
    waves,
)
from genmodels.networks.text_encoder import WIDTH, encoded, text_encoder

if TYPE_CHECKING:
    from genmodels.lazy_keras import Networks, Tensor
    from genmodels.networks.learner import Learner

EVALUATED = 256  # held-out pictures behind each epoch's loss


@model("diffusion")
@dataclass(frozen=True, kw_only=True)
class Diffusion(Recipe):
    """Diffusion model: draws what a prompt says, step by step out of noise."""

    width: int = knob(48, 8, 512, "Channels at the finest level; the next has twice, the others four times as many")
    levels: int = knob(3, 1, 4, "Levels of the U-Net; each halves height and width")
    heads: int = knob(4, 1, 16, "Attention heads; a width is a multiple of it")
    encoder: str = knob("clip", help="The run of the model clip whose text encoder reads the prompts")
    caption_dropout: float = knob(0.1, 0.0, 0.9, "Share of the captions that are kept from the network in training")
    ema_decay: float = knob(0.999, 0.0, 0.99999, "Share of the old weights that the moving average keeps at each step")
    learning_rate: float = knob(1e-3, 1e-6, 0.1, "Highest step size of AdamW")
    weight_decay: float = knob(0.01, 0.0, 10.0, "Pull of the weights towards zero")

    captioned: ClassVar = True
    exhibit: ClassVar = "prompted"
    role: ClassVar = "prompted"
    follows_prompts: ClassVar = True
    in_steps: ClassVar = True
    drawing: ClassVar = ("text", "average")
    aliases: ClassVar[Mapping[str, str]] = {"untold": "caption_dropout", "average": "ema_decay"}

    # The network

    def networks(self, spec: Spec) -> dict[str, keras.Model]:
        """`text`: pieces to states; `unet` and its moving `average`: noisy picture, angle, states and their mean to velocity."""
        networks = {"text": text_encoder(spec), "unet": self._unet(spec), "average": self._unet(spec)}
        networks["text"].trainable = False
        networks["average"].set_weights(networks["unet"].get_weights())
        return networks

    def _unet(self, spec: Spec) -> keras.Model:
        noisy, angle = keras.Input(spec.shape, name="noisy"), keras.Input((1,), name="angle")
        states, mean = keras.Input((LENGTH, WIDTH), name="states"), keras.Input((WIDTH,), name="mean")
        told = self._told(angle, mean)
        sides = [spec.shape[0] // FOLD // 2**level for level in range(self.levels)]
        widths = [self.width * min(2**level, 4) for level in range(self.levels)]
        h = keras.layers.Conv2D(self.width, 3, padding="same", name="inward")(folded(noisy))
        skips = []
        for level, (side, width) in enumerate(zip(sides, widths, strict=True)):
            if level:
                h = keras.layers.Conv2D(width, 2, strides=2, name=f"down_{level}")(h)
            h = self._attended(residual(h, told, width, f"in_{level}"), states, level, f"in_{level}")
            skips.append((h, side))
        h = residual(h, told, widths[-1], "middle")
        for level in reversed(range(self.levels)):
            h = keras.layers.Concatenate(name=f"skip_{level}")([h, skips[level][0]])
            h = self._attended(residual(h, told, widths[level], f"out_{level}"), states, level, f"out_{level}")
            if level:
                h = keras.layers.Conv2DTranspose(widths[level - 1], 2, strides=2, name=f"up_{level}")(h)
        h = activated(h, "last")
        h = keras.layers.Conv2D(
            FOLD * FOLD * spec.shape[2], 3, padding="same", kernel_initializer="zeros", name="outward"
        )(h)
        return network([noisy, angle, states, mean], unfolded(h), name="unet")

    def _told(self, angle: keras.KerasTensor, mean: keras.KerasTensor) -> keras.KerasTensor:
        """What every block hears of the noise and of the prompt as a whole, (n, 4 width)."""
        h = keras.layers.Dense(4 * self.width, name="told_noise")(waves(angle))
        h = keras.layers.Add()([h, keras.layers.Dense(4 * self.width, use_bias=False, name="told_prompt")(mean)])
        return keras.layers.Activation("silu")(
            keras.layers.Dense(4 * self.width, name="told")(keras.layers.Activation("silu")(h))
        )

    def _attended(self, h: keras.KerasTensor, states: keras.KerasTensor, level: int, name: str) -> keras.KerasTensor:
        """Each place looks at the words and, below the finest level, at the other places (Vaswani et al. 2017)."""
        side, width, size = h.shape[1], h.shape[-1], h.shape[-1] // self.heads
        own = keras.layers.Reshape((h.shape[1] * h.shape[2], width))(
            keras.layers.RMSNormalization(axis=-1, name=f"{name}_attention_norm")(h)
        )

        def split(x: keras.KerasTensor, what: str) -> keras.KerasTensor:
            dense = keras.layers.Dense(width, use_bias=False, name=f"{name}_{what}")(x)
            return keras.layers.Reshape((x.shape[1], self.heads, size))(dense)

        keys, values = split(states, "word_keys"), split(states, "word_values")
        if level:
            keys = ops.concatenate([keys, split(own, "place_keys")], axis=1)
            values = ops.concatenate([values, split(own, "place_values")], axis=1)
        scores = ops.einsum("nqhd,nkhd->nhqk", split(own, "queries"), keys) * size**-0.5
        looked = keras.layers.Softmax(name=f"{name}_looked")(scores)  # (n, heads, places, LENGTH or LENGTH + places)
        mixed = keras.layers.Reshape((own.shape[1], width))(ops.einsum("nhqk,nkhd->nqhd", looked, values))
        added = keras.layers.Dense(width, use_bias=False, kernel_initializer="zeros", name=f"{name}_mixed")(mixed)
        return keras.layers.Add()([h, keras.layers.Reshape((side, h.shape[2], width))(added)])

    @property
    def takes_over(self) -> str:
        """The run of the model clip whose text encoder reads the captions."""
        return self.encoder

    # The training

    def optimizers(self, steps: int = 0) -> dict[str, keras.Optimizer]:
        """AdamW whose step size rises over a twentieth of `steps`, then falls along a cosine to a fiftieth."""
        return {"unet": optimizer(self.learning_rate, self.weight_decay, steps)}

    def step(self, learner: Learner, images: Tensor, pieces: Tensor) -> dict[str, Tensor]:
        """One step on pictures in [0, 1] and their captions as pieces; reports the mean squared error of the velocity."""
        n = ops.shape(images)[0]
        noise, angle = learner.noise(n, *learner.spec.shape), learner.uniform(n, 1) * MOST_NOISE
        told = ops.cast(learner.uniform(n, 1) >= self.caption_dropout, "int32")
        states, mean = encoded(learner.networks, pieces * told)
        noisy, velocity = mixture(2 * images - 1, noise, angle)

        def objective() -> tuple[dict[str, Tensor], dict[str, Tensor]]:
            loss = ops.mean((learner.networks["unet"]([noisy, angle, states, mean]) - velocity) ** 2)
            return {"unet": loss}, {"loss": loss, "learning_rate": learner.optimizers["unet"].learning_rate}

        terms = learner.descend(objective)
        average(learner, "unet", "average", self.ema_decay)
        return terms

    def evaluate(self, learner: Learner, held_out: Examples, samples: np.ndarray | None) -> dict[str, float]:
        """The loss of the moving average on held-out pictures with their captions; noise and angles are always the same."""
        assert held_out.labels is not None  # captions, as pieces
        rng, n = np.random.default_rng(0), min(EVALUATED, len(held_out))
        images = held_out.images[:n].astype("float32") / 127.5 - 1
        noise = rng.standard_normal(images.shape, dtype="float32")
        angle = np.linspace(0, MOST_NOISE, n, dtype="float32")[rng.permutation(n), None]
        noisy, velocity = (np.asarray(each) for each in mixture(images, noise, angle))
        predicted = learner.kept("velocity", lambda: self._evaluated(learner.networks))(
            noisy, angle, held_out.labels[:n]
        )
        return {"held_out_loss": float(np.mean((predicted - velocity) ** 2))}

    def _evaluated(self, networks: Networks) -> Callable[..., np.ndarray]:
        from genmodels.networks.compute import compiled, in_chunks

        function = compiled(
            lambda noisy, angle, pieces: self.velocity(networks, noisy, angle, *encoded(networks, pieces))
        )
        return lambda *arrays: in_chunks(lambda *rows: np.asarray(function(*rows)), *arrays)

    # Drawing

    def velocity(self, networks: Networks, noisy: Tensor, angle: Tensor, states: Tensor, mean: Tensor) -> Tensor:
        """The velocity (n, height, width, channels) of noisy pictures at angles (n, 1)."""
        return networks["average"]([noisy, angle, states, mean])

    def in_two(self, networks: Networks) -> tuple[keras.Model, keras.Model]:
        """The network that draws, in two: what its attention makes of prompts (states in), the same at every step, and the rest.

        The second has the inputs noisy, angle, mean and what the first gave.
        """
        from genmodels.networks.learner import BUILDING

        average = networks["average"]
        noisy, angle, states, mean = average.inputs
        words = [layer.output for layer in average.layers if layer.name.endswith(("_word_keys", "_word_values"))]
        with BUILDING:
            return network([states], words), network([noisy, angle, mean, *words], average.output)
