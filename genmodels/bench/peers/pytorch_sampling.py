"""PyTorch: the text network asked for tokens in the usual ways, each of which maps noise (n, B, SYMBOLS) to tokens
(B, n + 1), the first of them 0.

Started as `python -m genmodels.bench.peers.pytorch_sampling sample-text 1 whole`: the batch and the way. `whole` reads
all tokens again for each new one, as nanoGPT does; `concatenated` and `preallocated` keep keys and values, eagerly;
`compiled` keeps them with the step under `torch.compile`, as gpt-fast does, and is told the mode and the attention.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from genmodels.bench import text
from genmodels.bench.peers.pytorch_text import ATTENTION, HEAD, Transformer, prepared
from genmodels.bench.turns import THREADS, serve

Cache = tuple[Tensor, Tensor]
PLACES = 33  # of a long context at which a token is timed


@torch.inference_mode()
def whole(model: Transformer, noise: Tensor) -> Tensor:
    """Tokens (n, length + 1) written by reading all of them again for each; `noise` (length, n, symbols) chooses."""
    tokens = torch.zeros(noise.shape[1], 1, dtype=torch.int64)
    for each in noise:
        chosen = (model(tokens[:, -len(model.cosine) :], last=True) + each).argmax(-1, keepdim=True)
        tokens = torch.cat((tokens, chosen), 1)
    return tokens


@torch.inference_mode()
def concatenated(model: Transformer, noise: Tensor) -> Tensor:
    """Tokens (n, length + 1) written with a cache that is concatenated for each; `noise` (length, n, symbols) chooses."""
    tokens = [torch.zeros(noise.shape[1], 1, dtype=torch.int64)]
    caches: list[Any] = [None] * text.LAYERS

    def attend(layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        if caches[layer] is not None:
            k, v = torch.cat((caches[layer][0], k), 2), torch.cat((caches[layer][1], v), 2)
        caches[layer] = k, v
        return F.scaled_dot_product_attention(q, k, v)

    for place, each in enumerate(noise):
        x, rotation = model.embedding(tokens[-1]), (model.cosine[place], model.sine[place])
        for layer, block in enumerate(model.blocks):
            x = block(x, rotation, partial(attend, layer))
        tokens.append((model.logits(x[:, -1]) + each).argmax(-1, keepdim=True))
    return torch.cat(tokens, 1)


def empty_cache(model: Transformer, batch: int) -> list[Cache]:
    """Keys and values of each layer, (B, HEADS, context, HEAD)."""
    shape = (batch, text.HEADS, len(model.cosine), HEAD)
    return [(torch.zeros(shape), torch.zeros(shape)) for _ in range(text.LAYERS)]


@torch.inference_mode()
def preallocated(model: Transformer, noise: Tensor) -> Tensor:
    """Tokens (n, length + 1) written with a cache of full size from the start; `noise` (length, n, symbols) chooses."""
    cache = empty_cache(model, noise.shape[1])
    tokens = torch.zeros(noise.shape[1], len(noise) + 1, dtype=torch.int64)

    def attend(place: int, kept: Cache, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        kept[0][:, :, place : place + 1], kept[1][:, :, place : place + 1] = k, v
        return F.scaled_dot_product_attention(q, kept[0][:, :, : place + 1], kept[1][:, :, : place + 1])

    for place, each in enumerate(noise):
        x, rotation = model.embedding(tokens[:, place : place + 1]), (model.cosine[place], model.sine[place])
        for block, kept in zip(model.blocks, cache, strict=True):
            x = block(x, rotation, partial(attend, place, kept))
        tokens[:, place + 1] = (model.logits(x[:, -1]) + each).argmax(-1)
    return tokens


class Compiled:
    """One token for each call of a compiled step: the whole cache is looked at, places not yet written are masked."""

    def __init__(self, mode: str, attention: str) -> None:
        self.attention = ATTENTION[attention]
        how = (
            {"options": {"guard_filter_fn": torch.compiler.skip_all_guards_unsafe}}
            if mode == "unguarded"
            else {"mode": mode}
        )
        self.step = torch.compile(self._step, fullgraph=True, **how)

    def _step(self, model: Transformer, token: Tensor, place: Tensor, cache: list[Cache], noise: Tensor) -> Tensor:
        rotation = model.cosine[place], model.sine[place]
        seen = (torch.arange(len(model.cosine)) <= place)[None]
        x = model.embedding(token)

        def attend(kept: Cache, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            kept[0].index_copy_(2, place, k)
            kept[1].index_copy_(2, place, v)
            return self.attention(q, *kept, attn_mask=seen)

        for block, kept in zip(model.blocks, cache, strict=True):
            x = block(x, rotation, partial(attend, kept))
        return (model.logits(x[:, -1]) + noise).argmax(-1, keepdim=True)

    @torch.inference_mode()
    def __call__(self, model: Transformer, noise: Tensor) -> Tensor:
        cache = empty_cache(model, noise.shape[1])
        tokens = [torch.zeros(noise.shape[1], 1, dtype=torch.int64)]
        for place, each in zip(torch.arange(len(noise)).split(1), noise, strict=True):
            tokens.append(self.step(model, tokens[-1], place, cache, each))
        return torch.cat(tokens, 1)


def growth(context: int) -> Callable[[int], float]:
    """Seconds a token over a whole context, all tokens read again for each: at places spread evenly over it."""
    model = prepared(context)
    tokens = torch.randint(text.SYMBOLS, (1, context))
    places = np.linspace(1, context, PLACES).astype(int).tolist()

    @torch.inference_mode()
    def work(steps: int) -> float:
        start = time.perf_counter()
        for _ in range(steps):
            for place in places:
                model(tokens[:, :place], last=True).argmax(-1)
        return (time.perf_counter() - start) / PLACES

    return work


WAYS = {"whole": whole, "concatenated": concatenated, "preallocated": preallocated}


def main(bench: str, size: str, way: str = "", *more: str) -> None:
    """Serve the writing of so many texts in the way that is named."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    if bench == "sample-text-long":
        return serve(growth(int(size)), warm_up=1, version=torch.__version__)
    context = text.MOLECULE if bench == "sample-molecules" else text.CONTEXT
    model, noise = prepared(context).eval(), torch.from_numpy(text.noise(int(size), context))
    write = Compiled(*more) if way == "compiled" else WAYS[way]

    def work(steps: int) -> None:
        for _ in range(steps):
            write(model, noise)

    return serve(work, warm_up=2, version=torch.__version__, tokens=write(model, noise).tolist())


if __name__ == "__main__":
    main(*sys.argv[1:])
