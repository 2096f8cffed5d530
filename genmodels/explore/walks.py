"""Walks through a latent space: paths, planes, how typical a place is, and what training picture lies nearest.

Latents are float32 (n, latent); the prior is N(0, I); pictures are uint8 (n, height, width, channels).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from genmodels.estimates.neighbours import nearest
from genmodels.files import make_folder
from genmodels.kinds.image.files import strip_of_some, to_picture
from genmodels.provenance import way_out
from genmodels.provenance.recorded import Weights
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.runs.run import Run
from genmodels.trained.interpolation import KINDS, interpolate

if TYPE_CHECKING:
    from genmodels.trained.latent import TrainedGenerator

SHELL = 0.01  # a place with less than this of the prior's mass as far out (or in) is not typical
COPYING = 0.05  # nearer to a training picture than all but this share of held-out pictures is near; as far out is far


@dataclass(frozen=True)
class Walk:
    """A path: its anchors (anchors, latent), each with a seed or None, its latents and the pictures there.

    `label` is the number of what a conditional model was told on the whole way.
    """

    anchors: np.ndarray
    seeds: tuple[int | None, ...]
    kind: str
    latents: np.ndarray
    images: np.ndarray
    label: int | None = None
    weights: Weights | None = None  # of the model that walked
    label_name: str = ""

    def to_json(self) -> str:
        """All that is needed to walk it again with the same model."""
        told = {} if self.label is None else {"label": self.label}
        document = {
            "kind": self.kind,
            "frames": len(self.latents),
            "seeds": self.seeds,
            "anchors": self.anchors.tolist(),
        }
        return json.dumps(document | told)


def walk(
    generator: TrainedGenerator,
    anchors: np.ndarray,
    *,
    frames: int = 64,
    kind: str = "spherical",
    seeds: Sequence[int | None] = (),
    label: int | str | None = None,
) -> Walk:
    """The path through `anchors` in `frames` steps, decoded in one batch.

    A conditional model is told `label` on the whole way; where none is given, the one that it was told before (`told`),
    else the one that goes with a sample of the first seed.
    """
    if label is None and generator.classes and generator.label is None:
        drawn = generator.labels(1, seed=next((seed for seed in seeds if seed is not None), 0))
        assert drawn is not None  # it knows classes
        label = int(drawn[0])
    told = generator.told(label)
    latents = interpolate(anchors, frames, kind)
    images = told.decode(latents)
    name = "" if told.label is None else told.names(np.array([told.label]))[0]
    return Walk(
        anchors, tuple(seeds) or (None,) * len(anchors), kind, latents, images, told.label, generator.weights, name
    )


def walk_seeds(
    generator: TrainedGenerator,
    seeds: Sequence[int],
    *,
    frames: int = 64,
    kind: str = "spherical",
    label: int | str | None = None,
) -> Walk:
    """The path through the samples of these seeds."""
    for seed in seeds:
        if seed < 0:
            raise Refusal(f"The seed {seed} is below 0; give whole numbers from 0 on.")
    if not seeds:
        raise Refusal("A walk through no seeds is none; give at least two.")
    anchors = np.concatenate([generator.latents(1, seed=seed) for seed in seeds])
    return walk(generator, anchors, frames=frames, kind=kind, seeds=seeds, label=label)


def walk_again(generator: TrainedGenerator, document: str) -> Walk:
    """The walk that `Walk.to_json` described; a document that is not one is refused."""
    try:
        read = json.loads(document)
        anchors = np.array(read["anchors"], dtype="float32")
        frames, kind, seeds, label = int(read["frames"]), str(read["kind"]), tuple(read["seeds"]), read.get("label")
        sound = anchors.ndim == 2 and np.isfinite(anchors).all() and len(seeds) == len(anchors)
        sound = sound and all(seed is None or type(seed) is int for seed in (*seeds, label))
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        sound = False
    if not sound:
        raise Refusal("This is not the description of a walk; use the JSON file that was saved with one.")
    return walk(generator, anchors, frames=frames, kind=kind, seeds=seeds, label=label)


def plane(anchors: np.ndarray, steps: int = 9, kind: str = "linear") -> np.ndarray:
    """The plane through three anchors, (steps * steps, latent), row by row.

    The first anchor is at the upper left, the second at the upper right, the third at the lower left. Spherical: each
    place is brought to the length that lies evenly between those of the anchors, so that it stays in the prior's shell.
    """
    if kind not in KINDS:
        raise Refusal(unknown("interpolation", kind, KINDS))
    if len(anchors) != 3:
        raise Refusal(f"A plane goes through three anchors, not {len(anchors)}; choose three.")
    first, second, third = anchors
    places = np.linspace(0, 1, steps)
    down, right = np.meshgrid(places, places, indexing="ij")
    points = first + right[..., None] * (second - first) + down[..., None] * (third - first)
    if kind == "spherical":
        lengths = np.linalg.norm(anchors, axis=1)
        wanted = np.maximum(lengths[0] + right * (lengths[1] - lengths[0]) + down * (lengths[2] - lengths[0]), 0)
        points *= (wanted / np.maximum(np.linalg.norm(points, axis=2), 1e-9))[..., None]
    return points.reshape(-1, anchors.shape[1]).astype("float32")


def typicality(latents: np.ndarray) -> np.ndarray:
    """How usual the distance of each latent from the origin is under the prior, (n,) from 0 to 1.

    The squared distance of a draw from N(0, I) is chi-squared with `latent` degrees of freedom; this is the two-sided
    tail probability. Below `SHELL` the place is one the model was hardly trained to draw. What an encoder gives for a
    picture is a mean of the posterior, which lies nearer to the origin than draws do.
    """
    from scipy.stats import chi2

    below = chi2.cdf((latents.astype("float64") ** 2).sum(axis=1), latents.shape[1])
    return 2 * np.minimum(below, 1 - below)


def nearest_training(images: np.ndarray, train: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each picture the index (n,) of the nearest training picture and its root mean square distance (n,), 0 to 1."""
    found, distances = nearest(_flat(images), _flat(train))
    return found[:, 0], distances[:, 0] / np.sqrt(images[0].size)


