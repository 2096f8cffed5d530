"""From one latent to the next: along the sphere or in a line."""

from __future__ import annotations

import numpy as np

from genmodels.refusal import Refusal
from genmodels.registry import unknown

KINDS = ("spherical", "linear")
MOST_FRAMES, MOST_ANCHORS = 4096, 256


def interpolate(anchors: np.ndarray, frames: int, kind: str = "spherical") -> np.ndarray:
    """`frames` latents along the path through `anchors` (2 or more), evenly spread over its legs, ends included.

    Spherical (Shoemake 1985) turns the direction at a constant rate and changes the length evenly; on a straight line
    between two draws of a normal prior the middle is nearer to the origin than almost any draw.
    """
    if len(anchors) < 2 or frames < 2:
        raise Refusal(f"A walk of {frames} frames through {len(anchors)} anchors is none; give at least two of each.")
    if frames > MOST_FRAMES or len(anchors) > MOST_ANCHORS:
        raise Refusal(
            f"{frames} frames, {len(anchors)} anchors: at most {MOST_FRAMES} and {MOST_ANCHORS} are walked at once."
        )
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
    direction = np.where(
        flat, (1 - along) * a + along * b, (np.sin((1 - along) * angle) * a + np.sin(along * angle) * b) / safe
    )
    return direction * ((1 - along) * lengths[0] + along * lengths[1])
