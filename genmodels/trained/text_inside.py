"""The inside of a language model made visible: what it expects at each token, where it looks, and what each layer would say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from keras import ops

from genmodels.networks.reading import read
from genmodels.trained.text_prompt import PromptReader

if TYPE_CHECKING:
    from genmodels.lazy_keras import Tensor, keras


@dataclass(frozen=True)
class Reading:
    """One pass over a text of n tokens; where the model reads a whole document, the first is `END`, which writes nothing."""

    tokens: np.ndarray  # (n,) int32
    pieces: list[str]  # what each token writes
    probability: np.ndarray  # (n,) of each token given those before it; nan for the first
    entropy: np.ndarray  # (n,) bits, of the prediction after each token
    alternatives: np.ndarray  # (n, top) the tokens that were most probable in the place of each; row 0 is of no use
    alternative_probability: np.ndarray  # (n, top); 0 in row 0
    attention: np.ndarray  # (layers, heads, n, n) float16, row looks at columns
    lens: np.ndarray  # (layers + 1, n, top) what the embedding and each block would have said comes next
    lens_probability: np.ndarray  # (layers + 1, n, top)
    vectors: np.ndarray  # (layers + 1, n, width) float16, what stands for each token after the embedding and each block
    following: np.ndarray  # (vocabulary,) float32, the probability of every token after the last
    notice: str = ""


class TextInside(PromptReader):
    """A model whose `_layers` are known, behind `read`; `_look` is `_traced_look`, compiled."""

    _layers: tuple[keras.layers.Layer, ...]
    _look: Callable[..., tuple[Tensor, ...]]

    def read(self, text: str, top: int = 10, more: Sequence[int] = ()) -> Reading:
        """One pass over the last tokens of a text and of `more` tokens after it, as many as the context holds."""
        tokens, notice = self.prompt(text)
        tokens = np.concatenate([tokens, np.array(more, np.int32)])[-self.context :]
        n, top = len(tokens), min(top, len(self.tokens))
        padded = np.zeros((1, self.context), np.int32)
        padded[0, :n] = tokens
        found = [np.asarray(each) for each in self._look(padded)]
        probabilities, entropy, alternatives, alternative_probability, attention, lens, lens_probability, hidden = found
        before = np.concatenate([[np.nan], probabilities[np.arange(n - 1), tokens[1:]]])
        return Reading(
            tokens,
            [self.tokens.decode([token]) for token in tokens],
            before.astype("float32"),
            entropy[:n],
            np.concatenate([alternatives[:1], alternatives[: n - 1]])[:, :top],
            np.concatenate([0 * alternative_probability[:1], alternative_probability[: n - 1]])[:, :top],
            attention[:, :, :n, :n],
            lens[:, :n, :top],
            lens_probability[:, :n, :top],
            hidden[:, :n],
            probabilities[n - 1],
            notice,
        )

    def embeddings(self) -> np.ndarray:
        """The vector (vocabulary, width) that stands for each token before any layer has looked at its neighbours."""
        return np.asarray(self._layers[0].embeddings)

    def _traced_look(self, tokens: Tensor) -> tuple[Tensor, ...]:
        embedding, *_, norm = self._layers
        said = read(self._layers, tokens)
        most = min(20, len(self.tokens))
        log_probabilities = ops.log_softmax(said.logits[0])
        probabilities = ops.exp(log_probabilities)
        entropy = -ops.sum(probabilities * log_probabilities, axis=-1) / np.log(2)
        alternative_probability, alternatives = ops.top_k(probabilities, most)
        lens_probability, lens = ops.top_k(
            ops.softmax(embedding(norm(ops.concatenate(said.hidden)), reverse=True)), most
        )
        attention = ops.cast(ops.concatenate(said.attention), "float16")
        hidden = ops.cast(ops.concatenate(said.hidden), "float16")
        return probabilities, entropy, alternatives, alternative_probability, attention, lens, lens_probability, hidden
