"""PyTorch: the text network, trained by the usual loop and asked for tokens in the three usual ways.

Started as `python -m genmodels.bench.peers.pytorch_text train-transformer sdpa fused`, in an environment that has
PyTorch alone. `sample-text` takes the batch and the way: `whole` reads all tokens again for each new one, as nanoGPT
does; `concatenated` and `preallocated` keep keys and values, eagerly; `compiled` is `preallocated` with the step under
`torch.compile`, as gpt-fast does it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from genmodels.bench import text
from genmodels.bench.turns import THREADS, serve

HEAD = text.WIDTH // text.HEADS
Cache = tuple[Tensor, Tensor]


class Norm(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(text.WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, (text.WIDTH,), self.scale, text.EPSILON)


def turned(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotary positions on (..., T, HEAD)."""
    first, second = x.chunk(2, -1)
    return x * cosine + torch.cat((-second, first), -1) * sine


def explicit(q: Tensor, k: Tensor, v: Tensor, is_causal: bool = False, attn_mask: Tensor | None = None) -> Tensor:
    """Attention written out."""
    scores = q @ k.transpose(-2, -1) * HEAD**-0.5
    if is_causal:
        attn_mask = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).tril()
    if attn_mask is not None:
        scores = scores.masked_fill(~attn_mask, -torch.inf)
    return scores.softmax(-1) @ v


ATTENTION: dict[str, Callable[..., Tensor]] = {"sdpa": F.scaled_dot_product_attention, "explicit": explicit}


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        width = text.WIDTH
        self.norm1, self.norm2 = Norm(), Norm()
        self.qkv, self.out = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False)
        self.up, self.down = nn.Linear(width, 4 * width, bias=False), nn.Linear(4 * width, width, bias=False)

    def forward(self, x: Tensor, rotation: tuple[Tensor, Tensor], attend: Callable[..., Tensor]) -> Tensor:
        """`attend(q, k, v)` has them as (B, HEADS, T, HEAD)."""
        batch, length, width = x.shape
        qk, v = self.qkv(self.norm1(x)).view(batch, length, 3 * text.HEADS, HEAD).transpose(1, 2).tensor_split((2 * text.HEADS,), 1)
        h = attend(*turned(qk, *rotation).chunk(2, 1), v)
        x = x + self.out(h.transpose(1, 2).reshape(batch, length, width))
        return x + self.down(F.relu(self.up(self.norm2(x))).square())


class Transformer(nn.Module):
    def __init__(self, context: int = text.CONTEXT) -> None:
        super().__init__()
        self.embedding = nn.Embedding(text.SYMBOLS, text.WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(text.LAYERS))
        self.norm = Norm()
        for name, array in zip(("cosine", "sine"), text.rotations(context), strict=True):
            self.register_buffer(name, torch.from_numpy(array), persistent=False)

    def set(self, arrays: dict[str, np.ndarray]) -> None:
        """The weights of `text.weights`."""
        def whole(name: str) -> str:
            part = name.rpartition(".")[2]
            return ("blocks." if part != name else "") + name + (".scale" if "norm" in part else ".weight")

        flipped = {n: a.T if a.ndim == 2 and n != "embedding" else a for n, a in arrays.items()}
        self.load_state_dict({whole(name): torch.from_numpy(np.ascontiguousarray(array)) for name, array in flipped.items()})

    def logits(self, x: Tensor) -> Tensor:
        return F.linear(self.norm(x), self.embedding.weight)

    def forward(self, tokens: Tensor, attention: str = "sdpa", last: bool = False) -> Tensor:
        """Logits (B, T, SYMBOLS) of tokens (B, T); (B, SYMBOLS) of the last place alone."""
        x, length = self.embedding(tokens), tokens.shape[1]
        rotation = self.cosine[:length], self.sine[:length]
        for block in self.blocks:
            x = block(x, rotation, lambda q, k, v: ATTENTION[attention](q, k, v, is_causal=True))
        return self.logits(x[:, -1] if last else x)


def train_step(model: nn.Module, *variant: str) -> Callable[[Tensor], float]:
    attention = "explicit" if "explicit" in variant else "sdpa"
    decayed = [p for name, p in model.named_parameters() if p.ndim == 2 and "embedding" not in name]
    others = [p for name, p in model.named_parameters() if p.ndim == 1 or "embedding" in name]
    groups = [{"params": decayed, "weight_decay": text.DECAY}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, text.RATE, text.BETAS, fused="fused" in variant)

    def loss_of(tokens: Tensor) -> Tensor:
        logits = model(tokens[:, :-1], attention)
        return F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())

    if "compiled" in variant:
        loss_of = torch.compile(loss_of)

    def step(tokens: Tensor) -> float:
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(tokens)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), text.NORM)
        optimizer.step()
        return loss.item()

    return step


# Sampling: each way is made for a batch and then maps noise (n, B, SYMBOLS) to tokens (B, n + 1), the first of them 0


