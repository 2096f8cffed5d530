"""Clips: uint8 (frames, height, width, 3); a split of them is `Examples` whose images have one axis more."""

from __future__ import annotations

from typing import Any

from genmodels.kinds.image.examples import Examples
from genmodels.kinds.kind import KINDS, MAX_TOKEN, MAX_TOKENS, Kind
from genmodels.kinds.spec import Spec

MOST_FRAMES, MOST_SIDE = 64, 128  # of a foreign spec


def is_playable(spec: Spec) -> bool:
    """Are these frames, height, width and three channels of clips that a network here may be built for?"""
    if len(spec.vocabulary) > MAX_TOKENS or not all(len(word) <= MAX_TOKEN for word in spec.vocabulary):
        return False
    if len(spec.shape) != 4 or not all(type(side) is int for side in spec.shape):
        return False
    frames, height, width, channels = spec.shape
    return 2 <= frames <= MOST_FRAMES and min(height, width) >= 8 and max(height, width) <= MOST_SIDE and channels == 3


def facts(spec: Spec, train: Examples, test: Examples) -> dict[str, Any]:
    """How many frames a clip has, and how many different captions there are."""
    return {
        "classes": list(spec.vocabulary),
        "captions": len(set(train.captions) | set(test.captions)),
        "frames": spec.shape[0],
    }


KINDS.add("video")(
    Kind(
        "video",
        one="clip",
        many="clips",
        makes="films",
        begins="noise",
        measured=240,
        tokens=False,
        example=lambda source: "clip",
        sound=is_playable,
        facts=facts,
        tile=lambda spec: (spec.shape[1], spec.shape[2], 2),
    )
)
