"""How a Transformer reads tokens: the one pass through its layers, which training, writing and looking inside all call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from genmodels.lazy_keras import Cache, Tensor, keras


class Read(NamedTuple):
    """What comes of reading tokens (n, length)."""

    logits: Tensor  # (n, length, vocabulary) of the token after each
    caches: list[Cache]  # keys and values of each block, (n, heads, length or context, size)
    hidden: list[Tensor]  # the embedding and what each block hands on, (n, length, width)
    attention: list[Tensor]  # of each block, how much each place looked at each, (n, heads, length, length or context)


def read(
    layers: Sequence[keras.layers.Layer],
    tokens: Tensor,
    caches: Sequence[Cache] | None = None,
    position: Tensor | int = 0,
    beside: Tensor | None = None,
    seen: Tensor | None = None,
) -> Read:
    """Read tokens (n, length) by the layers that `parts` lists; with `caches` they are those from `position` on.

    `beside` (n, 1, width) is added to what stands for each token, where something else is known of the whole; `seen`
    (n, length, 1) is 0 for tokens that are hidden, 1 for the others.
    """
    embedding, *blocks, norm = layers
    first = embedding(tokens) if seen is None else embedding(tokens) * seen
    hidden, kept, attention = [first if beside is None else first + beside], [], []
    for number, block in enumerate(blocks):
        x, cache, looked = block(hidden[-1], cache=caches and caches[number], position=position)
        hidden.append(x)
        kept.append(cache)
        attention.append(looked)
    return Read(embedding(norm(hidden[-1]), reverse=True), kept, hidden, attention)


def parts(network: keras.Model) -> tuple[keras.layers.Layer, ...]:
    """The layers of a network that `read` takes: embedding, blocks, norm."""
    blocks = [layer for layer in network.layers if layer.name.startswith("block_")]
    return (network.get_layer("embedding"), *blocks, network.get_layer("norm"))