@torch.inference_mode()
def whole(model: Transformer, noise: Tensor) -> Tensor:
    tokens = torch.zeros(noise.shape[1], 1, dtype=torch.int64)
    for each in noise:
        chosen = (model(tokens[:, -model.cosine.shape[0] :], last=True) + each).argmax(-1, keepdim=True)
        tokens = torch.cat((tokens, chosen), 1)
    return tokens


@torch.inference_mode()
def concatenated(model: Transformer, noise: Tensor) -> Tensor:
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
            x = block(x, rotation, lambda q, k, v, layer=layer: attend(layer, q, k, v))
        tokens.append((model.logits(x[:, -1]) + each).argmax(-1, keepdim=True))
    return torch.cat(tokens, 1)


def empty_cache(model: Transformer, batch: int) -> list[Cache]:
    """Keys and values of each layer, (B, HEADS, context, HEAD)."""
    keys, values = (torch.zeros(text.LAYERS, batch, text.HEADS, model.cosine.shape[0], HEAD).unbind() for _ in range(2))
    return [(k.clone(), v.clone()) for k, v in zip(keys, values, strict=True)]


@torch.inference_mode()
def preallocated(model: Transformer, noise: Tensor) -> Tensor:
    cache = empty_cache(model, noise.shape[1])
    tokens = torch.zeros(noise.shape[1], len(noise) + 1, dtype=torch.int64)

    def attend(place: int, kept: Cache, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        kept[0][:, :, place : place + 1], kept[1][:, :, place : place + 1] = k, v
        return F.scaled_dot_product_attention(q, kept[0][:, :, : place + 1], kept[1][:, :, : place + 1])

    for place, each in enumerate(noise):
        x, rotation = model.embedding(tokens[:, place : place + 1]), (model.cosine[place], model.sine[place])
        for block, kept in zip(model.blocks, cache, strict=True):
            x = block(x, rotation, lambda q, k, v, kept=kept: attend(place, kept, q, k, v))
        tokens[:, place + 1] = (model.logits(x[:, -1]) + each).argmax(-1)
    return tokens


class Compiled:
    """One token for each call of a compiled step: the whole cache is looked at, places not yet written are masked."""

    def __init__(self, mode: str, attention: str) -> None:
        self.attention = ATTENTION[attention]
        options = {"freezing": "freezing" in mode, "cpp_wrapper": "cpp_wrapper" in mode} if mode not in MODES else {}
        self.step = torch.compile(self._step, mode=mode, fullgraph=True) if mode in MODES else torch.compile(self._step, options=options, fullgraph=True)

    def _step(self, model: Transformer, token: Tensor, place: Tensor, cache: list[Cache], noise: Tensor) -> Tensor:
        rotation = model.cosine[place], model.sine[place]
        seen = (torch.arange(len(model.cosine)) <= place)[None]
        x = model.embedding(token)

        def attend(kept: Cache, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            kept[0].index_copy_(2, place, k)
            kept[1].index_copy_(2, place, v)
            return self.attention(q, *kept, attn_mask=seen)

        for block, kept in zip(model.blocks, cache, strict=True):
            x = block(x, rotation, lambda q, k, v, kept=kept: attend(kept, q, k, v))
        return (model.logits(x[:, -1]) + noise).argmax(-1, keepdim=True)

    @torch.inference_mode()
    def __call__(self, model: Transformer, noise: Tensor) -> Tensor:
        cache = empty_cache(model, noise.shape[1])
        tokens = [torch.zeros(noise.shape[1], 1, dtype=torch.int64)]
        for place, each in zip(torch.arange(len(noise)).split(1), noise, strict=True):
            tokens.append(self.step(model, tokens[-1], place, cache, each))
        return torch.cat(tokens, 1)


MODES = ("default", "reduce-overhead", "max-autotune-no-cudagraphs", "max-autotune")
WAYS = {"whole": whole, "concatenated": concatenated, "preallocated": preallocated}


def main(bench: str, *variant: str) -> None:
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    if bench == "train-transformer":
        model = Transformer()
        model.set(text.weights())
        step, data = train_step(model, *variant), torch.from_numpy(text.windows())

        def train(steps: int) -> None:
            for _ in range(steps):
                step(data[torch.randint(0, len(data), (text.BATCH,))])

        return serve(train, warm_up=3, version=torch.__version__)
    batch, way, *more = variant
    model = Transformer()
    model.set(text.weights())
    model.eval()
    write = Compiled(*more) if way == "compiled" else WAYS[way]
    noise = torch.from_numpy(text.noise(int(batch)))

    def work(steps: int) -> None:
        for _ in range(steps):
            write(model, noise)

    serve(work, warm_up=2, version=torch.__version__, tokens=write(model, noise).tolist())


if __name__ == "__main__":
    main(*sys.argv[1:])
