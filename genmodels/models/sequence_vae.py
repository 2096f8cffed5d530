"""Variational autoencoder of short sequences, such as molecules: a latent space whose points are whole documents.

Papers: Bowman et al. 2016, arXiv 1511.06349; for molecules Gomez-Bombarelli et al. 2018, arXiv 1610.02415. It maximises,
for each document x of tokens x_1 ... x_T, the last of which ends it,

    E_q(z|x) [sum over t of log p(x_t | x_1 ... x_{t-1}, z)]  -  beta KL(q(z|x) || N(0, I))

Where this differs: encoder and decoder are Transformers (`networks.reading`), the encoder's reading is averaged over the
document, and z is added to each token's embedding in the decoder. So that the decoder needs z, some of the tokens that it
reads are hidden from it (word dropout), and beta rises from 0 over the first steps.

Expected: `sequence-vae` on `molecules` reaches its held-out bound in the time that `docs/gallery.md` states.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from genmodels.kinds.spec import Spec
from genmodels.kinds.text.examples import Texts, Whole
from genmodels.knobs import knob
from genmodels.lazy_keras import keras, network, ops
from genmodels.models.recipe import ACTIVE, Recipe, model
from genmodels.networks.reading import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genmodels.lazy_keras import Networks, Tensor
    from genmodels.networks.learner import Learner

EVALUATED = 512  # held-out documents that are scored after an epoch


@model("sequence-vae")
@dataclass(frozen=True, kw_only=True)
class SequenceVae(Recipe):
    """Variational autoencoder of molecules: a smooth latent space in which one can walk towards a property."""

    latent: int = knob(64, 2, 512, "Size of the latent space")
    layers: int = knob(3, 1, 24, "Blocks of the encoder and of the decoder")
    heads: int = knob(4, 1, 64, "Attention heads of a block; the width is a multiple of twice as many")
    width: int = knob(128, 8, 2048, "Numbers that stand for a token between the blocks")
    beta: float = knob(0.1, 0.0, 10.0, "Weight of the KL term; 1 is the evidence lower bound")
    warmup: int = knob(1000, 0, 1_000_000, "Steps over which beta rises from 0")
    hidden: float = knob(0.2, 0.0, 0.9, "Share of the tokens that are hidden from the decoder in training")
    learning_rate: float = knob(1e-3, 1e-6, 0.1, "Highest step size of Adam")

    kinds: ClassVar = ("molecule",)
    role: ClassVar = "latent molecules"
    drawing: ClassVar = ("encoder", "decoder")
    fused: ClassVar = True
    exhibit: ClassVar = "latent molecules"

    # The network

    def networks(self, spec: Spec) -> dict[str, keras.Model]:
        """`encoder`: documents (n, context) to mean and log variance (n, 2 latent); `decoder`: tokens (n, context), which of
        them it may see (n, context, 1) and latents (n, latent) to the logits (n, context, vocabulary) of the token after each."""
        tokens, seen, latents = (
            keras.Input(spec.shape, dtype="int32"),
            keras.Input((*spec.shape, 1)),
            keras.Input((self.latent,)),
        )
        embedding, *blocks, norm = self._layers(spec, causal=False)
        h = embedding(tokens)
        for block in blocks:
            h, _, _ = block(h)
        there = ops.cast(tokens != 0, "float32")[..., None]
        mean = ops.sum(norm(h) * there, axis=1) / ops.maximum(ops.sum(there, axis=1), 1.0)
        encoder = network(tokens, keras.layers.Dense(2 * self.latent, name="posterior")(mean), name="encoder")

        layers = self._layers(spec, causal=True)
        told = keras.layers.Dense(self.width, use_bias=False, name="latent")(latents)[:, None]
        said = read(layers, tokens, beside=told, seen=seen)
        return {"encoder": encoder, "decoder": network([tokens, seen, latents], said.logits, name="decoder")}

    def _layers(self, spec: Spec, causal: bool) -> Sequence[keras.layers.Layer]:
        from genmodels.networks.layers import TransformerBlock

        spread = keras.initializers.RandomNormal(stddev=0.02 if causal else 1.0)
        embedding = keras.layers.ReversibleEmbedding if causal else keras.layers.Embedding
        return (
            embedding(len(spec.vocabulary), self.width, embeddings_initializer=spread, name="embedding"),
            *(TransformerBlock(self.heads, causal=causal, name=f"block_{number}") for number in range(self.layers)),
            keras.layers.RMSNormalization(epsilon=1e-6, name="norm"),
        )

    # The training

    def prepared(self, examples: Texts) -> Whole:
        """Whole documents, in place of windows."""
        return Whole(examples)

    def optimizers(self, steps: int = 0) -> dict[str, keras.Optimizer]:
        """Adam for the encoder and for the decoder, whose step size rises, then falls along a cosine to a twentieth."""
        from genmodels.networks.learner import Adam, cosine

        rate = cosine(self.learning_rate, steps, min(self.warmup // 2, steps // 2), 0.05)
        return {name: Adam(rate, global_clipnorm=1.0) for name in ("encoder", "decoder")}

    def step(self, learner: Learner, documents: Tensor, labels: Tensor | None) -> dict[str, Tensor]:
        """One step on documents (n, context + 1); reports both terms of the bound in nats a document."""
        n, length = documents.shape[0], documents.shape[1] - 1
        noise = learner.noise(n, self.latent)
        seen = ops.cast(learner.uniform(n, length, 1) >= self.hidden, "float32")
        warmth = ops.minimum(1.0, (ops.cast(learner.steps_taken, "float32") + 1) / max(1, self.warmup))

        def objective() -> tuple[dict[str, Tensor], dict[str, Tensor]]:
            log_likelihood, kl, _ = self.bound(learner.networks, documents, noise, seen)
            reconstruction, divergence = -ops.mean(log_likelihood), ops.mean(ops.sum(kl, axis=-1))
            loss = reconstruction + self.beta * warmth * divergence
            return {"encoder": loss, "decoder": loss}, {
                "loss": loss,
                "reconstruction": reconstruction,
                "kl": divergence,
            }

        return learner.descend(objective)

    def bound(
        self, networks: Networks, documents: Tensor, noise: Tensor, seen: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """log p(x|z) (n,), KL of each latent dimension (n, latent), posterior mean (n, latent); in nats."""
        mean, log_variance = ops.split(networks["encoder"](documents[:, 1:]), 2, axis=-1)
        log_variance = ops.clip(log_variance, -20.0, 10.0)
        kl = 0.5 * (mean**2 + ops.exp(log_variance) - 1 - log_variance)
        latents = mean + ops.exp(0.5 * log_variance) * noise
        logits = networks["decoder"]([documents[:, :-1], seen, latents])
        nats = ops.sparse_categorical_crossentropy(documents[:, 1:], logits, from_logits=True)
        return -ops.sum(nats * inside(documents[:, 1:]), axis=-1), kl, mean

    def evaluate(self, learner: Learner, held_out: Texts, samples: np.ndarray | None) -> dict[str, float]:
        """Held-out bound (beta 1) with its two terms, in nats a document, and the number of active latent units."""
        from genmodels.networks.compute import compiled

        bound = learner.kept(
            "bound", lambda: compiled(lambda *inputs: self.bound(learner.networks, *inputs), fused=True)
        )
        whole = Whole(held_out)
        documents = whole.rows(np.arange(min(EVALUATED, len(whole))))
        noise = np.random.default_rng(0).standard_normal((len(documents), self.latent), dtype="float32")
        seen = np.ones((*documents[:, 1:].shape, 1), "float32")
        log_likelihood, kl, mean = (np.asarray(part) for part in bound(documents, noise, seen))
        reconstruction, divergence = -log_likelihood.mean(), kl.sum(-1).mean()
        return {
            "held_out_loss": float(reconstruction + divergence),
            "held_out_reconstruction": float(reconstruction),
            "held_out_kl": float(divergence),
            "active_units": int((mean.var(axis=0) > ACTIVE).sum()),
            "latent": self.latent,
        }


def inside(targets: Tensor) -> Tensor:
    """1 for each token (n, length) of a document and for the `END` behind it, 0 after that."""
    ended = ops.cumsum(ops.cast(targets == 0, "float32"), axis=-1)
    return ops.cast(ended - ops.cast(targets == 0, "float32") == 0, "float32")
