"""Which group a picture shows, read by a trained reader whose own error is known.

What a reader gets right is counted on real held-out pictures and on samples, per group, with intervals over the
combinations of role, gender and tone: pictures of one combination are alike, so it is combinations that are resampled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from genmodels.findings import Estimate
from genmodels.recipe import Spec
from genmodels.refusal import Refusal

NONE = "none"  # the class of people in no skin tone
SOMEBODY = "reader-somebody"  # the run of the gallery that reads whether anybody is to be seen
READERS = {"gender": "reader-gender", "skin tone": "reader-skin"}  # grouping to the run of the gallery that reads it


class TrainedReader:
    """Reads the labels of its data, `classes`, off uint8 pictures (n, height, width, channels)."""

    def __init__(self, recipe: Any, spec: Spec, networks: dict[str, Any]) -> None:
        from genmodels.learner import compiled

        self.recipe, self.spec, self.networks = recipe, spec, networks
        self.classes = spec.vocabulary
        self._read = compiled(lambda images: recipe.read(networks, images))
        self._last: tuple[bytes, np.ndarray] = b"", np.zeros((0, len(self.classes)), np.float32)

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(n, classes) float32, as the network has them: not calibrated. The last pictures are not read twice."""
        if images.shape[1:] != self.spec.shape or images.dtype != np.uint8:
            raise Refusal(f"Pictures are {images.dtype} of shape {images.shape[1:]}; this reader reads uint8 {self.spec.shape}.")
        key = hashlib.blake2b(np.ascontiguousarray(images).data, digest_size=16).digest()
        last = self._last
        if last[0] != key:
            self._last = last = key, self._probabilities(images)
        return last[1].copy()

    def _probabilities(self, images: np.ndarray) -> np.ndarray:
        from genmodels.generator import in_chunks

        logits = in_chunks(lambda rows: np.asarray(self._read(rows)), images.astype("float32") / 255)
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return odds / odds.sum(axis=1, keepdims=True)

    def read(self, images: np.ndarray) -> np.ndarray:
        """The names (n,) of the most probable classes."""
        return np.array(self.classes)[self.probabilities(images).argmax(axis=1)]

    def sample(self, n: int, *, seed: int, given: Any = None) -> np.ndarray:
        raise Refusal("This model reads pictures and draws none; choose a model that draws.")


@lru_cache(maxsize=8)
def open_reader(name: str) -> TrainedReader:
    """The reader of that run of the gallery; never of a user's run of the same name, whose errors nobody counted."""
    from genmodels.gallery import GALLERY
    from genmodels.runs import RunStore

    run = RunStore(GALLERY)[name]
    if run.experiment.model != "reader":
        raise Refusal(f"Run {run.id} is of the model {run.experiment.model}; groups are read by a run of the model reader.")
    return run.generator()


