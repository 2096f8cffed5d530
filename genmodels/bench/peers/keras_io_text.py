"""The way of keras.io: the text network as a functional model, asked by `model.predict` for every token.

Started as `python -m genmodels.bench.peers.keras_io_text sample-text 1`. The loop is that of its example "Text
generation with a miniature GPT": the text so far is padded to the context, the whole of it is read again, the place of
the last token is picked, and the draw is made in NumPy.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import keras
import numpy as np
from keras import layers, ops

from genmodels.bench import text
from genmodels.bench.turns import serve

if TYPE_CHECKING:
    import tensorflow as tf


class Attention(layers.Layer):
    """Causal attention with rotary positions; (B, T, 3 WIDTH) to (B, T, WIDTH)."""

    def call(self, qkv: tf.Tensor) -> tf.Tensor:
        """Causal attention from queries, keys and values side by side, (n, length, 3 width), to (n, length, width)."""
        length, head = qkv.shape[1], text.WIDTH // text.HEADS
        q, k, v = (ops.reshape(x, (-1, length, text.HEADS, head)) for x in ops.split(qkv, 3, axis=-1))
        cosine, sine = (table[:, None] for table in text.rotations(length))
        q, k = (x * cosine + ops.concatenate([-x[..., head // 2 :], x[..., : head // 2]], -1) * sine for x in (q, k))
        return ops.reshape(ops.dot_product_attention(q, k, v, is_causal=True), (-1, length, text.WIDTH))


def network(arrays: dict[str, np.ndarray]) -> keras.Model:
    """Tokens (B, CONTEXT) to logits (B, CONTEXT, SYMBOLS), with the weights of `text.weights`."""

    def dense(name: str, activation: str | None = None) -> layers.Layer:
        return layers.Dense(arrays[name].shape[1], activation, use_bias=False, name=name)

    def norm(name: str) -> layers.Layer:
        return layers.RMSNormalization(epsilon=text.EPSILON, name=name)

    tokens = keras.Input((text.CONTEXT,), dtype="int32")
    embedding = layers.ReversibleEmbedding(text.SYMBOLS, text.WIDTH, name="embedding")
    x = embedding(tokens)
    for layer in range(text.LAYERS):
        h = dense(f"{layer}.qkv")(norm(f"{layer}.norm1")(x))
        x = layers.Add()([x, dense(f"{layer}.out")(Attention()(h))])
        h = ops.square(dense(f"{layer}.up", "relu")(norm(f"{layer}.norm2")(x)))
        x = layers.Add()([x, dense(f"{layer}.down")(h)])
    model = keras.Model(tokens, embedding(norm("norm")(x), reverse=True))
    for name, array in arrays.items():
        model.get_layer(name).set_weights([array])
    return model


def write(model: keras.Model, noise: np.ndarray) -> np.ndarray:
    """Tokens (B, n + 1) from noise (n, B, SYMBOLS), the first of them 0."""
    tokens = np.zeros((noise.shape[1], len(noise) + 1), "int32")
    for place, each in enumerate(noise):
        padded = np.zeros((len(tokens), text.CONTEXT), "int32")
        padded[:, : place + 1] = tokens[:, : place + 1]
        logits = model.predict(padded, verbose=0)[:, place]
        tokens[:, place + 1] = (logits + each).argmax(-1)
    return tokens


def main(bench: str, batch: str) -> None:
    """Serve the writing of so many texts at once by the Keras example's way."""
    model, noise = network(text.weights()), text.noise(int(batch))
    tokens = write(model, noise)

    def work(steps: int) -> float:
        start = time.perf_counter()
        write(model, noise)  # once: it takes long enough to be timed
        return steps * (time.perf_counter() - start)

    serve(work, warm_up=0, version=keras.__version__, tokens=tokens.tolist())


if __name__ == "__main__":
    main(*sys.argv[1:])
