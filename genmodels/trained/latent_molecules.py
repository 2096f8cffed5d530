"""A trained sequence VAE: a latent space of molecules that can be drawn from, walked, and written out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from genmodels.kinds.molecule.chemistry import canonical
from genmodels.kinds.text.decoding import Decoding
from genmodels.kinds.text.examples import Texts, Whole
from genmodels.kinds.text.tokens import Tokens
from genmodels.networks.compute import compiled, in_chunks
from genmodels.networks.reading import Read, parts, read
from genmodels.refusal import Refusal
from genmodels.trained.writer import TextGenerator, Written

if TYPE_CHECKING:
    from genmodels.kinds.spec import Spec
    from genmodels.lazy_keras import Cache, Networks, Tensor
    from genmodels.models.sequence_vae import SequenceVae

READ = 64  # molecules that are encoded at once


class LatentMolecules(TextGenerator):
    """Encoder and decoder of a recipe behind `sample`, `encode`, `decode` and the loss of a molecule.

    The prior of the latent space is N(0, I). `rows` molecules are written at once, always.
    """

    def __init__(self, recipe: SequenceVae, spec: Spec, networks: Networks, rows: int) -> None:
        self.recipe = recipe  # type: ignore[assignment]  # as wide, deep and headed as the other
        self.spec, self.networks, self.begins, self.rows = spec, networks, True, rows
        self.weights = self.watermark_key = None
        self.tokens, self.context, self.latent = Tokens.of(spec), spec.shape[0], recipe.latent
        self._layers, self._told = parts(networks["decoder"]), networks["decoder"].get_layer("latent")
        self._encode = compiled(lambda tokens: networks["encoder"](tokens)[:, : recipe.latent], fused=True)
        self._bound = compiled(lambda *inputs: recipe.bound(networks, *inputs)[:2], fused=True)
        self._advance = compiled(self._traced_advance, fused=True)

    def latents(self, n: int, *, seed: int) -> np.ndarray:
        """(n, latent) draws from the prior, float32; draw i has the seed `seed + i`."""
        return np.stack(
            [np.random.default_rng([seed + i, 1]).standard_normal(self.latent, dtype="float32") for i in range(n)]
        )

    def write(
        self, prompts: Sequence[str], *, seeds: Sequence[int], decoding: Decoding, wishes: object = None
    ) -> Iterator[list[Written]]:
        """As `TextGenerator.write`, each text at its place in the latent space: the `wishes` (n, latent), or drawn from its seed."""
        if decoding.beams > 1:
            raise Refusal(f"beams is {decoding.beams}; this model draws, so leave beams out.")
        drawn = np.concatenate([self.latents(1, seed=each) for each in seeds]) if wishes is None else wishes
        yield from super().write(prompts, seeds=seeds, decoding=decoding, wishes=drawn)

    def decode(self, latents: np.ndarray, *, seed: int = 0, temperature: float = 0.0) -> np.ndarray:
        """A SMILES (n,) written at each latent (n, latent); at temperature 0 the most probable token each time."""
        decoding, texts = Decoding(length=self.context, temperature=temperature, watermark="none"), []
        for start in range(0, len(latents), self.rows):
            few = latents[start : start + self.rows]
            *_, written = self.write(
                [""] * len(few), seeds=range(seed + start, seed + start + len(few)), decoding=decoding, wishes=few
            )
            texts += [each.text for each in written]
        return np.array(texts, dtype=object)

    def encode(self, smiles: Sequence[str]) -> np.ndarray:
        """The latents (n, latent) of molecules, float32: the mean of q(z|x). Raises `Refusal` for what it can't read."""
        return in_chunks(lambda rows: np.asarray(self._encode(rows[:, 1:])), self._rows(smiles), size=READ)

    def reads(self, smiles: str) -> bool:
        """Can it read that canonical SMILES: is it short enough, of tokens that it knows?"""
        return not self.tokens.unknown(smiles) and len(self.tokens.encode(smiles)) < self.context

    def losses(self, examples: Texts, index: np.ndarray, seed: int = 0) -> np.ndarray:
        """The negative bound (n,) in nats of the documents at `index` among those that fit, with one draw of z."""
        rows = Whole(examples).rows(np.asarray(index))
        noise = np.random.default_rng(seed).standard_normal((len(rows), self.latent), dtype="float32")

        def scored(rows: np.ndarray, noise: np.ndarray) -> np.ndarray:
            likelihood, kl = self._bound(rows, noise, np.ones((*rows[:, 1:].shape, 1), "float32"))
            return np.asarray(kl).sum(-1) - np.asarray(likelihood)

        return in_chunks(scored, rows, noise, size=READ)

    def _rows(self, smiles: Sequence[str]) -> np.ndarray:
        """Documents (n, context + 1) of SMILES, which are written as the training molecules are."""
        rows = np.zeros((len(smiles), self.context + 1), np.int32)
        for row, each in zip(rows, smiles, strict=True):
            known = canonical(each)
            if known is None:
                raise Refusal(f"{each[:60]!r} is no molecule that can be read; check its SMILES.")
            tokens = self.tokens.encode(known)
            if len(tokens) >= self.context:
                raise Refusal(
                    f"{known[:60]} is {len(tokens)} tokens long; this model reads at most {self.context - 1}; give a smaller one."
                )
            row[1 : len(tokens) + 1] = tokens
        return rows

    def _wishes(self, starts: Sequence[np.ndarray], asked: object) -> dict[str, np.ndarray]:
        """`latents` float32 (rows, latent)."""
        latents = np.zeros((self.rows, self.latent), "float32")
        if isinstance(asked, np.ndarray):
            latents[: len(asked)] = asked
        return {"latents": latents}

    def _heard(self, token: Tensor, caches: list[Cache], place: Tensor, settings: Mapping[str, Tensor]) -> Read:
        return read(self._layers, token, caches, place, beside=self._told(settings["latents"])[:, None])
