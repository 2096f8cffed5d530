"""How the next token is chosen from the logits of a language model: pure functions of logits that can be composed.

Each takes logits (..., vocabulary) and gives logits of the same shape; what is ruled out becomes `NEVER`. Where a
number switches a rule off, so does the function: the same compiled program serves all settings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genmodels.kinds.text.watermark import SCHEMES
from genmodels.knobs import Knobs, knob
from genmodels.lazy_keras import ops

if TYPE_CHECKING:
    from genmodels.lazy_keras import Tensor

NEVER = -1e9
ESCAPE, ESCAPES = re.compile(r"\\([ntr\\])"), {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}


@dataclass(frozen=True, kw_only=True)
class Decoding(Knobs):
    """Settings of decoding, applied in the order in which they stand here."""

    repetition_penalty: float = knob(1.0, 1.0, 10.0, "Makes tokens that were already used less likely; 1 is none")
    temperature: float = knob(
        0.8, 0.0, 100.0, "Divides the logits: 0 always takes the most probable token, 1 is the model itself"
    )
    top_k: int = knob(0, 0, 100_000, "Keep only this many most probable tokens; 0 keeps all")
    top_p: float = knob(1.0, 0.0, 1.0, "Keep the fewest tokens that hold this probability together; 1 keeps all")
    min_p: float = knob(
        0.0, 0.0, 1.0, "Drop tokens below this share of the most probable one's probability; 0 drops none"
    )
    beams: int = knob(
        1,
        1,
        8,
        "Above 1: beam search for a probable text with so many candidates; draws nothing, so temperature and seed have no effect",
    )
    length: int = knob(200, 1, 10_000, "Most new tokens")
    watermark: str = knob(
        "gumbel",
        choices=SCHEMES,
        help="How the text is marked as made by a model: green favours a secret quarter of the tokens, gumbel keeps every distribution; greedy and beams carry none",
    )
    stop: str = knob("", help="End before this text is written; empty: only where the model ends the document")

    def numbers(self) -> dict[str, float]:
        """What the compiled program reads."""
        return {
            name: float(getattr(self, name))
            for name in ("repetition_penalty", "temperature", "top_k", "top_p", "min_p")
        }


def unescaped(text: str) -> str:
    """A text as it was typed into one line: \\n, \\t and \\r stand for a new line, a tab and a return, \\\\ for a backslash."""
    return ESCAPE.sub(lambda found: ESCAPES[found[1]], text)


def repetition_penalty(logits: Tensor, used: Tensor, penalty: Tensor) -> Tensor:
    """Positive logits of tokens that were `used` (..., vocabulary, true or false) divided by the penalty, negative ones
    multiplied (Keskar et al. 2019, arXiv 1909.05858)."""
    return ops.where(used, ops.where(logits > 0, logits / penalty, logits * penalty), logits)


def temperature(logits: Tensor, degrees: Tensor) -> Tensor:
    """Logits divided by the temperature; 0 leaves the most probable token alone."""
    best = logits >= ops.max(logits, axis=-1, keepdims=True)
    return ops.where(degrees > 0, logits / ops.maximum(degrees, 1e-6), ops.where(best, logits, NEVER))


def tempered(probability: np.ndarray, degrees: float) -> np.ndarray:
    """The same rule on probabilities, as one sees it: p to the power of 1 / temperature, scaled to sum to 1."""
    with np.errstate(divide="ignore"):
        logits = np.log(np.asarray(probability, "float64"))
    best = logits.max()
    shares = np.exp((logits - best) / degrees) if degrees > 0 else np.where(logits >= best, 1.0, 0.0)
    return shares / shares.sum()


def top_k(logits: Tensor, k: Tensor) -> Tensor:
    """The k largest logits (and those equal to the last of them); 0 keeps all (Fan et al. 2018, arXiv 1805.04833)."""
    return _largest(logits, ops.flip(ops.sort(logits, axis=-1), axis=-1), k)


def top_p(logits: Tensor, p: Tensor) -> Tensor:
    """The fewest tokens whose probabilities add up to p, at least one; 1 keeps all (Holtzman et al. 2020, arXiv 1904.09751)."""
    return _nucleus(logits, ops.flip(ops.sort(logits, axis=-1), axis=-1), p)


def min_p(logits: Tensor, share: Tensor) -> Tensor:
    """Tokens with at least this share of the largest probability; 0 keeps all (Nguyen et al. 2024, arXiv 2407.01082)."""
    bound = ops.max(logits, axis=-1, keepdims=True) + ops.log(ops.maximum(share, 1e-38))
    return ops.where(ops.logical_or(share <= 0, logits >= bound), logits, NEVER)


def filtered(logits: Tensor, settings: Mapping[str, Tensor], used: Tensor) -> Tensor:
    """All rules in their order. Sorting, the slow part, is done only where top-k or top-p is in force."""
    logits = repetition_penalty(logits, used, settings["repetition_penalty"])
    logits = temperature(logits, settings["temperature"])
    kept = ops.cond(
        ops.logical_or(settings["top_k"] > 0, settings["top_p"] < 1),
        lambda: top_p(top_k(logits, settings["top_k"]), settings["top_p"]),
        lambda: logits,
    )
    return min_p(kept, settings["min_p"])


def gumbel(rng: np.random.Generator, n: int, vocabulary: int) -> np.ndarray:
    """Noise (n, vocabulary) float32: the largest of logits + noise is a draw from their softmax (Gumbel 1954)."""
    return rng.gumbel(size=(n, vocabulary)).astype("float32")


def beam_step(scores: np.ndarray, log_probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One step of beam search: of all continuations of `beams` texts the most probable `beams`.

    `scores` (beams,) are the log probabilities of the texts so far, `log_probabilities` (beams, vocabulary) those of
    what may follow. Gives for each new beam the beam it continues, its token and its score, best first, (beams,) each.
    """
    totals = (scores[:, None] + log_probabilities).ravel()
    best = np.argsort(-totals, kind="stable")[: len(scores)]
    beams, tokens = np.divmod(best, log_probabilities.shape[-1])
    return beams, tokens, totals[best]


def _largest(logits: Tensor, descending: Tensor, k: Tensor) -> Tensor:
    last = ops.cast(ops.clip(k - 1, 0, logits.shape[-1] - 1), "int32")
    bound = ops.take(descending, last, axis=-1)[..., None]
    return ops.where(ops.logical_or(k <= 0, logits >= bound), logits, NEVER)


def _nucleus(logits: Tensor, descending: Tensor, p: Tensor) -> Tensor:
    probabilities = ops.softmax(descending)
    before = ops.cumsum(probabilities, axis=-1) - probabilities
    needed = ops.where(before < p, descending, np.inf)  # the first is always needed
    needed = ops.concatenate([descending[..., :1], needed[..., 1:]], axis=-1)
    bound = ops.min(needed, axis=-1, keepdims=True)
    return ops.where(ops.logical_or(p >= 1, logits >= bound), logits, NEVER)
