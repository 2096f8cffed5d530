"""Upscaler: a small picture in, one of four times its height and width out.

Papers: residual network without normalisation as EDSR (Lim et al. 2017, arXiv 1707.02921), sub-pixel convolution (Shi et
al. 2016, arXiv 1609.05158). What it predicts is added to the bicubic enlargement b of the small picture s:

    u = b(s) + f(s),        loss = E |u - large|

Where this differs: emoji are flat colours with sharp outlines, so a few layers at the small size are enough; half of the
small pictures are noisy and blurred a little in training, because what it is asked to enlarge was drawn by a model.

Expected: `upscaler` on `openmoji` (size 128) in the time that `docs/gallery.md` states, several dB above bicubic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from genmodels.kinds.image.examples import Examples
from genmodels.kinds.image.fidelity import psnr
from genmodels.kinds.image.files import grid
from genmodels.kinds.image.resizing import interpolated, small_of
from genmodels.kinds.spec import Spec
from genmodels.knobs import knob
from genmodels.lazy_keras import keras, network, ops
from genmodels.models.recipe import Recipe, model
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from PIL.Image import Image

    from genmodels.lazy_keras import Networks, Tensor
    from genmodels.networks.learner import Learner

FACTOR = 4
ROWS = 4  # pictures in one call, so that a picture does not depend on how many are asked for
CROP = 64  # height and width of what a step sees of the large pictures
EVALUATED = 128  # held-out pictures behind each epoch's numbers


@model("upscaler")
@dataclass(frozen=True, kw_only=True)
class Upscaler(Recipe):
    """Upscaler: refines small pictures to four times their height and width."""

    width: int = knob(48, 4, 256, "Channels between the layers")
    blocks: int = knob(6, 1, 32, "Residual blocks, each of two convolutions")
    noise: float = knob(
        0.03, 0.0, 0.5, "Noise on half of the small training pictures, 1 being the range from black to white"
    )
    learning_rate: float = knob(2e-3, 1e-6, 0.1, "Highest step size of Adam")

    draws: ClassVar = False
    role: ClassVar = "upscaler"
    exhibit: ClassVar = "upscaler"
    drawing: ClassVar = ("upscaler",)
    aliases: ClassVar[Mapping[str, str]] = {"wear": "noise"}

    # The network

    def networks(self, spec: Spec) -> dict[str, keras.Model]:
        """`upscaler`: small picture (height, width, channels) to what is added to its enlargement; any height and width."""
        from genmodels.networks.layers import silu

        if spec.shape[0] % FACTOR or spec.shape[1] % FACTOR or min(spec.shape[:2]) < CROP:
            raise Refusal(
                f"Pictures have the shape {spec.shape}; to learn upscaling they need at least {CROP} pixels a side, a multiple of {FACTOR}."
            )
        small = keras.Input((None, None, spec.shape[2]))
        h = first = keras.layers.Conv2D(self.width, 3, padding="same")(2 * small - 1)
        for number in range(self.blocks):
            y = keras.layers.Conv2D(self.width, 3, padding="same", name=f"block_{number}_first")(h)
            y = keras.layers.Conv2D(
                self.width, 3, padding="same", kernel_initializer="zeros", name=f"block_{number}_second"
            )(keras.layers.Activation(silu)(y))
            h = keras.layers.Add()([h, y])
        h = keras.layers.Activation(silu)(
            keras.layers.Add()([first, keras.layers.Conv2D(self.width, 3, padding="same")(h)])
        )
        h = keras.layers.Conv2D(
            FACTOR * FACTOR * spec.shape[2], 3, padding="same", kernel_initializer="zeros", name="sub_pixels"
        )(h)
        return {"upscaler": network(small, h, name="upscaler")}

    # The training

    def optimizers(self, steps: int = 0) -> dict[str, keras.Optimizer]:
        """Adam, gradients of a norm of at most 1, with a rate that warms up over a twentieth of the steps and falls as a cosine."""
        from genmodels.networks.learner import Adam, cosine

        rate = cosine(self.learning_rate, steps, max(1, steps // 20), 0.02)
        return {"upscaler": Adam(rate, beta_2=0.99, global_clipnorm=1.0)}

    def step(self, learner: Learner, images: Tensor, labels: Tensor | None) -> dict[str, Tensor]:
        """One step on a part of each picture, all at one place; reports the mean absolute error, 1 being black to white."""
        height, width, channels = learner.spec.shape
        top, left = (
            ops.cast(learner.uniform(1)[0] * ((size - CROP) // FACTOR + 1), "int32") * FACTOR
            for size in (height, width)
        )
        n = ops.shape(images)[0]
        large = ops.slice(images, (0, top, left, 0), (n, CROP, CROP, channels))
        worn = self.worn(learner, shrunk(large))

        def objective() -> tuple[dict[str, Tensor], dict[str, Tensor]]:
            loss = ops.mean(ops.abs(self.enlarged(learner.networks, worn) - large))
            return {"upscaler": loss}, {"loss": loss, "learning_rate": learner.optimizers["upscaler"].learning_rate}

        return learner.descend(objective)

    def worn(self, learner: Learner, small: Tensor) -> Tensor:
        """Half of the pictures with noise, and blurred by up to a fifth towards their neighbours."""
        n = ops.shape(small)[0]
        some = ops.cast(learner.uniform(n, 1, 1, 1) < 0.5, "float32")
        blurred = ops.average_pool(small, 3, 1, padding="same")
        share = 0.2 * some * learner.uniform(n, 1, 1, 1)
        noise = (
            self.noise
            * some
            * learner.uniform(n, 1, 1, 1)
            * learner.noise(n, CROP // FACTOR, CROP // FACTOR, learner.spec.shape[2])
        )
        return ops.clip(small + share * (blurred - small) + noise, 0.0, 1.0)

    def enlarged(self, networks: Networks, small: Tensor) -> Tensor:
        """Pictures (n, 4 height, 4 width, channels) of small ones (n, height, width, channels), both in [0, 1]; not clipped."""
        return bicubic(small) + unfolded(networks["upscaler"](small))

    def evaluate(self, learner: Learner, held_out: Examples, samples: np.ndarray | None) -> dict[str, float]:
        """On held-out pictures: `held_out_loss`, `psnr` in dB, and by how much that is above bicubic."""
        large = held_out.images[:EVALUATED]
        small = small_of(large)
        ours = self._enlarge(learner, small)
        gained = psnr(large, ours) - psnr(large, interpolated(small, "bicubic"))
        error = np.abs(ours.astype("float32") - large).mean() / 255
        return {
            "held_out_loss": float(error),
            "psnr": float(psnr(large, ours).mean()),
            "psnr_over_bicubic": float(gained.mean()),
        }

    def sheet(self, learner: Learner, held_out: Examples) -> Image:
        """Six held-out pictures: made small, enlarged by bicubic interpolation, by the model, and as they were."""
        large = held_out.images[np.linspace(0, len(held_out) - 1, 6).astype(int)]
        small = small_of(large)
        rows = (
            np.repeat(np.repeat(small, FACTOR, 1), FACTOR, 2),
            interpolated(small, "bicubic"),
            self._enlarge(learner, small),
            large,
        )
        return grid(np.concatenate(rows), 6)

    def _enlarge(self, learner: Learner, small: np.ndarray) -> np.ndarray:
        """What is learning enlarges uint8 pictures; compiled once."""
        from genmodels.networks.compute import compiled

        enlarged = learner.kept("enlarged", lambda: compiled(lambda images: self.enlarged(learner.networks, images)))
        return upscaled(enlarged, small, learner.spec.shape[-1])


def upscaled(enlarged: Callable[[np.ndarray], Tensor], images: np.ndarray, known: int) -> np.ndarray:
    """uint8 (n, 4 height, 4 width, channels) of uint8 (n, height, width, channels), at most 64 pixels a side.

    `enlarged` takes and gives pictures of `known` channels from 0 to 1; grey ones are read as colour ones where it learned
    colour: what is white ink on black for a grey model is black on white for one that learned emoji.
    """
    from genmodels.networks.compute import in_chunks

    channels = images.shape[-1]
    if images.ndim != 4 or images.dtype != np.uint8 or channels not in (1, known) or max(images.shape[1:3]) > 64:
        raise Refusal(
            f"Pictures are {images.dtype} of shape {images.shape}; uint8 (n, height, width, {known}) of at most 64 pixels a side can be enlarged."
        )
    small = 255 - np.repeat(images, known, axis=-1) if channels < known else images
    large = in_chunks(lambda rows: np.asarray(enlarged(rows)), small.astype("float32") / 255, size=ROWS)
    large = np.round(np.clip(large, 0, 1) * 255).astype("uint8")
    return 255 - np.round(large.mean(axis=-1, keepdims=True)).astype("uint8") if channels < known else large


def shrunk(large: Tensor) -> Tensor:
    """The mean of each 4 x 4 pixels, rounded to 8 bits as files are."""
    return ops.round(ops.average_pool(large, FACTOR, FACTOR) * 255) / 255


def bicubic(small: Tensor) -> Tensor:
    """Bicubic enlargement by four."""
    height, width = small.shape[1], small.shape[2]
    return ops.image.resize(
        small, (FACTOR * height, FACTOR * width), interpolation="bicubic", data_format="channels_last"
    )


def unfolded(x: Tensor) -> Tensor:
    """Sub-pixels (n, height, width, 16 c) to (n, 4 height, 4 width, c)."""
    height, width, channels = x.shape[1], x.shape[2], x.shape[3] // FACTOR**2
    x = ops.transpose(ops.reshape(x, (-1, height, width, FACTOR, FACTOR, channels)), (0, 1, 3, 2, 4, 5))
    return ops.reshape(x, (-1, FACTOR * height, FACTOR * width, channels))
