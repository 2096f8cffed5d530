"""Directions of a latent space along which one thing changes: found without labels, or between two groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genmodels.estimates.estimate import NORMAL, Estimate, clopper_pearson
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.image.features import features
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from genmodels.trained.latent import TrainedGenerator

Pair = tuple[Examples, Examples]

FEWEST = 20  # pictures a group
FEWEST_HELD_OUT = 10  # held-out pictures a group, so that telling them apart can be better than chance at all
DRAWN = 2000  # samples of a model that can't encode
CORRELATED = 0.3  # correlation from which a group names a component


@dataclass(frozen=True)
class Direction:
    """`vector` (latent,) moves one standard deviation. `strength` says how much of what it explains, or how well it tells.

    Without labels `strength` is the share of the variance of activations. With labels it is the share of pictures, as
    many of each group, that are told apart rightly, with its exact interval (each picture counted as independent);
    where that holds 0.5 the direction was not found.
    """

    name: str
    vector: np.ndarray
    strength: Estimate | float

    @property
    def found(self) -> bool:
        """Whether it tells both groups apart better than chance, as far as its interval says."""
        return not isinstance(self.strength, Estimate) or self.strength.low > 0.5


def unsupervised(generator: TrainedGenerator, *, components: int = 6, n: int = 2000, seed: int = 0) -> list[Direction]:
    """Principal components of the first hidden layer's activations, carried back to the latent.

    Harkonen et al. 2020 (GANSpace), arXiv 2004.02546: the components of n draws' activations are found, and the
    direction of each is the latent's regression on its coordinate. Largest first.
    """
    from sklearn.decomposition import PCA

    latents = generator.latents(n, seed=seed)
    activations = generator.hidden(latents, _labels(generator, n, seed))
    layout = PCA(min(components, latents.shape[1], *activations.shape), svd_solver="randomized", random_state=seed)
    coordinates = layout.fit_transform(activations)
    directions = []
    for number, share in enumerate(layout.explained_variance_ratio_):
        vector = coordinates[:, number] @ (latents - latents.mean(axis=0))
        vector *= np.sign(vector[np.abs(vector).argmax()])  # a component has no sign of its own
        directions.append(Direction(f"Component {number + 1}", _unit(vector), float(share)))
    return directions


@dataclass(frozen=True)
class Correlate:
    """The group that a direction goes with most, and its correlation with being in it, from -1 to 1, on other examples than
    those that chose it."""

    grouping: str
    group: str
    value: Estimate


def correlates(
    found: Sequence[Direction], latents: np.ndarray, groups: Mapping[str, np.ndarray]
) -> list[Correlate | None]:
    """For each direction the group that it goes with most; None where none does.

    `latents` (n, latent) are encoded examples, `groups` the group of each by the name of the grouping ("": none). One half
    chooses the group whose membership correlates most with the place along the direction; the other half says by how much
    (Fisher's interval, each example counted as independent). None where that is below `CORRELATED`, or turns its sign.
    """
    half = np.arange(len(latents)) % 2 == 0
    members = {
        (name, str(group)): values == group
        for name, values in groups.items()
        for group in np.unique(values[values != ""])
    }
    members = {
        key: inside
        for key, inside in members.items()
        if min(inside[half].sum(), inside[~half].sum()) >= FEWEST and not inside.all()
    }
    answers: list[Correlate | None] = []
    for direction in found:
        place = latents @ _unit(direction.vector)
        chosen = max(members, key=lambda key: abs(_correlation(place[half], members[key][half])), default=None)
        if chosen is None:
            answers.append(None)
            continue
        first, second = (_correlation(place[part], members[chosen][part]) for part in (half, ~half))
        kept = first * second > 0 and abs(second) >= CORRELATED
        answers.append(Correlate(*chosen, _fisher(second, int((~half).sum()))) if kept else None)
    return answers


def _correlation(values: np.ndarray, inside: np.ndarray) -> float:
    """Point-biserial correlation; 0 where either does not vary."""
    if not values.std() or not inside.std():
        return 0.0
    return float(np.corrcoef(values, inside)[0, 1])


def _fisher(r: float, n: int) -> Estimate:
    """A correlation with the 95 % interval of Fisher's z (Fisher 1921)."""
    z, half = np.arctanh(np.clip(r, -0.999999, 0.999999)), NORMAL / np.sqrt(max(n - 3, 1))
    return Estimate(r, min(r, float(np.tanh(z - half))), max(r, float(np.tanh(z + half))), n)


def between(
    generator: TrainedGenerator,
    name: str,
    first: Examples,
    second: Examples,
    *,
    held_out: Pair | None = None,
    seed: int = 0,
) -> Direction:
    """The direction from the examples `first` to the examples `second`, both of the training split.

    It is the normal of a logistic regression that tells their latents apart (Shen et al. 2020, InterFaceGAN, arXiv
    1907.10786), and `strength` counts `held_out` examples of both groups. A model that can't encode draws, a
    classifier of real pictures says which group each draw looks like, and `strength` is the weaker of two: how well
    that classifier tells held-out pictures apart, and how well the latent tells what it said. Where `held_out` has too
    few, a third of the training examples is kept back instead; the model has seen those.
    """
    if min(len(first), len(second)) < FEWEST:
        raise Refusal(
            f"{name}: the groups have {len(first)} and {len(second)} pictures; at least {FEWEST} of each are needed."
        )
    rng = np.random.default_rng(seed)
    used: Pair = (first, second)
    if held_out is None or min(map(len, held_out)) < FEWEST_HELD_OUT:
        parts = [np.split(rng.permutation(len(each)), [len(each) // 3]) for each in used]
        held_out = first.take(parts[0][0]), second.take(parts[1][0])
        used = first.take(parts[0][1]), second.take(parts[1][1])
    if not generator.recipe.encodes:
        return _between_draws(generator, name, used, held_out, seed)
    latents, kept = (
        [generator.encode(each.images, each.labels if generator.classes else None) for each in pair]
        for pair in (used, held_out)
    )
    judge, strength = _told_apart(latents, kept, rng)
    return _normal(name, judge, np.concatenate(latents), strength)


def _between_draws(generator: TrainedGenerator, name: str, used: Pair, held_out: Pair, seed: int) -> Direction:
    """By way of what a classifier of real pictures says of those that the model draws."""
    rng = np.random.default_rng(seed)
    real, kept = ([features(each.images) for each in pair] for pair in (used, held_out))
    judge, of_pictures = _told_apart(real, kept, rng)
    latents = generator.latents(DRAWN, seed=seed)
    looks_like = judge.predict(features(generator.decode(latents, _labels(generator, DRAWN, seed))))
    groups = [latents[looks_like == side] for side in (0, 1)]
    if min(map(len, groups)) < FEWEST:
        raise Refusal(f"{name}: the model hardly ever draws one of the two groups, so no direction can be found.")
    judge, of_latents = _told_apart(
        [each[len(each) // 3 :] for each in groups], [each[: len(each) // 3] for each in groups], rng
    )
    return _normal(name, judge, latents, min(of_pictures, of_latents, key=lambda strength: strength.low))


def _told_apart(
    used: Sequence[np.ndarray], kept: Sequence[np.ndarray], rng: np.random.Generator
) -> tuple[Any, Estimate]:
    """A judge fitted on two groups (n, features), and the share it tells rightly of as many kept ones of each."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    judge = make_pipeline(
        StandardScaler(), LogisticRegression(C=0.01, class_weight="balanced", solver="newton-cholesky")
    )
    judge.fit(np.concatenate(used), np.repeat([0, 1], [len(each) for each in used]))
    fewer = min(map(len, kept))
    right = sum(int((judge.predict(rng.permutation(each)[:fewer]) == side).sum()) for side, each in enumerate(kept))
    return judge, clopper_pearson(right, 2 * fewer)


def _normal(name: str, judge: Pipeline, latents: np.ndarray, strength: Estimate) -> Direction:
    """The normal of the judge's boundary, as long as the standard deviation of the latents along it."""
    normal = _unit(judge[-1].coef_[0] / judge[0].scale_)
    return Direction(name, normal * float((latents @ normal).std()), strength)


def _labels(generator: TrainedGenerator, n: int, seed: int) -> np.ndarray | None:
    """What a conditional model is told of n draws: nothing more where it was told before."""
    return None if generator.label is not None else generator.labels(n, seed=seed)


def along(start: np.ndarray, direction: Direction, reach: float = 3.0, steps: int = 9) -> np.ndarray:
    """Latents (steps, latent) from `reach` standard deviations before `start` (latent,) to as many behind it."""
    return (start + np.linspace(-reach, reach, steps)[:, None] * direction.vector).astype("float32")


def moved(start: np.ndarray, directions: Sequence[Direction], amounts: Sequence[float]) -> np.ndarray:
    """`start` (n, latent) moved along each direction by its amount in standard deviations."""
    shift = sum(
        (amount * direction.vector for amount, direction in zip(amounts, directions, strict=True)),
        np.zeros(start.shape[1]),
    )
    return (start + shift).astype("float32")


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