class WithNobody:
    """A reader of people, with another that says in which pictures there is nobody to be read: the last of its `classes`."""

    def __init__(self, reader: TrainedReader, somebody: TrainedReader) -> None:
        self.reader, self.somebody = reader, somebody
        self.none = reader.classes[-1] == NONE  # it has a class of its own for people without a group
        self.classes = reader.classes if self.none else (*reader.classes, somebody.classes[-1])

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(n, classes) float32, as the networks have them: not calibrated."""
        nobody, groups = self.somebody.probabilities(images)[:, -1:], self.reader.probabilities(images)
        if self.none:
            nobody, groups = nobody + (1 - nobody) * groups[:, -1:], groups[:, :-1] / np.maximum(groups[:, :-1].sum(axis=1, keepdims=True), 1e-9)
        return np.concatenate([(1 - nobody) * groups, nobody], axis=1)

    def read(self, images: np.ndarray) -> np.ndarray:
        """The names (n,) of the classes."""
        probable = self.probabilities(images)
        return np.array(self.classes)[np.where(probable[:, -1] > 0.5, len(self.classes) - 1, probable[:, :-1].argmax(axis=1))]


def reader_of(grouping: str) -> WithNobody:
    """What reads that grouping off pictures; its last class is that there is nobody to be read."""
    reader = open_reader(READERS[grouping])
    return WithNobody(reader, open_reader(SOMEBODY))


def clustered(values: np.ndarray, clusters: Any) -> Estimate:
    """The mean of `values` (n,) from 0 to 1 with a 95 % interval that knows that values of one cluster are alike.

    The exact interval of as many independent values as would vary as much (Korn and Graubard 1998): near 0 and 1 a
    bootstrap would be too narrow. n counts clusters. Raises `Refusal` for fewer than 2 of them.
    """
    from scipy.stats import beta

    k, mean = len(_by_cluster(values, clusters)[0]), float(np.mean(values))
    if k < 2:
        raise Refusal(f"An interval over combinations needs at least 2 of them and there are {k}; take more.")
    effective = effective_number(values, clusters)
    found, missed = mean * effective, (1 - mean) * effective
    low = float(beta.ppf(0.025, found, missed + 1)) if found > 0 else 0.0
    high = float(beta.ppf(0.975, found + 1, missed)) if missed > 0 else 1.0
    return Estimate(mean, min(low, mean), max(high, mean), k)


def effective_number(values: np.ndarray, clusters: Any) -> float:
    """As many independent values from 0 to 1 as vary as much as these (n,); where all are alike, one a cluster."""
    sums, counts = _by_cluster(values, clusters)
    k, n, mean = len(sums), len(values), float(np.mean(values))
    variance = k / max(k - 1, 1) * float(((sums - mean * counts) ** 2).sum()) / n**2
    return min(n, mean * (1 - mean) / variance) if variance > 0 else k


def clustered_ratio(over: np.ndarray, over_clusters: Any, under: np.ndarray, under_clusters: Any) -> Estimate:
    """The mean of `over` as a share of the mean of `under`, with an interval for other clusters, which are the same on both sides.

    The jackknife over clusters of the logarithm, brought to the scale of square roots, with Student's quantile; a percentile bootstrap is too narrow
    for few clusters. Where one side is 0, or all alike, the ends are those of the shares by themselves. n counts clusters.
    """
    from genmodels.estimates.ratios import jackknifed_reach

    names = sorted({*map(str, over_clusters)} & {*map(str, under_clusters)})
    (a, na), (b, nb) = (_by_cluster(*each, names) for each in ((over, over_clusters), (under, under_clusters)))
    if len(names) < 2:
        raise Refusal(f"An interval over combinations needs at least 2 of them and there are {len(names)}; take more.")
    value = float((a.sum() / na.sum()) / max(b.sum() / nb.sum(), 1e-9))
    with np.errstate(divide="ignore", invalid="ignore"):
        without = np.log((a.sum() - a) / (na.sum() - na)) - np.log((b.sum() - b) / (nb.sum() - nb))
    reach = jackknifed_reach(without, freedom=len(names) - 1) if np.isfinite(without).all() else 0.0
    if reach:
        return Estimate(value, value * max(0.0, 1 - reach / 2) ** 2, value * (1 + reach / 2) ** 2, len(names))
    among = [np.isin(np.asarray(clusters).astype(str), names) for clusters in (over_clusters, under_clusters)]
    first, second = (clustered(np.asarray(v)[chosen], np.asarray(c)[chosen]) for v, c, chosen in zip((over, under), (over_clusters, under_clusters), among, strict=True))
    low, high = first.low / max(second.high, 1e-9), first.high / max(second.low, 1e-9)
    return Estimate(value, min(low, value), max(high, value), len(names))


def _by_cluster(values: np.ndarray, clusters: Any, names: Sequence[str] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Sum and number of the values of each cluster, or of each of `names` (sorted)."""
    values, clusters = np.asarray(values, float), np.asarray(clusters)
    if names is not None or not np.issubdtype(clusters.dtype, np.integer):
        clusters = clusters.astype(str)
    if names is not None:
        among = np.isin(clusters, names)
        values, clusters = values[among], clusters[among]
    found, inverse = np.unique(clusters, return_inverse=True)
    return np.bincount(inverse, values, len(found)), np.bincount(inverse, minlength=len(found)).astype(float)
