"""What models of clips share: layers that look along frames, the encoder of their captions, and which frames are given in training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

from genmodels.kinds.spec import Spec
from genmodels.kinds.text.word_pieces import LENGTH
from genmodels.kinds.video.foretelling import between_frames
from genmodels.lazy_keras import network
from genmodels.networks.text_encoder import WIDTH

if TYPE_CHECKING:
    from genmodels.lazy_keras import Tensor
    from genmodels.networks.learner import Learner

WAVES = 6  # speeds in which the number of a frame is told


def word_encoder(spec: Spec) -> keras.Model:
    """A network from pieces (n, LENGTH) to states (n, LENGTH, WIDTH), each of its own piece alone.

    Words do not see each other, so that what is learned of "left" with one thing is there for every other.
    """
    pieces = keras.Input((LENGTH,), dtype="int32", name="pieces")
    spread = keras.initializers.RandomNormal(stddev=0.5)
    states = keras.layers.Embedding(len(spec.vocabulary), WIDTH, embeddings_initializer=spread, name="embedding")(
        pieces
    )
    return network(pieces, keras.layers.RMSNormalization(epsilon=1e-6, name="norm")(states), name="text")


def told_of_frames(told: keras.KerasTensor, frames: int, name: str) -> keras.KerasTensor:
    """What is told of a clip (n, width), for each frame with its number, (n * frames, width)."""
    width = told.shape[-1]
    angles = np.linspace(0, np.pi, frames, dtype="float32")[:, None] * 2.0 ** np.arange(WAVES)
    numbers = np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype("float32")
    each = ops.zeros_like(told)[:, None, : 2 * WAVES] + numbers[None]
    each = keras.layers.Dense(width, use_bias=False, name=name)(each)
    return ops.reshape(told[:, None] + each, (-1, width))


def given_in_training(learner: Learner, clips: Tensor, share: float) -> Tensor:
    """1 for frames that are given and 0 for those that are to be drawn, (n, frames).

    In that `share` of the clips some are given: the first, the first half, some with gaps of four, or any.
    """
    n, frames = ops.shape(clips)[0], clips.shape[1]
    places = np.arange(frames)
    fixed = np.stack([places < 1, places < frames // 2, between_frames(frames)]).astype("float32")
    which = ops.floor(learner.uniform(n, 1) * 4)  # the last: any
    any_of = ops.cast(learner.uniform(n, frames) < learner.uniform(n, 1), "float32")
    known = any_of * ops.cast(ops.equal(which, 3), "float32")
    for number, each in enumerate(fixed):
        known = known + each[None] * ops.cast(ops.equal(which, number), "float32")
    some = ops.cast(learner.uniform(n, 1) < share, "float32")
    all_of = ops.cast(ops.all(known > 0, axis=1, keepdims=True), "float32")  # then nothing would be left to learn
    return known * some * (1 - all_of)


def error_where_unknown(predicted: Tensor, wanted: Tensor, known: Tensor) -> Tensor:
    """The mean squared error of frames (n, frames, ...) that are not known (n, frames)."""
    axes = tuple(range(2, len(predicted.shape)))
    each = ops.mean((predicted - wanted) ** 2, axis=axes)
    return ops.sum(each * (1 - known)) / ops.maximum(ops.sum(1 - known), 1.0)


def with_given(noisy: Tensor, clean: Tensor, known: Tensor) -> Tensor:
    """Noisy frames (n, frames, ..., c) with the clean ones where these are known (n, frames), and one channel that says where, (..., c + 1)."""
    mask = ops.reshape(known, (-1, noisy.shape[1], *[1] * (len(noisy.shape) - 2)))
    mixed = mask * clean + (1 - mask) * noisy
    return ops.concatenate([mixed, ops.zeros_like(noisy[..., :1]) + mask], axis=-1)


@keras.saving.register_keras_serializable("genmodels")
class AlongFrames(keras.layers.Layer):
    """Adds to each place a mixture of itself in the frame before, in its own and in the next, each channel by itself.

    Takes and gives (n * frames, height, width, channels); at first nothing is added.
    """

    def __init__(self, frames: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.frames = frames

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Make the three weights of each channel."""
        self.taps = self.add_weight(shape=(3, shape[-1]), initializer="zeros", name="taps")

    def call(self, x: Tensor) -> Tensor:
        """The frames with their neighbours added."""
        height, width, channels = x.shape[1:]
        y = ops.reshape(x, (-1, self.frames, height, width, channels))
        empty = ops.zeros_like(y[:, :1])
        before, after = ops.concatenate([empty, y[:, :-1]], axis=1), ops.concatenate([y[:, 1:], empty], axis=1)
        mixed = before * self.taps[0] + y * (1 + self.taps[1]) + after * self.taps[2]
        return ops.reshape(mixed, (-1, height, width, channels))

    def get_config(self) -> dict[str, Any]:
        """The settings by which Keras makes the layer again."""
        return super().get_config() | {"frames": self.frames}
