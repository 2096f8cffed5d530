"""The encoder of prompts: a small Transformer that two words together make out of word pieces.

It is trained with a picture encoder (`models/clip.py`); what is drawn from a prompt takes it over and leaves it as it
is, so that different generators read a prompt alike. Its size is fixed: who takes it over need not ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from genmodels.kinds.spec import Spec
from genmodels.kinds.text.word_pieces import LENGTH
from genmodels.lazy_keras import keras, network, ops

if TYPE_CHECKING:
    from genmodels.lazy_keras import Networks, Tensor

WIDTH, LAYERS, HEADS = 128, 3, 4


def text_encoder(spec: Spec, dropout: float = 0.0) -> keras.Model:
    """A network from pieces (n, LENGTH) to states (n, LENGTH, WIDTH), of root mean square 1."""
    from genmodels.networks.layers import TransformerBlock

    pieces = keras.Input((LENGTH,), dtype="int32", name="pieces")
    spread = keras.initializers.RandomNormal(stddev=0.5)
    states = keras.layers.Embedding(len(spec.vocabulary), WIDTH, embeddings_initializer=spread, name="embedding")(
        pieces
    )
    for number in range(LAYERS):
        states, *_ = TransformerBlock(HEADS, dropout, causal=False, name=f"block_{number}")(states)
    return network(pieces, keras.layers.RMSNormalization(epsilon=1e-6, name="norm")(states), name="text")


def pooled(states: Tensor, pieces: Tensor) -> Tensor:
    """The mean (n, WIDTH) of the states (n, LENGTH, WIDTH) of all pieces but padding; 0 for the empty prompt."""
    there = ops.expand_dims(ops.cast(ops.not_equal(pieces, 0), "float32"), -1)
    return ops.sum(states * there, axis=1) / ops.maximum(ops.sum(there, axis=1), 1.0)


def encoded(networks: Networks, pieces: Tensor) -> tuple[Tensor, Tensor]:
    """States (n, LENGTH, WIDTH) of captions as pieces (n, LENGTH) by the network `text`, and their mean (n, WIDTH)."""
    states = networks["text"](pieces)
    return states, pooled(states, pieces)
