"""Directions of a latent space along which one thing changes: found without labels, or between two groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.findings import Estimate, clopper_pearson
from genmodels.metrics import features
from genmodels.refusal import Refusal

FEWEST = 20  # pictures a group


@dataclass(frozen=True)
class Direction:
    """`vector` (latent,) moves one standard deviation. `strength` says how much of what it explains, or how well it tells.

    Without labels `strength` is the share of the variance of activations. With labels it is the share of held-back
    latents that are told apart rightly, with its exact interval; where that holds 0.5 the direction was not found.
    """

    name: str
    vector: np.ndarray
    strength: Estimate | float

    @property
    def found(self) -> bool:
        return not isinstance(self.strength, Estimate) or self.strength.low > 0.5


def unsupervised(generator: Any, *, components: int = 6, n: int = 2000, seed: int = 0) -> list[Direction]:
    """Principal components of the first hidden layer's activations, carried back to the latent.

    Harkonen et al. 2020 (GANSpace), arXiv 2004.02546: the components of n draws' activations are found, and the
    direction of each is the latent's regression on its coordinate. Largest first.
    """
    latents = generator.latents(n, seed=seed)
    activations = generator.hidden(latents)
    centred = activations - activations.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    shares = sizes**2 / (sizes**2).sum()
    directions = []
    for number in range(min(components, len(sizes), latents.shape[1])):
        coordinate = left[:, number] * np.sqrt(n)  # standard deviation 1
        vector = coordinate @ (latents - latents.mean(axis=0)) / n
        vector *= np.sign(vector[np.abs(vector).argmax()])  # a component has no sign of its own
        directions.append(Direction(f"Component {number + 1}", _unit(vector), float(shares[number])))
    return directions


def between(generator: Any, name: str, first: np.ndarray, second: np.ndarray, *, seed: int = 0,
            labels: tuple[np.ndarray, np.ndarray] | None = None) -> Direction:  # fmt: skip
    """The direction from the pictures `first` to the pictures `second`: the normal of a logistic regression in the latent.

    Where the model can encode, the latents are those of the pictures. Else it draws, and a classifier trained on the
    pictures' fixed features says which group each draw looks like. A third of the latents is held back for `strength`.
    `labels`: what a conditional model is told of each picture.
    """
    if min(len(first), len(second)) < FEWEST:
        raise Refusal(f"{name}: the groups have {len(first)} and {len(second)} pictures; at least {FEWEST} of each are needed.")
    if hasattr(generator.recipe, "encode"):
        told = labels or (None, None)
        latents = np.concatenate([generator.encode(first, told[0]), generator.encode(second, told[1])])
        side = np.repeat([0, 1], [len(first), len(second)])
    else:
        latents = generator.latents(2000, seed=seed)
        side = _looks_like(generator.decode(latents), first, second)
    return _separating(name, latents, side, seed)


def _looks_like(drawn: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """0 where a drawn picture looks like the first group, 1 where like the second."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    real = np.concatenate([features(first), features(second)])
    side = np.repeat([0, 1], [len(first), len(second)])
    judge = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=500, class_weight="balanced"))
    return judge.fit(real, side).predict(features(drawn))


def _separating(name: str, latents: np.ndarray, side: np.ndarray, seed: int) -> Direction:
    from sklearn.linear_model import LogisticRegression

    if min(np.bincount(side, minlength=2)) < FEWEST:
        raise Refusal(f"{name}: the model hardly ever draws one of the two groups, so no direction can be found.")
    order = np.random.default_rng(seed).permutation(len(latents))
    held_back, used = np.split(order, [len(latents) // 3])
    spread = latents.std(axis=0) + 1e-6
    judge = LogisticRegression(C=0.1, max_iter=500, class_weight="balanced").fit(latents[used] / spread, side[used])
    right = judge.predict(latents[held_back] / spread) == side[held_back]
    # each side counts the same, so that a rare group can't be told by always saying the common one
    shares = [right[side[held_back] == each].mean() for each in (0, 1) if (side[held_back] == each).any()]
    strength = clopper_pearson(round(float(np.mean(shares)) * len(right)), len(right))
    vector = latents[side == 1].mean(axis=0) - latents[side == 0].mean(axis=0)
    normal = judge.coef_[0] / spread
    vector = vector if vector @ normal <= 0 else normal
    return Direction(name, _unit(vector) * float((latents @ _unit(vector)).std()), strength)


def along(start: np.ndarray, direction: Direction, reach: float = 3.0, steps: int = 9) -> np.ndarray:
    """Latents (steps, latent) from `reach` standard deviations before `start` (latent,) to as many behind it."""
    return (start + np.linspace(-reach, reach, steps)[:, None] * direction.vector).astype("float32")


def moved(start: np.ndarray, directions: Sequence[Direction], amounts: Sequence[float]) -> np.ndarray:
    """`start` (n, latent) moved along each direction by its amount in standard deviations."""
    shift = sum((amount * direction.vector for amount, direction in zip(amounts, directions, strict=True)), np.zeros(start.shape[1]))
    return (start + shift).astype("float32")


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
