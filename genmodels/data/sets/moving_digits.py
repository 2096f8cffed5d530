"""Digits that move and bounce, made of the set `digits` as Moving MNIST is of MNIST (Srivastava et al. 2015, arXiv 1502.04681).

Where it differs: digits of 8 x 8 pixels enlarged to 12, frames of 32 x 32 (64 x 64 there), 16 frames (20 there).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PIL import Image

from genmodels.cache import counting, drawn_once
from genmodels.data.dataset import DATA, Dataset, dataset
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.spec import Spec
from genmodels.knobs import Knobs, knob

TEST_SHARE, DIGIT, SIDE = 0.16, 12, 32  # of all clips; pixels of a digit in a clip of 32 x 32
SLOWEST, FASTEST = 0.6, 1.6  # pixels a frame, of clips of 32 x 32


@dataset("moving-digits")
@dataclass(frozen=True, kw_only=True)
class MovingDigits(Knobs):
    """Clips of one or two handwritten digits that move and bounce off the edges, white on black."""

    size: int = knob(32, help="Height and width in pixels", choices=(32, 64))
    frames: int = knob(16, help="Frames of a clip", choices=(8, 16))
    digits: int = knob(2, 1, 2, "How many digits a clip shows")
    clips: int = knob(2000, 200, 5000, "How many clips are drawn, those that are held out among them")
    seed: int = knob(0, 0, 2**31 - 1, "Seed of all clips")

    kind: ClassVar[str] = "video"
    title: ClassVar[str] = "Moving digits"
    offline: ClassVar[bool] = True
    captioned: ClassVar[bool] = True
    licence: ClassVar[str] = "BSD-3-Clause (scikit-learn); UCI Optical Recognition of Handwritten Digits, CC BY 4.0"
    source: ClassVar[str] = "digits of sklearn.datasets.load_digits, moved by rule"

    def load(self) -> Dataset:
        """Images are uint8 (n, frames, size, size, 3), three equal channels; the group "object" names the digits.

        Held-out clips show handwriting that no training clip shows: the held-out part of the set `digits`.
        """
        arrays = drawn_once("moving-digits", self.to_dict() | {"drawing": 1}, self._drawn)
        sides = {name: _examples(arrays[name], arrays[f"{name}_shown"]) for name in ("train", "test")}
        return Dataset(
            name="moving-digits",
            train=sides["train"],
            test=sides["test"],
            spec=Spec("video", (self.frames, self.size, self.size, 3)),
            licence=self.licence,
            source=self.source,
        )

    def _drawn(self) -> dict[str, np.ndarray]:
        digits, unseen = DATA["digits"]().load(), round(self.clips * TEST_SHARE)
        found: dict[str, np.ndarray] = {}
        for name, examples, n in (("train", digits.train, self.clips - unseen), ("test", digits.test, unseen)):
            clips, shown = (
                np.empty((n, self.frames, self.size, self.size, 3), np.uint8),
                np.empty((n, self.digits), int),
            )
            for number in counting("clips", range(n), 100):
                rng = np.random.default_rng([self.seed, int(name == "test"), number])
                chosen = rng.integers(len(examples), size=self.digits)
                clips[number] = self._clip(examples.images[chosen], rng)
                shown[number] = examples.labels[chosen]
            found |= {name: clips, f"{name}_shown": shown}
        return found

    def _clip(self, digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        side = round(DIGIT * self.size / SIDE)
        clip = np.zeros((self.frames, self.size, self.size), np.uint8)
        for digit in digits:
            large = np.asarray(Image.fromarray(digit[..., 0]).resize((side, side), Image.Resampling.BICUBIC))
            angle, speed = rng.uniform(0, 2 * np.pi), rng.uniform(SLOWEST, FASTEST) * self.size / SIDE
            way, room = speed * np.array([np.sin(angle), np.cos(angle)]), self.size - side
            places = rng.uniform(0, room, 2) + way * np.arange(self.frames)[:, None]
            for frame, (top, left) in zip(
                clip, np.round(room - np.abs(places % (2 * room) - room)).astype(int), strict=True
            ):
                part = frame[top : top + side, left : left + side]
                np.maximum(part, large, out=part)
        return np.repeat(clip[..., None], 3, axis=-1)


def _examples(clips: np.ndarray, shown: np.ndarray) -> Examples:
    said = [" and ".join(f"digit {digit}" for digit in sorted(row)) for row in shown.tolist()]
    return Examples(clips, None, tuple(f"{each} moving" for each in said), {"object": np.array(said)})
