"""Keras layers, and pieces of networks, that two models or more share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

from genmodels.kinds.image.spectra import BLOCK, FLOOR, block_bands, block_cosines, rings
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from genmodels.lazy_keras import Cache, Tensor

LEVELS = (
    np.array([0, 1, 2, 3, 4, 5, 6, 8, 11, 16, 23, 32, 45, 64, 90, 128], np.float32) + 0.5
)  # of grey, from 0 to 255; no mean of three integers is one


@keras.saving.register_keras_serializable("genmodels")
class LearnedMap(keras.layers.Layer):
    """Passes its input (n, ...) on, and holds in `map` (...) a learned number for each place, which a loss may read.

    Held beside and not appended: repeated for each picture of a batch it made up a tenth of the time of a step.
    """

    def __init__(self, initial: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.initial = initial

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Make the map, of the shape of one example."""
        initializer = keras.initializers.Constant(self.initial)
        self.map = self.add_weight(shape=shape[1:], initializer=initializer, name="map")

    def call(self, inputs: Tensor) -> Tensor:
        """The inputs as they are."""
        return inputs

    def get_config(self) -> dict[str, Any]:
        """The settings by which Keras makes the layer again."""
        return super().get_config() | {"initial": self.initial}


@keras.saving.register_keras_serializable("genmodels")
class Traces(keras.layers.Layer):
    """Pictures (n, side, side, channels) in [-1, 1] to how they were made, not what they show: (n, 9 x 16 + 1 + 42 + side / 2 + 1).

    Drawings are flat between their edges and on white; what a generator draws is nearly so. For each of nine maps (steps to
    the right, down and aslant, the Laplacian, distance from white, colourfulness; step to the right and Laplacian of colour
    alone; the Laplacian far from any edge) the share of places below each of 16 grey levels, and how much lies far from
    edges. Since JPEG and WebP leave noise too: of 8 x 8 blocks that are not flat, the share of cosine coefficients that are
    nought, on each diagonal, which compression leaves behind (Fan and de Queiroz 2003). Last the mean log power at each
    frequency (Durall et al. 2020, arXiv 2003.01826).
    """

    EDGE, NEAR, FLAT, NOUGHT = 48, 5, 8, (0.5, 1.5, 4.0)  # grey levels; pixels; grey levels; grey levels

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Make the tables for pictures of that side."""
        side = int(shape[1] or 0)
        self.whole = side // BLOCK * BLOCK  # what blocks fill
        self.rings, self.cosines, self.bands = rings(side), block_cosines(self.whole), block_bands(self.whole)

    def call(self, inputs: Tensor) -> Tensor:
        """The traces of pictures (n, side, side, channels) from -1 to 1, as features of each."""
        x = 127.5 * (inputs + 1)  # grey levels
        red, green, blue = x[..., 0], x[..., x.shape[-1] // 2], x[..., -1]
        light = 0.299 * red + 0.587 * green + 0.114 * blue
        colour = ops.stack([0.564 * (blue - light), 0.713 * (red - light)], axis=-1)
        beside = ops.mean(ops.abs(_laplacian(x)), axis=-1)
        steps = (x[:, :, 1:] - x[:, :, :-1], x[:, 1:] - x[:, :-1], x[:, 1:, 1:] - x[:, :-1, :-1])
        least, most = ops.min(x, axis=-1), ops.max(x, axis=-1)
        maps = [*(ops.mean(ops.abs(step), axis=-1) for step in steps), beside, 255 - least, most - least]
        maps += [ops.max(ops.abs(each), axis=-1) for each in (colour[:, :, 1:] - colour[:, :, :-1], _laplacian(colour))]
        return ops.concatenate(
            [*(_shares(each) for each in maps), self._far(beside), self._blocks(light), self._power(inputs)], axis=-1
        )

    def _far(self, beside: Tensor) -> Tensor:
        """Of places far from any edge, the shares below each level, and how many there are; (n, 16 + 1)."""
        far = ops.max_pool(beside[..., None], self.NEAR, strides=1, padding="same")[..., 0] < self.EDGE
        share = ops.mean(ops.cast(far, "float32"), axis=(1, 2))[:, None]
        return ops.concatenate(
            [1 - _shares(ops.where(far, beside, -1.0), over=True) / ops.maximum(share, 1e-4), share], axis=-1
        )

    def _blocks(self, light: Tensor) -> Tensor:
        """Shares of cosine coefficients below each of three sizes on each diagonal of blocks that are not flat; (n, 3 x 14)."""
        light = light[:, : self.whole, : self.whole]
        cosines = ops.convert_to_tensor(self.cosines)
        sizes = ops.abs(ops.matmul(ops.matmul(cosines, light), ops.transpose(cosines)))
        highest, lowest = (sign * ops.max_pool(sign * light[..., None], BLOCK)[..., 0] for sign in (1.0, -1.0))
        live = ops.cast(highest - lowest > self.FLAT, "float32")
        weight = live / ops.maximum(ops.sum(live, axis=(1, 2), keepdims=True), 1.0)
        weight = ops.repeat(ops.repeat(weight, BLOCK, axis=1), BLOCK, axis=2)
        small = [ops.reshape(ops.where(sizes < size, weight, 0.0), (-1, self.whole**2)) for size in self.NOUGHT]
        return ops.concatenate([each @ ops.convert_to_tensor(self.bands) for each in small], axis=-1)

    def _power(self, inputs: Tensor) -> Tensor:
        grey = ops.mean(inputs, axis=-1)
        real, imaginary = ops.fft2((grey, ops.zeros_like(grey)))
        power = ops.log(real**2 + imaginary**2 + FLOOR)
        return ops.reshape(power, (-1, self.rings.shape[0])) @ ops.convert_to_tensor(self.rings)


def _laplacian(x: Tensor) -> Tensor:
    return 4 * x[:, 1:-1, 1:-1] - x[:, :-2, 1:-1] - x[:, 2:, 1:-1] - x[:, 1:-1, :-2] - x[:, 1:-1, 2:]


def _shares(each: Tensor, over: bool = False) -> Tensor:
    """Shares of the places of a map (n, height, width) below each grey level, or over it; (n, 16)."""
    levels = ops.convert_to_tensor(LEVELS)
    return ops.mean(ops.cast(each[..., None] > levels if over else each[..., None] < levels, "float32"), axis=(1, 2))


@keras.saving.register_keras_serializable("genmodels")
def silu(x: Tensor) -> Tensor:
    """x sigmoid(x), as Keras's `silu`; the gradient reuses the sigmoid, which shortens a VAE's step by a tenth."""
    return _silu(x)


@ops.custom_gradient
def _silu(x: Tensor) -> Tensor:
    share = ops.sigmoid(x)
    y = x * share

    # TensorFlow and JAX pass what comes down alone
    def gradient(*arguments: Tensor, upstream: Tensor | None = None) -> Tensor:
        above = arguments[0] if upstream is None else upstream
        return above * (share + y * (1 - share))

    return y, gradient


def halvings(height: int, width: int) -> int:
    """How often a picture is halved on the way down to 4 to 7 pixels (2 at the smallest); at most 5 times."""
    depth = 0
    while depth < 5 and height % 2 == 0 and width % 2 == 0 and min(height, width) >= 8:
        height, width, depth = height // 2, width // 2, depth + 1
    if not depth or max(height, width) > 16:
        raise Refusal(
            f"A picture of {height} x {width} pixels can't be halved down to a few; resize to 32 x 32 or 64 x 64."
        )
    return depth


def one_of(classes: int, images: Tensor, labels: Tensor | np.ndarray | None) -> Tensor:
    """Labels (n,) as one of n, (n, classes); without labels a class of its own is meant by all zeros."""
    if not classes or labels is None:
        return ops.zeros((ops.shape(images)[0], classes))
    if isinstance(labels, np.ndarray) and ((labels < 0) | (labels >= classes)).any():
        raise Refusal(f"A label is {int(labels.max())}; this model knows the classes 0 to {classes - 1}.")
    return ops.one_hot(labels, classes)


def rotated(x: Tensor, position: Tensor | int) -> Tensor:
    """Queries or keys x (..., length, size) turned by their positions, the first of which is `position` (Su et al. 2021).

    Pairs are (i, i + size/2) and the slowest turns by 1/10,000 radian a place, so that a product of the two depends on
    how far apart they are and not on where.
    """
    length, half = x.shape[-2], x.shape[-1] // 2
    places = ops.cast(position + ops.arange(length), "float32")[:, None]
    angles = places * ops.convert_to_tensor(10_000.0 ** -(np.arange(half, dtype="float32") / half))
    cosine, sine = ops.cos(angles), ops.sin(angles)
    first, second = ops.split(x, 2, axis=-1)
    return ops.concatenate([first * cosine - second * sine, first * sine + second * cosine], axis=-1)


@keras.saving.register_keras_serializable("genmodels")
class SelfAttention(keras.layers.Layer):
    """Multi-head self-attention (Vaswani et al. 2017) with rotary positions and no biases; causal or of the whole.

    Gives x (batch, length, width) again; keys and values (batch, heads, length, size), which are a cache for what
    follows; and how much each place looked at each, (batch, heads, length, length). Called with a `cache` that is
    `context` long, x follows from `position` on: its keys and values are written into the cache, which is read whole.
    """

    def __init__(self, heads: int, causal: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.heads, self.causal = heads, causal

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Make the weights; raises `Refusal` for a width that the heads can't share in pairs."""
        width = shape[-1] or 0
        if width % (2 * self.heads):
            raise Refusal(
                f"The width {width} can't be shared by {self.heads} heads in pairs; choose a multiple of {2 * self.heads}."
            )
        spread = keras.initializers.RandomNormal(stddev=width**-0.5)
        self.inward = keras.layers.Dense(
            3 * width, use_bias=False, kernel_initializer=spread, name="queries_keys_values"
        )
        self.outward = keras.layers.Dense(width, use_bias=False, kernel_initializer="zeros", name="outward")
        self.inward.build(shape)
        self.outward.build(shape)

    def call(self, x: Tensor, cache: Cache | None = None, position: Tensor | int = 0) -> tuple[Tensor, Cache, Tensor]:
        """x (n, length, width) attended, the cache of keys and values, and how much each place looks at each other."""
        batch, length, width = ops.shape(x)[0], x.shape[1], x.shape[2]
        size = width // self.heads
        split = ops.reshape(self.inward(x), (batch, length, 3, self.heads, size))
        queries, keys, values = ops.unstack(
            ops.transpose(split, (2, 0, 3, 1, 4)), 3, axis=0
        )  # (batch, heads, length, size)
        queries, keys = rotated(queries, position) * size**-0.5, rotated(keys, position)
        if cache is not None:
            keys, values = (
                ops.slice_update(old, (0, 0, position, 0), new) for old, new in zip(cache, (keys, values), strict=True)
            )
        scores = ops.matmul(queries, ops.swapaxes(keys, -1, -2))  # (batch, heads, length, length or context)
        if self.causal:
            own, all_ = position + ops.arange(length)[:, None], ops.arange(keys.shape[2])
            scores = ops.where(all_ <= own, scores, -1e9)
        looked = ops.softmax(scores)
        mixed = ops.reshape(ops.transpose(ops.matmul(looked, values), (0, 2, 1, 3)), (batch, length, width))
        return self.outward(mixed), (keys, values), looked

    def get_config(self) -> dict[str, Any]:
        """The settings by which Keras makes the layer again."""
        return super().get_config() | {"heads": self.heads, "causal": self.causal}


