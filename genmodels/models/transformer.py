"""Decoder-only Transformer: a language model of text or code.

Papers: Vaswani et al. 2017, arXiv 1706.03762; Radford et al. 2019 (pre-norm, decoder only). It maximises, for the
tokens x of a text,

    sum over t of  log p(x_t | x_1 ... x_{t-1})

Where this differs: rotary positions (Su et al. 2021, arXiv 2104.09864), RMS normalisation (Zhang and Sennrich 2019,
arXiv 1910.07467), squared ReLU (So et al. 2021, arXiv 2109.08668), no biases, output tied to the embedding (Press and
Wolf 2017), and what each block adds starts at zero. Trained by AdamW with a warm-up, a cosine down to a tenth and
gradients clipped to norm 1.

`networks.reading.read` is the one implementation: training, the likelihood of a text, writing with a key-value cache, attention maps
and what each layer would have said all call it with the same layers.

Expected: with nanoGPT's CPU configuration on `shakespeare` the held-out loss that `docs/speed.md` states.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from genmodels.kinds.kind import kind_of
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.examples import Texts
from genmodels.kinds.text.tokens import Tokens, escape_bits
from genmodels.knobs import knob
from genmodels.lazy_keras import keras, network, ops
from genmodels.models.recipe import Recipe, model
from genmodels.networks.reading import read

if TYPE_CHECKING:
    from genmodels.lazy_keras import Networks, Tensor
    from genmodels.networks.learner import Learner

EVALUATED = 65_536  # held-out tokens that are scored after an epoch
ROWS = 32  # windows in one call of the scoring


@model("transformer")
@dataclass(frozen=True, kw_only=True)
class Transformer(Recipe):
    """Decoder-only Transformer: writes text or code token by token, and gives any text a likelihood."""

    layers: int = knob(4, 1, 48, "Blocks, one upon the other")
    heads: int = knob(4, 1, 64, "Attention heads of a block; the width is a multiple of twice as many")
    width: int = knob(128, 8, 4096, "Numbers that stand for a token between the blocks")
    dropout: float = knob(0.0, 0.0, 0.9, "Share of what a block adds that is left out in training")
    learning_rate: float = knob(2e-3, 1e-6, 0.1, "Highest step size of AdamW")
    warmup: int = knob(100, 0, 1_000_000, "Steps over which the step size rises from 0")
    weight_decay: float = knob(0.1, 0.0, 10.0, "Pull of the matrices towards zero")

    kinds: ClassVar = ("text", "code", "music", "molecule")
    role: ClassVar = "writer"
    drawing: ClassVar = ("transformer",)
    fused: ClassVar = True  # the step is compiled by XLA, which halves the passes over memory

    def role_for(self, spec: Spec) -> str:
        """Who writes music or molecules can do more than write."""
        return kind_of(spec).writer

    # The network

    def networks(self, spec: Spec) -> dict[str, keras.Model]:
        """`transformer`: tokens (n, context) to the logits (n, context, vocabulary) of the token after each."""
        from genmodels.networks.layers import TransformerBlock

        tokens = keras.Input(spec.shape, dtype="int32")
        spread = keras.initializers.RandomNormal(stddev=0.02)
        embedding = keras.layers.ReversibleEmbedding(
            len(spec.vocabulary), self.width, embeddings_initializer=spread, name="embedding"
        )
        blocks = [TransformerBlock(self.heads, self.dropout, name=f"block_{number}") for number in range(self.layers)]
        norm = keras.layers.RMSNormalization(epsilon=1e-6, name="norm")
        return {"transformer": network(tokens, read((embedding, *blocks, norm), tokens).logits, name="transformer")}

    # The training

    def optimizers(self, steps: int = 0) -> dict[str, keras.Optimizer]:
        """AdamW whose step size rises, then falls along a cosine to a tenth at the last of `steps`."""
        from genmodels.networks.learner import Adam, cosine

        adam = Adam(
            cosine(self.learning_rate, steps, min(self.warmup, steps // 2), 0.1),
            beta_2=0.95,
            weight_decay=self.weight_decay or None,
            global_clipnorm=1.0,
        )
        if self.weight_decay:
            adam.exclude_from_weight_decay(var_names=["scale", "embeddings"])
        return {"transformer": adam}

    def step(self, learner: Learner, windows: Tensor, labels: Tensor | None) -> dict[str, Tensor]:
        """One step on windows (n, context + 1) of tokens; reports the mean negative log-likelihood in nats a token."""

        def objective() -> tuple[dict[str, Tensor], dict[str, Tensor]]:
            predicted = learner.networks["transformer"](windows[:, :-1], training=True)
            loss = ops.mean(ops.sparse_categorical_crossentropy(windows[:, 1:], predicted, from_logits=True))
            return {"transformer": loss}, {
                "loss": loss,
                "learning_rate": learner.optimizers["transformer"].learning_rate,
            }

        return learner.descend(objective)

    def evaluate(self, learner: Learner, held_out: Texts, samples: np.ndarray | None) -> dict[str, float]:
        """Held-out negative log-likelihood in nats a token over evenly spread windows, perplexity, bits a character.

        Characters that no training text held have no token; they count in the bits a character (`escape_bits`) only.
        """
        negative_log_likelihood = learner.kept("negative log-likelihood", lambda: self.scored(learner.networks))
        most = max(1, EVALUATED // held_out.context)
        nats = float(negative_log_likelihood(held_out.batch(held_out.evenly(most))[0]).mean())
        tokens = Tokens.of(learner.spec)
        unseen, characters = len(tokens.unseen(held_out.documents)), max(1, held_out.characters)
        bits = nats / np.log(2) * (len(held_out.tokens) - 1) + unseen * escape_bits(characters, unseen, len(tokens) - 1)
        return {
            "held_out_loss": nats,
            "perplexity": float(np.exp(nats)),
            "bits_per_character": bits / characters,
        }

    def scored(self, networks: Networks) -> Callable[[np.ndarray], np.ndarray]:
        """A function from windows (n, context + 1) to the negative log-likelihood (n, context) of each next token, nats."""
        from genmodels.networks.compute import compiled, in_chunks

        def score(windows: Tensor) -> Tensor:
            predicted = networks["transformer"](windows[:, :-1])
            return ops.sparse_categorical_crossentropy(windows[:, 1:], predicted, from_logits=True)

        score = compiled(score, fused=True)
        return lambda windows: in_chunks(lambda rows: np.asarray(score(rows)), windows, size=ROWS)
