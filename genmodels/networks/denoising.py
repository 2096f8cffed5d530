"""What models of diffusion share, of pictures and of clips: how noise is mixed in, blocks of a U-Net, the step size, the average.

Papers stand in `models/diffusion.py`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from genmodels.lazy_keras import keras, ops

if TYPE_CHECKING:
    from genmodels.lazy_keras import Tensor
    from genmodels.networks.learner import Learner

MOST_NOISE = 1.55  # radian; at pi/2 nothing of the picture would be left, and nothing could be learned
FOLD = 2


def mixture(images: Tensor, noise: Tensor, angle: Tensor) -> tuple[Tensor, Tensor]:
    """Examples (n, ...) in [-1, 1] mixed with noise by angles (n, 1), and the velocity with which they move on."""
    over = (-1, *[1] * (len(images.shape) - 1))
    signal, spread = ops.reshape(ops.cos(angle), over), ops.reshape(ops.sin(angle), over)
    return signal * images + spread * noise, signal * noise - spread * images


def waves(angle: keras.KerasTensor) -> keras.KerasTensor:
    """Angles (n, 1) as sines and cosines of 16 speeds, (n, 32)."""
    speeds = np.exp(np.linspace(0, math.log(200), 16)).astype("float32")
    turned = ops.matmul(angle, speeds[None])
    return ops.concatenate([ops.sin(turned), ops.cos(turned)], axis=-1)


def optimizer(learning_rate: float, weight_decay: float, steps: int) -> keras.Optimizer:
    """AdamW whose step size rises over a twentieth of `steps`, then falls along a cosine to a fiftieth."""
    from genmodels.networks.learner import Adam, cosine

    rate = cosine(learning_rate, steps, max(1, steps // 20), 0.02)
    return Adam(rate, beta_2=0.99, weight_decay=weight_decay or None, global_clipnorm=1.0)


def average(learner: Learner, fast: str, slow: str, decay: float) -> None:
    """Move the network `slow` towards the network `fast`: a moving average that keeps `decay` of itself."""
    taken = ops.cast(learner.steps_taken, "float32")
    kept = ops.minimum(decay, (1 + taken) / (10 + taken))  # so that the first steps are soon forgotten
    for mean, own in zip(learner.networks[slow].variables, learner.networks[fast].variables, strict=True):
        mean.assign(kept * mean + (1 - kept) * own)


def folded(x: keras.KerasTensor, fold: int = FOLD) -> keras.KerasTensor:
    """(n, height, width, c) to (n, height / 2, width / 2, 4 c), or as many as `fold` says."""
    height, width, channels = x.shape[1:]
    x = keras.layers.Reshape((height // fold, fold, width // fold, fold, channels))(x)
    return keras.layers.Reshape((height // fold, width // fold, -1))(keras.layers.Permute((1, 3, 2, 4, 5))(x))


def unfolded(x: keras.KerasTensor, fold: int = FOLD) -> keras.KerasTensor:
    """The inverse of `folded`."""
    height, width, channels = x.shape[1:]
    x = keras.layers.Reshape((height, width, fold, fold, channels // fold**2))(x)
    return keras.layers.Reshape((height * fold, width * fold, -1))(keras.layers.Permute((1, 3, 2, 4, 5))(x))


def activated(h: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """Normalised over channels, then SiLU."""
    from genmodels.networks.layers import silu

    return keras.layers.Activation(silu)(keras.layers.RMSNormalization(axis=-1, name=f"{name}_norm")(h))


def residual(h: keras.KerasTensor, told: keras.KerasTensor, width: int, name: str) -> keras.KerasTensor:
    """Two convolutions, the second of which scales and moves its channels by what is told (Perez et al. 2018)."""
    from genmodels.networks.layers import silu

    y = keras.layers.Conv2D(width, 3, padding="same", name=f"{name}_first")(activated(h, f"{name}_first"))
    scale, shift = ops.split(keras.layers.Dense(2 * width, name=f"{name}_told")(told)[:, None, None], 2, axis=-1)
    y = keras.layers.RMSNormalization(axis=-1, name=f"{name}_second_norm")(y) * (1 + scale) + shift
    y = keras.layers.Conv2D(width, 3, padding="same", kernel_initializer="zeros", name=f"{name}_second")(
        keras.layers.Activation(silu)(y)
    )
    h = h if h.shape[-1] == width else keras.layers.Conv2D(width, 1, name=f"{name}_through")(h)
    return keras.layers.Add()([h, y])
