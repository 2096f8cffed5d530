"""Faults of tiny models of digits, found: a share that follows the skew of the data, and drawings that are training pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genmodels.data.dataset import DATA
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.kinds.image.examples import Examples
from genmodels.runs.experiment import Experiment

FALSE_ALARMS = 0.05  # of the rule for copies, on the pictures that it was set by


def of_first(images: np.ndarray, learned: Examples) -> np.ndarray:
    """Which of uint8 (n, 8, 8, 1) are the first digit, bool (n,): by which of two mean pictures of `learned` is nearer."""
    labels = np.asarray(learned.labels)
    first, second = (_flat(learned.images[labels == label]).mean(axis=0) for label in np.unique(labels))
    flat = _flat(images)
    return np.asarray(((flat - first) ** 2).sum(axis=1) < ((flat - second) ** 2).sum(axis=1))


@dataclass(frozen=True)
class Share:
    """The share of the first digit among drawings, and how often its reader is wrong on held-out digits that people wrote."""

    drawn: Estimate
    error: Estimate
    trained: float


def share_of(drawn: np.ndarray, experiment: Experiment) -> Share:
    """How often the first digit of the data of `experiment` is drawn in uint8 (n, 8, 8, 1)."""
    data = experiment.make_source().load()
    even = DATA["digits"].from_dict({"only": experiment.make_source().to_dict()["only"]}).load()
    first = of_first(drawn, even.train)
    people = np.asarray(data.test.labels)
    wrong = of_first(data.test.images, even.train) != (people == people.min())
    return Share(
        clopper_pearson(int(first.sum()), len(first)),
        clopper_pearson(int(wrong.sum()), len(wrong)),
        float((np.asarray(data.train.labels) == people.min()).mean()),
    )


@dataclass(frozen=True)
class Copies:
    """Drawings beside the nearest training picture of each, and the rule that calls one a copy.

    `limit`: a distance below it is a copy. It is set on one half of the held-out pictures, and `false_alarm` is counted on
    the other half. Distances are root mean squares of pixels from 0 to 1.
    """

    nearest: np.ndarray  # uint8 (n, 8, 8, 1)
    distance: np.ndarray  # (n,)
    copied: Estimate
    limit: float
    false_alarm: Estimate
    innocent: np.ndarray  # held-out pictures that nobody copied, and theirs
    innocent_nearest: np.ndarray
    innocent_distance: np.ndarray


def copies_of(drawn: np.ndarray, experiment: Experiment) -> Copies:
    """Which of uint8 (n, 8, 8, 1) are training pictures of `experiment`, nearly."""
    data = experiment.make_source().load()
    known, held_out = data.train.images, data.test.images
    place, distance = nearest(drawn, known)
    at, apart = nearest(held_out, known)
    limit = float(np.quantile(apart[::2], FALSE_ALARMS))
    others = np.arange(1, len(held_out), 2)
    return Copies(
        known[place],
        distance,
        clopper_pearson(int((distance < limit).sum()), len(distance)),
        limit,
        clopper_pearson(int((apart[others] < limit).sum()), len(others)),
        held_out[others],
        known[at[others]],
        apart[others],
    )


def nearest(images: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The place (n,) of the nearest known picture of each, and how far it is."""
    one, other = _flat(images), _flat(known)
    apart = np.sqrt(((one[:, None] - other[None]) ** 2).mean(axis=2))
    return apart.argmin(axis=1), apart.min(axis=1)


def _flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype(np.float64) / 255
