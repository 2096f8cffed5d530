"""What a model with a latent plane (two numbers a picture) reaches: blur, what the codes cost, holes between them, smoothness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.estimates.estimate import Estimate, bootstrap, clopper_pearson
from genmodels.estimates.neighbours import nearest
from genmodels.kinds.image.examples import Examples
from genmodels.runs.run import Run
from genmodels.trained.opening import open_model

if TYPE_CHECKING:
    from genmodels.trained.latent import TrainedGenerator

NEIGHBOURS, AGREE = 10, 9  # of the training pictures nearest to one that shows a digit, so many show the same digit
ORDINARY = 0.95  # of the training pictures are nearer than the limit to another one
DRAWN, WALKS, STEPS = 1000, 200, 32
RULE = (
    f"A picture is unlike any digit where fewer than {AGREE} of the {NEIGHBOURS} training pictures nearest to it show the same digit, "
    "or where the nearest is farther away than 95 % of training pictures are from their nearest other one."
)


class Digits:
    """Tells pictures that show no digit by their nearest training pictures."""

    def __init__(self, known: Examples) -> None:
        assert known.labels is not None  # of digits they are known
        self.vectors, self.labels = _flat(known.images), known.labels
        self.limit = float(np.quantile(nearest(self.vectors, self.vectors, 2)[1][:, 1], ORDINARY))

    def unlike(self, pictures: np.ndarray) -> np.ndarray:
        """bool (n,): pictures that are unlike any digit by `RULE`."""
        found, distances = nearest(_flat(pictures), self.vectors, NEIGHBOURS)
        labels = self.labels[found]
        agreeing = np.array([np.bincount(row).max() for row in labels])
        return np.asarray((agreeing < AGREE) | (distances[:, 0] > self.limit))


def measure_plane(run: Run) -> list[dict[str, Any]]:
    """The measures of a run whose latent has two numbers, as `findings.json` holds them."""
    data = run.experiment.make_source().load()
    model: TrainedGenerator = open_model(run)
    return [*_of_pictures(model, data), *_of_places(model, data)]


def posterior(model: TrainedGenerator, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and spread (a standard deviation), each (n, latent), that the encoder gives pictures uint8 (n, height, width, channels)."""
    scaled = images.astype("float32") / 255
    label = np.zeros((len(images), model.classes), "float32")
    mean, log_variance = (np.asarray(each) for each in model.recipe.posterior(model.networks, scaled, label))
    return mean, np.exp(log_variance / 2)


def _of_pictures(model: TrainedGenerator, data: Dataset) -> list[dict[str, Any]]:
    """What is lost of held-out pictures, and what their codes cost."""
    mean, spread = posterior(model, data.test.images)
    lost = np.abs(model.decode(mean).astype(float) - data.test.images).mean(axis=(1, 2, 3))
    nats = 0.5 * (mean**2 + spread**2 - 1 - 2 * np.log(spread)).sum(axis=1)
    share = np.sqrt((spread**2).mean(axis=1)) / np.sqrt(mean.var(axis=0).mean())
    held_out = "held-out pictures, each encoded to its mean"
    return [
        _row("reconstruction error", bootstrap(lost), "grey levels of 255, mean over pixels", held_out),
        _row("KL", bootstrap(nats), "nats per picture", "held-out pictures, from their mean and spread"),
        _row("spread", bootstrap(share, np.median), "share of the distance between codes", f"{held_out}; median"),
    ]


def _of_places(model: TrainedGenerator, data: Dataset) -> list[dict[str, Any]]:
    """How much of what is drawn from the plane shows no digit, and how suddenly pictures change on straight ways."""
    digits, rng = Digits(data.train), np.random.default_rng(0)
    codes = model.encode(data.train.images)
    cloud = rng.multivariate_normal(codes.mean(axis=0), np.cov(codes.T), DRAWN).astype("float32")
    rows = [
        _row(name, _share(digits.unlike(pictures)), "share", f"{what}. {RULE}")
        for name, what, pictures in (
            ("unlike: samples of the prior", "Drawn at N(0, 1)", model.decode(model.latents(DRAWN, seed=0))),
            ("unlike: samples of the cloud", "Drawn where the training codes lie, as one bell", model.decode(cloud)),
            ("unlike: held-out pictures", "Real ones, by which the rule is tried", data.test.images),
        )
    ]
    held_out = model.encode(data.test.images)
    ends = held_out[np.array([rng.choice(len(held_out), 2, replace=False) for _ in range(WALKS)])]
    share = np.linspace(0, 1, STEPS + 1, dtype="float32")[:, None]
    ways = np.concatenate([first + share * (last - first) for first, last in ends])
    pictures = model.decode(ways).astype(float).reshape(WALKS, STEPS + 1, -1)
    jumps = np.abs(np.diff(pictures, axis=1)).mean(axis=2).max(axis=1)
    protocol = f"{WALKS} straight ways between the codes of two held-out pictures, {STEPS} steps each"
    return [*rows, _row("largest step", bootstrap(jumps), "grey levels of 255, mean over pixels", protocol)]


def _share(flags: np.ndarray) -> Estimate:
    return clopper_pearson(int(flags.sum()), len(flags))


def _row(metric: str, estimate: Estimate, unit: str, protocol: str) -> dict[str, Any]:
    numbers = {"value": estimate.value, "low": estimate.low, "high": estimate.high, "n": estimate.n}
    return {"metric": metric, **numbers, "better": "lower", "unit": unit, "protocol": protocol}


def _flat(pictures: np.ndarray) -> np.ndarray:
    return pictures.reshape(len(pictures), -1).astype("float64")
