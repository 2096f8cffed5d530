"""Pictures: uint8 (height, width, channels)."""

from __future__ import annotations

from typing import Any

from genmodels.kinds.image.examples import Examples
from genmodels.kinds.kind import KINDS, MAX_TOKEN, MAX_TOKENS, Kind
from genmodels.kinds.spec import Spec

MAX_SIDE, MAX_CLASSES = 1024, 10_000  # of a foreign spec


def is_drawable(spec: Spec) -> bool:
    """Are shape and labels those of pictures that a network here may be built for?"""
    if len(spec.vocabulary) > MAX_TOKENS or not all(len(word) <= MAX_TOKEN for word in spec.vocabulary):
        return False
    sides = all(type(side) is int and 1 <= side <= MAX_SIDE for side in spec.shape)
    return sides and len(spec.shape) <= 4 and 0 <= spec.classes <= MAX_CLASSES and not spec.merges


def facts(spec: Spec, train: Examples, test: Examples) -> dict[str, Any]:
    """The names of the classes, and how many different captions there are."""
    return {"classes": list(spec.vocabulary), "captions": len(set(train.captions) | set(test.captions))}


KINDS.add("image")(
    Kind(
        "image",
        one="picture",
        many="pictures",
        makes="draws",
        begins="noise",
        measured=1000,
        tokens=False,
        example=lambda source: "picture",
        sound=is_drawable,
        facts=facts,
        tile=lambda spec: (spec.shape[0], spec.shape[1], 2),
    )
)
