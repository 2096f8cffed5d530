"""What one example is, so that a run can be opened again without its data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from genmodels.refusal import Refusal
from genmodels.registry import Registry, unknown

LONGEST_SIDE = 1 << 20  # of an example, in pixels or tokens
KINDS = Registry("kind of example")  # name to `genmodels.kinds.kind.Kind`


@dataclass(frozen=True)
class Spec:
    """What one example is, so that a run can be opened again without its data.

    `shape` is the shape of one example: (height, width, channels) for images, (context,) in tokens for text and code.
    `classes` counts the labels (0: none) and `vocabulary` names them, or the tokens of a text; `merges` are the
    byte pairs that these tokens are made by, "left right".
    """

    kind: str
    shape: tuple[int, ...]
    classes: int = 0
    vocabulary: tuple[str, ...] = ()
    merges: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise Refusal(unknown("kind of example", self.kind, KINDS))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The spec that `vars` was made of; raises `Refusal` for anything else, such as a shape that is no list of sides."""
        lists = {
            name: values.get(name, []) for name in ("shape", "vocabulary", "merges")
        }  # runs of version 0.1 have no merges
        for name, kind in (("shape", int), ("vocabulary", str), ("merges", str)):
            if not isinstance(lists[name], list | tuple) or not all(type(each) is kind for each in lists[name]):
                raise Refusal(
                    f"{name} is {str(lists[name])[:60]!r} and must be a list of {'whole numbers' if kind is int else 'texts'}."
                )
        classes = values.get("classes", 0)
        if (
            not 1 <= len(lists["shape"]) <= 4
            or not all(1 <= side <= LONGEST_SIDE for side in lists["shape"])
            or type(classes) is not int
            or not 0 <= classes <= LONGEST_SIDE
        ):
            raise Refusal(
                f"An example of the shape {str(lists['shape'])[:60]} with {str(classes)[:20]} classes can't be; sides go from 1 to {LONGEST_SIDE:,}."
            )
        return cls(
            str(values.get("kind")),
            *(tuple(lists["shape"]), classes, tuple(lists["vocabulary"]), tuple(lists["merges"])),
        )
