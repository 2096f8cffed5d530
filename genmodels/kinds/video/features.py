"""Clips as numbers that are fitted on nothing: those of pictures, of some frames and of what changes between all."""

from __future__ import annotations

import numpy as np

from genmodels.kinds.image.features import features

PROTOCOL = "pixels-16+gradients v1 of 4 frames, and of the mean change from frame to frame"
LOOKED_AT = 4  # frames, evenly chosen


def places(frames: int, most: int = LOOKED_AT) -> np.ndarray:
    """Which frames are looked at, the first and the last among them."""
    return np.unique(np.round(np.linspace(0, frames - 1, most)).astype(int))


def features_of_clips(clips: np.ndarray) -> np.ndarray:
    """Clips uint8 (n, frames, height, width, 3) as float32 (n, dimensions)."""
    parts = [features(clips[:, place]) for place in places(clips.shape[1])]
    changes = np.stack([np.abs(np.diff(clip.astype(np.int16), axis=0)).mean(axis=0) for clip in clips])
    return np.concatenate([*parts, features(np.round(changes).astype(np.uint8))], axis=1)
