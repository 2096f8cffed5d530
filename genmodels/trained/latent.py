"""A trained model with a latent: it samples, decodes and encodes."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

from genmodels.kinds.image.examples import Examples
from genmodels.kinds.spec import Spec
from genmodels.models.recipe import LatentRecipe
from genmodels.networks.compute import compiled, in_chunks, input_gradient
from genmodels.networks.learner import part_of
from genmodels.provenance.recorded import Weights
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.trained.roles import DRAWS, NO_LOSS

if TYPE_CHECKING:
    from genmodels.lazy_keras import Networks, Tensor

FEW = 8  # the same for the descent, of which a few pictures at a time are asked


class TrainedGenerator:
    """The networks of a recipe behind `sample`, `decode` and `encode`. Pictures are uint8 (n, height, width, channels)."""

    def __init__(self, recipe: LatentRecipe, spec: Spec, networks: Networks) -> None:
        family: Any = recipe  # one that encodes, or bounds a likelihood, has methods for it
        self.recipe = family
        self.spec, self.networks = spec, networks
        self.weights: Weights | None = None  # which it was opened with
        self.latent: int = recipe.latent
        self.classes = spec.classes if recipe.conditional else 0
        self.label: int | None = None  # what a conditional model is told where nothing else is said
        self._decode = compiled(lambda latents, label: family.decode(networks, latents, label))
        self._encode = compiled(lambda images, label: family.encode(networks, images, label))
        self._descend = compiled(self._projection_gradient)

    def latents(self, n: int, *, seed: int) -> np.ndarray:
        """(n, latent) draws from the prior N(0, I); the first rows do not depend on n."""
        return np.random.default_rng(seed).standard_normal((n, self.latent), dtype="float32")

    def sample(self, n: int, *, seed: int, given: Sequence[int | str] | None = None) -> np.ndarray:
        """n pictures; the same seed gives the same pictures. `given`: a label or its name for each, or one for all."""
        return self.decode(self.latents(n, seed=seed), given=self.labels(n, seed=seed, given=given))

    def labels(self, n: int, *, seed: int, given: Sequence[int | str] | None = None) -> np.ndarray | None:
        """The labels (n,) that a conditional model is told: those given, else drawn evenly from the seed."""
        if not self.classes:
            if given is not None:
                raise Refusal("This model was trained without labels, so it can't be given one; leave it out.")
            return None
        if given is None:
            return np.random.default_rng([seed, 1]).integers(self.classes, size=n)
        numbers = [self._label(each) for each in given]
        if len(numbers) not in (1, n):
            raise Refusal(f"There are {len(numbers)} labels for {n} pictures; give one for all or one for each.")
        return np.array(numbers * n if len(numbers) == 1 else numbers)

    def _label(self, given: int | str) -> int:
        names = self.spec.vocabulary or tuple(str(i) for i in range(self.classes))
        name = names[given] if isinstance(given, (int, np.integer)) and 0 <= given < len(names) else str(given)
        if name not in names:
            raise Refusal(unknown("label", name, names))
        return names.index(name)

    def names(self, labels: np.ndarray | None) -> list[str]:
        """The name of each label (n,); "" each where there are none."""
        return (
            []
            if labels is None
            else [self.spec.vocabulary[int(label)] if self.spec.vocabulary else str(label) for label in labels]
        )

    def told(self, label: int | str | None) -> TrainedGenerator:
        """The same model, told this label (or its name) wherever no other is given; None: as it is."""
        if label is None:
            return self
        told = self.labels(1, seed=0, given=[label])
        assert told is not None  # refused above
        other = copy.copy(self)
        other.label = int(told[0])
        return other

    def decode(self, latents: np.ndarray, given: np.ndarray | None = None) -> np.ndarray:
        """The pictures at the latents (n, latent)."""
        if latents.ndim != 2 or latents.shape[1] != self.latent:
            raise Refusal(f"Latents have the shape {latents.shape}; this model reads (n, {self.latent}).")
        label = self._one_of(latents, given)
        return in_chunks(lambda z, y: _eight_bit(self._decode(z, y)), latents.astype("float32"), label)

    def encode(self, images: np.ndarray, given: np.ndarray | None = None) -> np.ndarray:
        """The latents (n, latent) of pictures: by the encoder, or where there is none by 200 steps of descent on the
        squared error (Zhu et al. 2016), which finds a near picture and not always the nearest."""
        if images.shape[1:] != self.spec.shape:
            raise Refusal(f"Pictures have the shape {images.shape[1:]}; this model reads {self.spec.shape}.")
        label = self._one_of(images, given)
        scaled = images.astype("float32") / 255
        if self.recipe.encodes:
            return in_chunks(lambda x, y: np.asarray(self._encode(x, y)), scaled, label)
        return in_chunks(self._project, scaled, label, size=FEW)

    def losses(self, examples: Examples, index: np.ndarray, seed: int = 0) -> np.ndarray:
        """Negative evidence lower bound (n,) in nats of the examples at `index`, a mean over the same noises for all.

        Raises `Refusal` for a family without a bound, such as a GAN.
        """
        if not self.recipe.bounded:
            raise Refusal(NO_LOSS)
        examples = examples.take(index)
        label = np.asarray(self.recipe.condition(self.spec, examples.images, examples.labels))
        weigh = compiled(lambda x, y, noise: self.recipe.log_weights(self.networks, x, y, noise))
        scaled, rng = examples.images.astype("float32") / 255, np.random.default_rng([seed, 11])
        total = np.zeros(len(examples))
        for _ in range(DRAWS):
            noise = np.repeat(rng.standard_normal((1, self.latent), dtype="float32"), len(examples), axis=0)
            total -= in_chunks(lambda *rows: np.asarray(weigh(*rows)), scaled, label, noise)
        return total / DRAWS

    def hidden(self, latents: np.ndarray, given: np.ndarray | None = None) -> np.ndarray:
        """Activations (n, features) of the first dense layer after the latents."""
        network = self.networks[self.recipe.drawing[-1]]
        first = next(layer for layer in network.layers if isinstance(layer, keras.layers.Dense))
        inner = compiled(part_of(network, first.output))
        return in_chunks(
            lambda z, y: np.asarray(inner([z, y])), latents.astype("float32"), self._one_of(latents, given)
        )

    def _one_of(self, like: np.ndarray, given: np.ndarray | None) -> np.ndarray:
        if given is None and self.label is not None:
            given = np.full(len(like), self.label)
        return np.asarray(self.recipe.condition(self.spec, like, given), dtype="float32")

    def _projection_gradient(self, latents: Tensor, images: Tensor, label: Tensor) -> Tensor:
        def error(z: Tensor) -> Tensor:
            difference = self.recipe.decode(self.networks, z, label) - images
            return ops.sum(difference**2) + 0.1 * ops.sum(z**2)

        return input_gradient(error, latents)

    def _project(self, images: np.ndarray, label: np.ndarray, steps: int = 200) -> np.ndarray:
        latents = np.zeros((len(images), self.latent), "float32")
        mean, square = np.zeros_like(latents), np.zeros_like(latents)
        for step in range(1, steps + 1):  # Adam
            gradient = np.asarray(self._descend(latents, images, label))
            mean, square = 0.9 * mean + 0.1 * gradient, 0.99 * square + 0.01 * gradient**2
            latents = latents - 0.1 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
        return latents


def _eight_bit(images: Tensor) -> np.ndarray:
    return np.round(np.asarray(images) * 255).astype("uint8")
