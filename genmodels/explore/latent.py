"""Walks through a latent space: paths, planes, how typical a place is, and what training picture lies nearest.

Latents are float32 (n, latent); the prior is N(0, I); pictures are uint8 (n, height, width, channels).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genmodels.files import make_folder, write_atomically
from genmodels.neighbours import nearest
from genmodels.pictures import gif_bytes, png_bytes, strip_of_some, to_picture
from genmodels.refusal import Refusal
from genmodels.registry import unknown

KINDS = ("spherical", "linear")
SHELL = 0.01  # a place with less than this of the prior's mass as far out (or in) is not typical
COPYING = 0.05  # the share of held-out pictures that lie as near to a training picture as this


@dataclass(frozen=True)
class Walk:
    """A path: its anchors (anchors, latent), each with a seed or None, its latents and the pictures there."""

    anchors: np.ndarray
    seeds: tuple[int | None, ...]
    kind: str
    latents: np.ndarray
    images: np.ndarray

    def to_json(self) -> str:
        """All that is needed to walk it again with the same model."""
        document = {"kind": self.kind, "frames": len(self.latents), "seeds": self.seeds, "anchors": self.anchors.tolist()}
        return json.dumps(document)


def walk(generator: Any, anchors: np.ndarray, *, frames: int = 64, kind: str = "spherical",
         seeds: Sequence[int | None] = (), given: np.ndarray | None = None) -> Walk:  # fmt: skip
    """The path through `anchors` in `frames` steps, decoded in one batch. `given`: one label for all frames."""
    latents = interpolate(anchors, frames, kind)
    labels = None if given is None else np.repeat(given, frames)
    images = generator.decode(latents, labels)
    return Walk(anchors, tuple(seeds) or (None,) * len(anchors), kind, latents, images)


def walk_seeds(generator: Any, seeds: Sequence[int], *, frames: int = 64, kind: str = "spherical") -> Walk:
    """The path through the samples of these seeds."""
    anchors = np.concatenate([generator.latents(1, seed=seed) for seed in seeds])
    return walk(generator, anchors, frames=frames, kind=kind, seeds=seeds)


def walk_again(generator: Any, document: str) -> Walk:
    """The walk that `Walk.to_json` described; a document that is not one is refused."""
    try:
        read = json.loads(document)
        anchors = np.array(read["anchors"], dtype="float32")
        return walk(generator, anchors, frames=int(read["frames"]), kind=read["kind"], seeds=read["seeds"])
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, Refusal):
            raise
        raise Refusal("This is not the description of a walk; use the JSON file that was saved with one.") from None


def interpolate(anchors: np.ndarray, frames: int, kind: str = "spherical") -> np.ndarray:
    """`frames` latents along the path through `anchors` (2 or more), evenly spread over its legs, ends included.

    Spherical (Shoemake 1985) turns the direction at a constant rate and changes the length evenly; on a straight line
    between two draws of a normal prior the middle is nearer to the origin than almost any draw.
    """
    if len(anchors) < 2 or frames < 2:
        raise Refusal(f"A walk of {frames} frames through {len(anchors)} anchors is none; give at least two of each.")
    if kind not in KINDS:
        raise Refusal(unknown("interpolation", kind, KINDS))
    places = np.linspace(0, len(anchors) - 1, frames)
    legs = np.minimum(places.astype(int), len(anchors) - 2)
    along = (places - legs)[:, None]
    starts, ends = anchors[legs], anchors[legs + 1]
    path = (1 - along) * starts + along * ends if kind == "linear" else _spherical(starts, ends, along)
    return path.astype("float32")


def _spherical(starts: np.ndarray, ends: np.ndarray, along: np.ndarray) -> np.ndarray:
    lengths = [np.linalg.norm(each, axis=1, keepdims=True) for each in (starts, ends)]
    a, b = (each / np.maximum(length, 1e-9) for each, length in zip((starts, ends), lengths, strict=True))
    angle = np.arccos(np.clip((a * b).sum(axis=1, keepdims=True), -1, 1))
    sine = np.sin(angle)
    flat = sine < 1e-4  # (nearly) the same or the opposite direction: a straight line
    safe = np.where(flat, 1, sine)
    direction = np.where(flat, (1 - along) * a + along * b, (np.sin((1 - along) * angle) * a + np.sin(along * angle) * b) / safe)
    return direction * ((1 - along) * lengths[0] + along * lengths[1])


def plane(anchors: np.ndarray, steps: int = 9, margin: float = 0.0) -> np.ndarray:
    """The plane through three anchors, (steps * steps, latent), row by row.

    The first anchor is at the upper left, the second at the upper right, the third at the lower left; `margin` goes
    beyond them by that share.
    """
    if len(anchors) != 3:
        raise Refusal(f"A plane goes through three anchors, not {len(anchors)}; choose three.")
    first, second, third = anchors
    places = np.linspace(-margin, 1 + margin, steps)
    down, right = np.meshgrid(places, places, indexing="ij")
    points = first + right[..., None] * (second - first) + down[..., None] * (third - first)
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


def copying_distance(held_out: np.ndarray, train: np.ndarray) -> float:
    """The distance to the nearest training picture below which only 5 % of held-out pictures lie."""
    return float(np.quantile(nearest_training(held_out, train)[1], COPYING))


def write_walk(path: Walk, folder: Path, about: Mapping[str, Any]) -> list[Path]:
    """walk.gif, strip.png and walk.json in `folder`; `about` (model, run, credit ...) goes into each."""
    facts = {str(name).title(): str(value) for name, value in about.items()} | {"Seeds": str(list(path.seeds))}
    factor = max(1, 128 // path.images.shape[1])
    frames = [to_picture(image.repeat(factor, axis=0).repeat(factor, axis=1)) for image in path.images]
    contents = {
        "walk.gif": gif_bytes(frames, 16, facts),
        "strip.png": png_bytes(strip_of_some(frames), facts),
        "walk.json": json.dumps(json.loads(path.to_json()) | dict(about)),
    }
    make_folder(folder)
    for name, content in contents.items():
        write_atomically(folder / name, content)
    return [folder / name for name in contents]


def _flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype("float32") / 255