def ordinary_distances(held_out: np.ndarray, train: np.ndarray) -> tuple[float, float]:
    """Between these distances to the nearest training picture lie 90 % of held-out pictures; 5 % are nearer, 5 % farther."""
    distances = nearest_training(held_out, train)[1]
    return float(np.quantile(distances, COPYING)), float(np.quantile(distances, 1 - COPYING))


def verdict(distances: np.ndarray, ordinary: tuple[float, float]) -> str:
    """ "copying", "off" or "inventing": what more than 15 % of the pictures (three times what held-out ones do) are.

    Copying: nearer to a training picture than `ordinary`. Off: farther from all of them, as blur and debris are.
    Inventing is what is left: as new as held-out pictures are. `distances` (n,) as `nearest_training` gives them.
    """
    for name, beyond in (("copying", distances < ordinary[0]), ("off", distances > ordinary[1])):
        if beyond.mean() > 3 * COPYING:
            return name
    return "inventing"


def about_walk(run: Run, path: Walk) -> dict[str, str]:
    """What the files of a walk say of the model and of the way; the seeds are its own."""
    of_weights = {} if path.weights is None else {"epoch": path.weights.epoch, "weights": path.weights.sha256}
    label = {"label": path.label_name} if path.label_name else {}
    return {
        "model": f"{run.experiment.model} {run.id}",
        "run": run.id,
        **of_weights,
        **label,
        "interpolation": path.kind,
        "credit": run.facts.get("credit", ""),
    }


def walk_files(path: Walk, about: Mapping[str, Any]) -> dict[str, way_out.Marked]:
    """walk.gif, strip.png and walk.json; `about` (model, run, credit ...) goes into each."""
    facts = {str(name).title(): str(value) for name, value in about.items() if value} | {"Seeds": str(list(path.seeds))}
    factor = max(1, 128 // path.images.shape[1])
    frames = [to_picture(image.repeat(factor, axis=0).repeat(factor, axis=1)) for image in path.images]
    return {
        "walk.gif": way_out.animation(frames, facts, 16),
        "strip.png": way_out.picture(strip_of_some(frames), facts),
        "walk.json": way_out.beside(dict(about) | json.loads(path.to_json())),
    }


def write_walk(path: Walk, folder: Path, about: Mapping[str, Any]) -> list[Path]:
    """The files of a walk in `folder`."""
    contents = walk_files(path, about)
    make_folder(folder)
    for name, content in contents.items():
        way_out.write(folder / name, content)
    return [folder / name for name in contents]


def _flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype("float32") / 255
