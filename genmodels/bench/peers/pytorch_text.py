"""PyTorch: the text network, and the usual loop that trains it.

Started as `python -m genmodels.bench.peers.pytorch_text sdpa fused`, in an environment that has PyTorch alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from genmodels.bench import text
from genmodels.bench.turns import THREADS, serve

HEAD = text.WIDTH // text.HEADS


class Norm(nn.Module):
    """Root mean square normalisation with a learned scale."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(text.WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        """x (..., width), normalised."""
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
    """Attention and a network of two layers, each after a normalisation and added to what comes in."""

    def __init__(self) -> None:
        super().__init__()
        width = text.WIDTH
        self.norm1, self.norm2 = Norm(), Norm()
        self.qkv, self.out = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False)
        self.up, self.down = nn.Linear(width, 4 * width, bias=False), nn.Linear(4 * width, width, bias=False)

    def forward(self, x: Tensor, rotation: tuple[Tensor, Tensor], attend: Callable[..., Tensor]) -> Tensor:
        """`attend(q, k, v)` has them as (B, HEADS, T, HEAD)."""
        batch, length, width = x.shape
        qk, v = (
            self.qkv(self.norm1(x))
            .view(batch, length, 3 * text.HEADS, HEAD)
            .transpose(1, 2)
            .tensor_split((2 * text.HEADS,), 1)
        )
        h = attend(*turned(qk, *rotation).chunk(2, 1), v)
        x = x + self.out(h.transpose(1, 2).reshape(batch, length, width))
        return x + self.down(F.relu(self.up(self.norm2(x))).square())


class Transformer(nn.Module):
    """The Transformer of the bench, with the embedding as its last layer too."""

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
        self.load_state_dict(
            {whole(name): torch.from_numpy(np.ascontiguousarray(array)) for name, array in flipped.items()}
        )

    def logits(self, x: Tensor) -> Tensor:
        """Logits (..., symbols) of states (..., width)."""
        return F.linear(self.norm(x), self.embedding.weight)

    def forward(self, tokens: Tensor, attention: str = "sdpa", last: bool = False) -> Tensor:
        """Logits (B, T, SYMBOLS) of tokens (B, T); (B, SYMBOLS) of the last place alone."""
        x, length = self.embedding(tokens), tokens.shape[1]
        rotation = self.cosine[:length], self.sine[:length]
        for block in self.blocks:
            x = block(x, rotation, lambda q, k, v: ATTENTION[attention](q, k, v, is_causal=True))
        return self.logits(x[:, -1] if last else x)


def prepared(context: int = text.CONTEXT) -> Transformer:
    """With the weights of `text.weights`."""
    model = Transformer(context)
    model.set(text.weights())
    return model


def train_step(model: nn.Module, *variant: str) -> Callable[[Tensor], float]:
    """A step of training on windows (n, context + 1), which gives the loss; variants are named as in the table of the bench."""
    attention = "explicit" if "explicit" in variant else "sdpa"
    decayed = [p for name, p in model.named_parameters() if p.ndim == 2 and "embedding" not in name]
    others = [p for name, p in model.named_parameters() if p.ndim == 1 or "embedding" in name]
    groups = [{"params": decayed, "weight_decay": text.DECAY}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, text.RATE, text.BETAS, text.SMALL, fused="fused" in variant)

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


def main(*variant: str) -> None:
    """Serve the training in the variants that are named."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    step, data = train_step(prepared(), *variant), torch.from_numpy(text.windows())

    def work(steps: int) -> None:
        for _ in range(steps):
            step(data[torch.randint(0, len(data), (text.BATCH,))])

    serve(work, warm_up=3, version=torch.__version__)


if __name__ == "__main__":
    main(*sys.argv[1:])
