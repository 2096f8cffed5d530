"""Diffusion model of clips, told what to film; given some frames, it draws the others.

Papers: Ho et al. 2022, Video Diffusion Models (arXiv 2204.03458): a U-Net whose spatial layers see each frame by itself, with
attention along the frames at each place; training as `diffusion` (velocity, guidance without a classifier). Frames that are
given (Voleti et al. 2022, MCVD, arXiv 2205.09853) come in clean, with one channel that says which these are:

    z = cos(a) x + sin(a) e,   z_f = x_f where frame f is given,   loss = E | v(z, given, a, caption) - (cos(a) e - sin(a) x) |^2 over the others

so one network makes a clip of a prompt, of a picture, of its first frames, or what lies between frames.

The network says the clean clip and v follows from it, v = (cos(a) z - x) / sin(a) (Li and He 2025, arXiv 2511.13720): what is drawn
is simple and noise is not, and where many pixels are folded into few channels noise has no room to pass through.

Where this differs: clips are 16 frames of 32 x 32 and there is no GPU, so `fold` x `fold` pixels are folded into channels; at
the finest level frames are mixed with their neighbours alone (three weights a channel), attention along all frames is below
it; places of one frame see each other by convolution only; words are encoded each by itself, by an encoder that is trained
along (`networks.frames.word_encoder`), since a few dozen words of captions name things and ways that have to be combined anew.

Expected: `docs/video.md` has speed and results.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from genmodels.kinds.image.examples import Examples
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.word_pieces import LENGTH, WordPieces
from genmodels.knobs import knob
from genmodels.lazy_keras import keras, network, ops
from genmodels.models.recipe import Recipe, model
from genmodels.networks.denoising import (
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
from genmodels.networks.text_encoder import WIDTH, encoded

if TYPE_CHECKING:
    from genmodels.lazy_keras import Networks, Tensor
    from genmodels.networks.learner import Learner

EVALUATED = 32  # held-out clips behind each epoch's loss
LEAST_NOISE = 0.2  # by which errors of a clip are divided at least, so that nearly clean ones are not all that counts


@model("video-diffusion")
@dataclass(frozen=True, kw_only=True)
class VideoDiffusion(Recipe):
    """Diffusion model of clips: films what a prompt says, and goes on from frames that it is given."""

    width: int = knob(48, 8, 256, "Channels at the finest level; the next has twice, the others four times as many")
    levels: int = knob(3, 1, 4, "Levels of the U-Net; each halves height and width")
    heads: int = knob(4, 1, 16, "Attention heads; a width is a multiple of twice as many")
    fold: int = knob(2, help="Pixels a side that are folded into channels: 4 is four times as quick", choices=(2, 4))
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
    drawing: ClassVar = ("text", "average")

    def word_pieces(self, captions: Sequence[str]) -> WordPieces:
        """Learned from the training captions."""
        return WordPieces.learned(captions, self.vocabulary)

    def noise_shape(self, spec: Spec) -> tuple[int, ...]:
        """The shape of what is denoised: the clip itself."""
        return spec.shape

    # The network

    def networks(self, spec: Spec) -> dict[str, keras.Model]:
        """`text`: pieces to states; `unet` and its moving `average`: noisy and given frames, angle, states and their mean to the clean clip."""
        from genmodels.networks.frames import word_encoder

        networks = {"text": word_encoder(spec), "unet": self._unet(spec), "average": self._unet(spec)}
        networks["average"].set_weights(networks["unet"].get_weights())
        return networks

    def _unet(self, spec: Spec) -> keras.Model:
        from genmodels.networks.frames import AlongFrames, told_of_frames

        frames, height, side, channels = spec.shape
        noisy, angle = keras.Input((*spec.shape[:3], channels + 1), name="noisy"), keras.Input((1,), name="angle")
        states, mean = keras.Input((LENGTH, WIDTH), name="states"), keras.Input((WIDTH,), name="mean")
        told = told_of_frames(self._told(angle, mean), frames, "told_frame")  # (n * frames, 4 width)
        told = keras.layers.Activation("silu")(told)
        widths = [self.width * min(2**level, 4) for level in range(self.levels)]
        h = folded(ops.reshape(noisy, (-1, height, side, channels + 1)), self.fold)
        h = keras.layers.Conv2D(self.width, 3, padding="same", name="inward")(h)

        def block(h: keras.KerasTensor, level: int, name: str) -> keras.KerasTensor:
            h = AlongFrames(frames, name=f"{name}_along")(residual(h, told, widths[level], name))
            return self._attended(h, states, frames, level, name)

        skips = []
        for level in range(self.levels):
            if level:
                h = keras.layers.Conv2D(widths[level], 2, strides=2, name=f"down_{level}")(h)
            h = block(h, level, f"in_{level}")
            skips.append(h)
        h = residual(h, told, widths[-1], "middle")
        for level in reversed(range(self.levels)):
            h = block(keras.layers.Concatenate(name=f"skip_{level}")([h, skips[level]]), level, f"out_{level}")
            if level:
                h = keras.layers.Conv2DTranspose(widths[level - 1], 2, strides=2, name=f"up_{level}")(h)
        outward = self.fold**2 * channels
        h = keras.layers.Conv2D(outward, 3, padding="same", kernel_initializer="zeros", name="outward")(
            activated(h, "last")
        )
        return network(
            [noisy, angle, states, mean], ops.reshape(unfolded(h, self.fold), (-1, *spec.shape)), name="unet"
        )

    def _told(self, angle: keras.KerasTensor, mean: keras.KerasTensor) -> keras.KerasTensor:
        """What every block hears of the noise and of the prompt as a whole, (n, 4 width)."""
        h = keras.layers.Dense(4 * self.width, name="told_noise")(waves(angle))
        h = keras.layers.Add()([h, keras.layers.Dense(4 * self.width, use_bias=False, name="told_prompt")(mean)])
        return keras.layers.Dense(4 * self.width, name="told")(keras.layers.Activation("silu")(h))

    def _attended(
        self, h: keras.KerasTensor, states: keras.KerasTensor, frames: int, level: int, name: str
    ) -> keras.KerasTensor:
        """Each place of each frame looks at the words and, below the finest level, at itself in all frames."""
        from genmodels.networks.layers import SelfAttention

        rows, columns, width = h.shape[1:]
        places, size = rows * columns, width // self.heads
        own = keras.layers.RMSNormalization(axis=-1, name=f"{name}_attention_norm")(h)

        def split(x: keras.KerasTensor, what: str, length: int) -> keras.KerasTensor:
            dense = keras.layers.Dense(width, use_bias=False, name=f"{name}_{what}")(x)
            return ops.reshape(dense, (-1, length, self.heads, size))

        queries = split(ops.reshape(own, (-1, frames * places, width)), "queries", frames * places)
        keys, values = split(states, "word_keys", LENGTH), split(states, "word_values", LENGTH)
        looked = ops.softmax(ops.einsum("nqhd,nkhd->nhqk", queries, keys) * size**-0.5)
        mixed = ops.reshape(ops.einsum("nhqk,nkhd->nqhd", looked, values), (-1, rows, columns, width))
        h = h + keras.layers.Dense(width, use_bias=False, kernel_initializer="zeros", name=f"{name}_mixed")(mixed)
        if not level:
            return h
        norm = keras.layers.RMSNormalization(axis=-1, name=f"{name}_time_norm")(h)
        along = ops.transpose(ops.reshape(norm, (-1, frames, places, width)), (0, 2, 1, 3))
        seen, *_ = SelfAttention(self.heads, causal=False, name=f"{name}_time")(ops.reshape(along, (-1, frames, width)))
        back = ops.transpose(ops.reshape(seen, (-1, places, frames, width)), (0, 2, 1, 3))
        return h + ops.reshape(back, (-1, rows, columns, width))

    # The training

    def optimizers(self, steps: int = 0) -> dict[str, keras.Optimizer]:
        """AdamW for the U-Net and for the encoder of words."""
        return {name: optimizer(self.learning_rate, self.weight_decay, steps) for name in ("unet", "text")}

    def step(self, learner: Learner, clips: Tensor, pieces: Tensor) -> dict[str, Tensor]:
        """One step on clips in [0, 1] and their captions as pieces; reports the mean squared error of the velocity."""
        from genmodels.networks.frames import error_where_unknown, given_in_training, with_given

        n = ops.shape(clips)[0]
        noise, angle = learner.noise(n, *learner.spec.shape), learner.uniform(n, 1) * MOST_NOISE
        told = pieces * ops.cast(learner.uniform(n, 1) >= self.caption_dropout, "int32")
        known, clean = given_in_training(learner, clips, self.given), 2 * clips - 1
        noisy, velocity = mixture(clean, noise, angle)
        seen = with_given(noisy, clean, known)

        def objective() -> tuple[dict[str, Tensor], dict[str, Tensor]]:
            states, mean = encoded(learner.networks, told)
            foreseen = learner.networks["unet"]([seen, angle, states, mean])
            loss = error_where_unknown(velocity_to(foreseen, noisy, angle), velocity, known)
            return {"unet": loss, "text": loss}, {"loss": loss}

        terms = learner.descend(objective)
        average(learner, "unet", "average", self.ema_decay)
        return terms

    def evaluate(self, learner: Learner, held_out: Examples, samples: np.ndarray | None) -> dict[str, float]:
        """The loss of the moving average on held-out clips with their captions, no frame given; noise and angles are always the same."""
        assert held_out.labels is not None  # captions, as pieces
        rng, n = np.random.default_rng(0), min(EVALUATED, len(held_out))
        chosen = np.linspace(0, len(held_out) - 1, n).astype(int)
        clips = held_out.images[chosen].astype("float32") / 127.5 - 1
        noise = rng.standard_normal(clips.shape, dtype="float32")
        angle = np.linspace(0, MOST_NOISE, n, dtype="float32")[rng.permutation(n), None]
        noisy, velocity = (np.asarray(each) for each in mixture(clips, noise, angle))
        bare = np.concatenate([noisy, np.zeros_like(noisy[..., :1])], axis=-1)
        predicted = learner.kept("velocity", lambda: self._evaluated(learner.networks))(
            bare, angle, held_out.labels[chosen]
        )
        return {"held_out_loss": float(np.mean((predicted - velocity) ** 2))}

    def _evaluated(self, networks: Networks) -> Callable[..., np.ndarray]:
        from genmodels.networks.compute import compiled, in_chunks

        function = compiled(
            lambda noisy, angle, pieces: self.velocity(networks, noisy, angle, *encoded(networks, pieces))
        )
        return lambda *arrays: in_chunks(lambda *rows: np.asarray(function(*rows)), *arrays, size=8)

    # Drawing

    def velocity(self, networks: Networks, noisy: Tensor, angle: Tensor, states: Tensor, mean: Tensor) -> Tensor:
        """The velocity (n, frames, height, width, c) of noisy and given frames (..., c + 1) at angles (n, 1)."""
        return velocity_to(networks["average"]([noisy, angle, states, mean]), noisy[..., :-1], angle)

    def inward(self, networks: Networks, clips: Tensor) -> Tensor:
        """Clips in [-1, 1] as what is denoised: themselves."""
        return clips

    def outward(self, networks: Networks, denoised: Tensor) -> Tensor:
        """What was denoised as clips in [-1, 1]."""
        return denoised


def velocity_to(foreseen: Tensor, noisy: Tensor, angle: Tensor) -> Tensor:
    """The velocity of noisy clips (n, frames, height, width, c) at angles (n, 1) that leads to the clips that are foreseen."""
    signal, spread = (ops.reshape(each, (-1, 1, 1, 1, 1)) for each in (ops.cos(angle), ops.sin(angle)))
    return (signal * noisy - foreseen) / ops.maximum(spread, LEAST_NOISE)
