"""A keyed watermark in text, put in while it is written and found without the model: by its tokens alone.

A keyed function (Threefry-2x32, Salmon et al. 2011) gives every token a number u in (0, 1) that depends on the tokens
before it. Two schemes use it. "green" (Kirchenbauer et al. 2023, left hash): tokens with u < 1/4 after the token before
are favoured by adding 2 to their logits; the detector counts them. "gumbel" (Aaronson 2022) draws the token of the
largest logit - log(-log u) after the last four tokens, which leaves each distribution as it was; the detector adds up
-log(1 - u). There the first four tokens and repeated contexts are drawn by the seed, so that seeds still differ.

Each different run of tokens is scored once, so under another key the scores are independent and both p-values exact:
binomial, and gamma. Text that is drawn greedily, or by beams, leaves no choice that a mark could hide in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from genmodels.lazy_keras import ops

if TYPE_CHECKING:
    from genmodels.lazy_keras import Tensor

    Words: TypeAlias = np.ndarray | Tensor  # uint32, by numpy or by Keras

SCHEMES = ("green", "gumbel", "none")
GAMMA, DELTA = 0.25, 2.0  # share of green tokens; what is added to their logits
MEAN = float(np.log(GAMMA * np.exp(DELTA) + 1 - GAMMA))  # what END gets, so that texts end as often as before
WIDTH = {"green": 1, "gumbel": 4}  # tokens that u depends on
FREE = 4  # tokens that the seed draws before "gumbel" begins
LEAST_TOKENS = 16  # scored; of fewer nothing is said
SPANS = (50, 100, 200, 400)  # lengths in tokens of the passages that are looked at within a long text
MOST_TOKENS = 100_000

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))


@dataclass(frozen=True)
class Detection:
    """`p_value`: the exact probability that a text that does not know the key scores as high; nan where it is too short."""

    p_value: float
    scheme: str
    scored: int  # different runs of tokens
    start: int = 0  # of the most telling passage, in tokens
    length: int = 0


def words(key: bytes) -> np.ndarray:
    """The two words, uint32 (2,), of a key of at least 8 bytes."""
    return np.frombuffer(key[:8], np.uint32)


def uniforms(key: Words | Sequence[Tensor], context: Sequence[Words], tokens: Words, library: ModuleType = np) -> Words:
    """u in (0, 1), float32, of `tokens` after the four tokens of `context`, oldest first; all uint32 of shapes that broadcast.

    `library` is numpy or `keras.ops`: the detector and the compiled writer use the same lines.
    """
    oldest, older, old, last = context
    shift = _constant(16, library)
    hashed, _ = _threefry(
        key,
        library.bitwise_or(last, library.left_shift(old, shift)),
        library.bitwise_or(older, library.left_shift(oldest, shift)),
        library,
    )
    bits, _ = _threefry(key, tokens + 0 * hashed, hashed + 0 * tokens, library)
    number = library.right_shift(bits, _constant(9, library))
    return (number.astype("float32") if library is np else ops.cast(number, "float32")) * np.float32(
        2**-23
    ) + np.float32(2**-24)


def _constant(value: int, library: ModuleType) -> Words:
    return np.uint32(value) if library is np else ops.convert_to_tensor(value, "uint32")


def _threefry(key: Words | Sequence[Tensor], left: Words, right: Words, library: ModuleType) -> tuple[Words, Words]:
    """Two words of noise for two words of counter; 20 rounds."""
    schedule = [
        key[0],
        key[1],
        library.bitwise_xor(library.bitwise_xor(key[0], key[1]), _constant(0x1BD11BDA, library)),
    ]
    left, right = left + schedule[0], right + schedule[1]
    for group in range(5):
        for turns in _ROTATIONS[group % 2]:
            left = left + right
            right = library.bitwise_or(
                library.left_shift(right, _constant(turns, library)),
                library.right_shift(right, _constant(32 - turns, library)),
            )
            right = library.bitwise_xor(right, left)
        left, right = (
            left + schedule[(group + 1) % 3],
            right + schedule[(group + 2) % 3] + _constant(group + 1, library),
        )
    return left, right


def setting(scheme: str, key: bytes | None) -> dict[str, Any]:
    """What the compiled writer reads: the key, what is added to green tokens, and whether noise is keyed."""
    green, gumbel = scheme == "green", scheme == "gumbel"
    return {
        "key": words(key) if key else np.zeros(2, np.uint32),
        "delta": np.float32(DELTA * green),
        "keyed": np.bool_(gumbel),
    }


def watermarked(
    logits: Tensor, noise: Tensor, recent: Tensor, free: Tensor, mark: Mapping[str, Tensor]
) -> tuple[Tensor, Tensor]:
    """Logits and noise (rows, vocabulary) with the mark in them, after the `recent` tokens (rows, 4).

    Where a row is `free` (rows,) the seed draws. Costs nothing where the mark's scheme is "none".
    """
    key = [mark["key"][0], mark["key"][1]]
    tokens = ops.cast(ops.arange(logits.shape[-1]), "uint32")[None, :]
    before = [ops.cast(recent[:, i : i + 1], "uint32") for i in range(4)]
    nothing = before[3] * 0

    def green() -> Tensor:
        favoured = ops.cast(uniforms(key, [nothing, nothing, nothing, before[3]], tokens, ops) < GAMMA, logits.dtype)
        favoured = ops.where(tokens == 0, MEAN / DELTA, favoured)
        return logits + mark["delta"] * favoured

    def keyed() -> Tensor:
        own = -ops.log(-ops.log(uniforms(key, before, tokens, ops)))
        return ops.where(free[:, None], noise, own)

    return ops.cond(mark["delta"] > 0, green, lambda: logits), ops.cond(mark["keyed"], keyed, lambda: noise)


def detect(tokens: np.ndarray, key: bytes, scheme: str, spans: bool = True) -> Detection:
    """Is the mark of this key in the tokens (n,)? The whole text, and with `spans` passages of it, all counted."""
    scores = scored(tokens[:MOST_TOKENS], key, scheme)
    counted = ~np.isnan(scores)
    if counted.sum() < LEAST_TOKENS:
        return Detection(float("nan"), scheme, int(counted.sum()))
    total, number = np.concatenate([[0], np.cumsum(np.nan_to_num(scores))]), np.concatenate([[0], np.cumsum(counted)])
    windows = [(0, len(scores))]
    if spans:
        windows += [
            (start, length)
            for length in SPANS
            if length < len(scores)
            for start in range(0, len(scores) - length + 1, length // 2)
        ]
    starts, lengths = np.array(windows).T
    n, score = number[starts + lengths] - number[starts], total[starts + lengths] - total[starts]
    p = np.where(n >= LEAST_TOKENS, _p_values(score, n, scheme), 1.0)
    # half of the error is for the whole text, the other half for all passages together
    weighed = np.minimum(1.0, p * np.where(np.arange(len(p)) == 0, 2, 2 * max(1, len(p) - 1))) if len(p) > 1 else p
    best = int(weighed.argmin())
    return Detection(float(weighed[best]), scheme, int(counted.sum()), int(starts[best]), int(lengths[best]))


def scored(tokens: np.ndarray, key: bytes, scheme: str) -> np.ndarray:
    """The score (n,) of each token: 1 if green, or -log(1 - u); nan where its run of tokens was there before, or too little is."""
    width, rows = WIDTH[scheme], np.asarray(tokens).astype(np.uint32)
    found = np.full(len(rows), np.nan)
    if len(rows) <= width:
        return found
    runs = np.lib.stride_tricks.sliding_window_view(rows, width + 1)
    _, first = np.unique(runs, axis=0, return_index=True)
    chosen = runs[np.sort(first)]
    context = [chosen[:, width - 4 + i] if width - 4 + i >= 0 else np.zeros(len(chosen), np.uint32) for i in range(4)]
    u = uniforms(words(key), context, chosen[:, -1]).astype(np.float64)
    found[np.sort(first) + width] = u < GAMMA if scheme == "green" else -np.log1p(-u)
    return found


def _p_values(score: np.ndarray, n: np.ndarray, scheme: str) -> np.ndarray:
    from scipy.stats import binom, gamma

    return binom.sf(score - 1, n, GAMMA) if scheme == "green" else gamma.sf(score, np.maximum(n, 1))
