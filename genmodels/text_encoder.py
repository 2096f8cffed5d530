"""The encoder of prompts: a small Transformer that two words together make out of word pieces.

It is trained with a picture encoder (`models/clip.py`); what is drawn from a prompt takes it over and leaves it as it
is, so that different generators read a prompt alike. Its size is fixed: who takes it over need not ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from genmodels.deferred import keras, network, ops
from genmodels.recipe import Spec
from genmodels.refusal import Refusal
from genmodels.words import LENGTH, WordPieces

WIDTH, LAYERS, HEADS = 128, 3, 4


def text_encoder(spec: Spec, dropout: float = 0.0) -> Any:
    """A network from pieces (n, LENGTH) to states (n, LENGTH, WIDTH), of root mean square 1."""
    from genmodels.layers import TransformerBlock

    pieces = keras.Input((LENGTH,), dtype="int32", name="pieces")
    spread = keras.initializers.RandomNormal(stddev=0.5)
    states = keras.layers.Embedding(len(spec.vocabulary), WIDTH, embeddings_initializer=spread, name="embedding")(pieces)
    for number in range(LAYERS):
        states, *_ = TransformerBlock(HEADS, dropout, causal=False, name=f"block_{number}")(states)
    return network(pieces, keras.layers.RMSNormalization(epsilon=1e-6, name="norm")(states), name="text")


def pooled(states: Any, pieces: Any) -> Any:
    """The mean (n, WIDTH) of the states (n, LENGTH, WIDTH) of all pieces but padding; 0 for the empty prompt."""
    there = ops.expand_dims(ops.cast(ops.not_equal(pieces, 0), "float32"), -1)
    return ops.sum(states * there, axis=1) / ops.maximum(ops.sum(there, axis=1), 1.0)


def encoded(networks: Any, pieces: Any) -> tuple[Any, Any]:
    """States (n, LENGTH, WIDTH) of captions as pieces (n, LENGTH) by the network `text`, and their mean (n, WIDTH)."""
    states = networks["text"](pieces)
    return states, pooled(states, pieces)


def encoder_run(name: str) -> Any:
    """The run whose text encoder is taken over, of the gallery where it has one of that name; refuses one that has none."""
    from genmodels.gallery import shipped
    from genmodels.runs import RunStore, gallery_names

    run = shipped(name) if name in gallery_names() else RunStore.default()[name]
    if run.experiment.model != "clip" or run.experiment.recipe.get("text") != "transformer":
        raise Refusal(f"Run {run.id} has no text encoder to take over; name a run of the model clip with text=transformer.")
    return run


def word_pieces_of(name: str) -> WordPieces:
    """The word pieces of that run."""
    return WordPieces.of(encoder_run(name).spec)


def encoder_weights(name: str) -> Mapping[str, np.ndarray]:
    """The weights of its text encoder, by the names that a `Learner` gives them."""
    from genmodels.generator import newest_weights

    return {key: array for key, array in newest_weights(encoder_run(name)).items() if key.startswith("text.")}
