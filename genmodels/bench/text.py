"""The text network of the benches, as numbers: its sizes, weights and noise, so that all sides write the same tokens.

Knows numpy alone, because the sides run in different environments. Decoder-only and pre-norm; with h = rmsnorm(x),

    x += attention(h qkv) out,    x += relu(h up)^2 down,    and at the end logits = rmsnorm(x) embedding^T

without biases: q, k and v are the thirds of `qkv`, each of them the heads side by side; q and k are turned by rotary
positions (Su et al. 2021; base 10,000, the halves of a head are the pairs); attention is causal, scaled by the root of
a head's width; rmsnorm has a learned scale and epsilon 1e-6.
"""

from __future__ import annotations

import numpy as np

LAYERS, WIDTH, HEADS, CONTEXT, SYMBOLS, BATCH = 6, 192, 6, 128, 66, 32
MOLECULE, MOLECULES = 64, 256  # tokens in which every molecule of MOSES fits; molecules written at once
BASE, EPSILON = 10_000.0, 1e-6
RATE, BETAS, SMALL = 2e-3, (0.9, 0.95), 1e-7  # AdamW's, as Keras has it
DECAY, NORM = 0.1, 1.0  # of the matrices alone; to which gradients are cut


def weights(seed: int = 0) -> dict[str, np.ndarray]:
    """All weights by name, float32; kernels are (inputs, outputs), so that x @ kernel is meant.

    Large enough that the layers decide what is probable, and not the embedding of the last token alone.
    """
    rng = np.random.default_rng(seed)

    def normal(rows: int, columns: int, scale: float) -> np.ndarray:
        return (scale * rng.standard_normal((rows, columns))).astype("float32")

    arrays = {"embedding": normal(SYMBOLS, WIDTH, 0.1), "norm": np.ones(WIDTH, "float32")}
    for layer in range(LAYERS):
        for name, rows, columns in (
            ("qkv", WIDTH, 3 * WIDTH),
            ("out", WIDTH, WIDTH),
            ("up", WIDTH, 4 * WIDTH),
            ("down", 4 * WIDTH, WIDTH),
        ):
            arrays[f"{layer}.{name}"] = normal(rows, columns, rows**-0.5)
        arrays |= {f"{layer}.norm1": np.ones(WIDTH, "float32"), f"{layer}.norm2": np.ones(WIDTH, "float32")}
    return arrays


def noise(batch: int, context: int = CONTEXT, seed: int = 1) -> np.ndarray:
    """(context - 1, batch, SYMBOLS) of Gumbel noise: token t + 1 is the largest of logits + noise[t] (Maddison et al. 2014)."""
    return np.random.default_rng(seed).gumbel(size=(context - 1, batch, SYMBOLS)).astype("float32")


def rotations(length: int) -> tuple[np.ndarray, np.ndarray]:
    """Cosine and sine (length, width of a head) of the angles at each position, both halves alike."""
    frequencies = BASE ** (-np.arange(0, WIDTH // HEADS, 2) / (WIDTH // HEADS))
    angles = np.tile(np.arange(length)[:, None] * frequencies, 2)
    return np.cos(angles).astype("float32"), np.sin(angles).astype("float32")


def windows(seed: int = 0, n: int = 512) -> np.ndarray:
    """(n, CONTEXT + 1) tokens to train on, int64."""
    return np.random.default_rng(seed).integers(SYMBOLS, size=(n, CONTEXT + 1))