@keras.saving.register_keras_serializable("genmodels")
class TransformerBlock(keras.layers.Layer):
    """A pre-norm block: attention, then a squared-ReLU network of four times the width (So et al. 2021), each added to x.

    Takes and gives what `SelfAttention` does.
    """

    def __init__(self, heads: int, dropout: float = 0.0, causal: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.heads, self.dropout, self.causal = heads, dropout, causal

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Make the attention and the network behind it, each with its normalisation."""
        width = shape[-1] or 0
        self.attention_norm = keras.layers.RMSNormalization(epsilon=1e-6, name="attention_norm")
        self.attention = SelfAttention(self.heads, self.causal, name="attention")
        self.network_norm = keras.layers.RMSNormalization(epsilon=1e-6, name="network_norm")
        spread = keras.initializers.RandomNormal(stddev=width**-0.5)
        self.widen = keras.layers.Dense(4 * width, use_bias=False, kernel_initializer=spread, name="widen")
        self.narrow = keras.layers.Dense(width, use_bias=False, kernel_initializer="zeros", name="narrow")
        self.drop = keras.layers.Dropout(self.dropout)
        for layer in (self.attention_norm, self.attention, self.network_norm, self.widen):
            layer.build(shape)
        self.narrow.build((*shape[:-1], 4 * width))

    def call(
        self, x: Tensor, cache: Cache | None = None, position: Tensor | int = 0, training: bool = False
    ) -> tuple[Tensor, Cache, Tensor]:
        """x (n, length, width) with attention and network added, the cache, and how much each place looks at each other."""
        added, cache, looked = self.attention(self.attention_norm(x), cache=cache, position=position)
        x = x + self.drop(added, training=training)
        x = x + self.drop(self.narrow(ops.square(ops.relu(self.widen(self.network_norm(x))))), training=training)
        return x, cache, looked

    def get_config(self) -> dict[str, Any]:
        """The settings by which Keras makes the layer again."""
        return super().get_config() | {"heads": self.heads, "dropout": self.dropout, "causal": self.causal}


@keras.saving.register_keras_serializable("genmodels")
class Colours(keras.layers.Layer):
    """Pictures (n, height, width, 3) in [-1, 1] to how much of them has which colour (n, 8 x 8 x 8), square roots of shares.

    Each pixel is divided among the eight colours around it; the lightest of a picture, its paper, counts as white, so
    that less light changes nothing.
    """

    LEVELS = 8

    def call(self, inputs: Tensor) -> Tensor:
        """The colours of pictures (n, height, width, 3) from -1 to 1, relative to the light of their paper."""
        n, pixels = ops.shape(inputs)[0], int(inputs.shape[1] * inputs.shape[2])
        x = ops.reshape((inputs + 1) / 2, (n, pixels, 3))
        paper = ops.sort(ops.max(x, axis=-1), axis=1)[:, round(0.97 * pixels)]
        x = ops.clip(x / ops.maximum(paper, 0.24)[:, None, None], 0, 1) * (self.LEVELS - 1)
        near = ops.maximum(
            0.0, 1 - ops.abs(x[..., None] - ops.arange(self.LEVELS, dtype="float32"))
        )  # (n, pixels, 3, levels)
        two = ops.reshape(near[:, :, 0, :, None] * near[:, :, 1, None, :], (n, pixels, self.LEVELS**2))
        found = ops.matmul(ops.transpose(two, (0, 2, 1)), near[:, :, 2]) / pixels
        return ops.sqrt(ops.reshape(found, (n, self.LEVELS**3)) + 1e-9)
