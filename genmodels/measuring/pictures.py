"""The measures of what draws pictures: the metrics, floors, recall by group, and bounds of the likelihood."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.estimates.clusters import Clusters
from genmodels.estimates.estimate import Estimate
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.image.features import PROTOCOL, features
from genmodels.kinds.image.near_copies import held_out_drawings
from genmodels.measuring.texts import Row
from genmodels.metrics import likelihood
from genmodels.metrics.kernel_distance import kernel_distance_difference
from genmodels.metrics.metric import as_features, metrics_of
from genmodels.metrics.precision_recall import recall_by
from genmodels.subjects.stand_ins import Noise, TrainingMean
from genmodels.trained.roles import Generator

if TYPE_CHECKING:
    from genmodels.trained.latent import TrainedGenerator

DRAWS = 500  # K of the importance-weighted bound
BY_GROUP = "recall by group"
BOUNDED = 256  # held-out pictures whose bound is computed


def measure_pictures(
    generator: TrainedGenerator, data: Dataset, n: int, seed: int, wanted: Callable[[str], bool]
) -> Iterator[Row]:
    """Every measure whose name is `wanted`: the metrics, how much floors are behind, and bounds of the likelihood."""
    samples = generator.sample(n, seed=seed)
    real, fake = as_features(data.test.images, samples)  # once for all metrics
    clusters = Clusters.of(len(real), len(fake), held_out_drawings(data))
    for name, metric in metrics_of("image").items():
        if wanted(name):
            about = metric.about()
            yield name, metric(real, fake, clusters), about["better"], about["unit"], PROTOCOL
    yield from recall_by_group(data, real, fake, clusters, wanted)
    for name, floor in FLOORS.items():
        if wanted(name):
            estimate = kernel_distance_difference(real, fake, features(floor(data).sample(n, seed=seed)), clusters)
            yield name, estimate, "higher", "squared discrepancy", PROTOCOL
    for name, bound in BOUNDS.items():
        if wanted(name) and generator.recipe.bounded and generator.recipe.likelihood == "logistic":
            yield name, *bound(generator, data, seed)


def recall_by_group(
    data: Dataset, real: np.ndarray, fake: np.ndarray, clusters: Clusters, wanted: Callable[[str], bool]
) -> Iterator[Row]:
    """Recall within each class and each group of the held-out pictures that has 20 of them, from the features of both.

    The interval says how much another seed of the samples, and other held-out pictures, would move it.
    """
    if not wanted(BY_GROUP):
        return
    groupings = {name: values for name, values in data.test.groups.items() if name != "role"}
    if data.test.labels is not None and data.test.labels.ndim == 1 and data.spec.vocabulary:
        groupings["class"] = np.array(data.spec.vocabulary)[np.minimum(data.test.labels, len(data.spec.vocabulary) - 1)]
    for grouping, values in groupings.items():
        for group, estimate in recall_by(real, fake, np.asarray(values).astype(str), clusters=clusters).items():
            if estimate.n >= 20:
                yield f"{BY_GROUP}: {grouping} {group}", estimate, "higher", "share", PROTOCOL


def held_out_bound(generator: TrainedGenerator, data: Dataset, seed: int) -> tuple[Estimate, str, str, str]:
    """Negative evidence lower bound in bits per dimension, one draw a picture."""
    return _in_bits(generator, data, seed, draws=1)


def importance_weighted_bound(generator: TrainedGenerator, data: Dataset, seed: int) -> tuple[Estimate, str, str, str]:
    """Negative importance-weighted bound (Burda et al. 2016, K = 500) in bits per dimension."""
    return _in_bits(generator, data, seed, draws=DRAWS)


# How much farther from held-out pictures a generator is that knows nothing: above 0 the model beats it.
FLOORS: dict[str, Callable[[Dataset], Generator]] = {
    "kid of noise, less the model's": lambda data: Noise(data.spec.shape),
    "kid of the training mean, less the model's": lambda data: TrainingMean(data.train.images),
}
BOUNDS = {"bits per dimension (ELBO)": held_out_bound, "bits per dimension (IWAE, K = 500)": importance_weighted_bound}


def _in_bits(generator: TrainedGenerator, data: Dataset, seed: int, draws: int) -> tuple[Estimate, str, str, str]:
    drawings = held_out_drawings(data)[:BOUNDED]
    nats = likelihood.importance_weighted_bound(log_weights(generator, data.test, seed, draws), drawings)
    units = len(np.unique(drawings))
    said = "" if units == len(drawings) else f", interval for other drawings, of which there are {units}"
    dimensions = int(np.prod(generator.spec.shape))
    bits = sorted(-likelihood.bits_per_dimension(value, dimensions) for value in (nats.low, nats.high))
    estimate = Estimate(-likelihood.bits_per_dimension(nats.value, dimensions), bits[0], bits[1], nats.n)
    return (
        estimate,
        "lower",
        "bits per dimension",
        f"discretised logistic in 256 levels, {draws} draws, held-out pictures{said}",
    )


def log_weights(generator: TrainedGenerator, held_out: Examples, seed: int, draws: int) -> np.ndarray:
    """log p(x, z) - log q(z|x) of up to 256 held-out pictures, (pictures, draws) nats."""
    from genmodels.networks.compute import compiled

    images = held_out.images[:BOUNDED]
    label = generator.recipe.condition(
        generator.spec, images, None if held_out.labels is None else held_out.labels[:BOUNDED]
    )
    pictures = images.astype("float32") / 255
    weigh = compiled(lambda x, y, noise: generator.recipe.log_weights(generator.networks, x, y, noise))
    rng = np.random.default_rng(seed)
    noise = (rng.standard_normal((len(images), generator.latent), dtype="float32") for _ in range(draws))
    return np.stack([np.asarray(weigh(pictures, np.asarray(label), each)) for each in noise], axis=1)
