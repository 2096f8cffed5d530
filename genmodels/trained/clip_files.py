"""The files in which a clip leaves: MP4 and GIF that can be played, and its frames side by side as a PNG picture."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.image.files import strip
from genmodels.kinds.video.files import FPS, enlarged
from genmodels.provenance import recorded, way_out
from genmodels.trained.requests import begun_from

if TYPE_CHECKING:
    from genmodels.runs.run import Run

MP4, GIF, STRIP = ".mp4", ".gif", "-strip.png"


@dataclass(frozen=True)
class Handed:
    """A clip that leaves, uint8 (frames, height, width, 3), and what its files say of what made it.

    All are enlarged by whole factors to 128 pixels or more, where a watermark has room and players show something.
    """

    clip: np.ndarray
    facts: Mapping[str, str]

    def as_film(self) -> way_out.Marked:
        """The MP4 file, with its manifest, and the watermark in each frame."""
        return way_out.film(self.clip, self.facts, FPS)

    def as_animation(self) -> way_out.Marked:
        """The GIF file."""
        return way_out.animation(enlarged(self.clip), self.facts, FPS)

    def as_strip(self) -> way_out.Marked:
        """All frames side by side as a PNG file."""
        return way_out.picture(strip(enlarged(self.clip)), self.facts)

    def all(self) -> dict[str, way_out.Marked]:
        """All of them, by suffix."""
        return {MP4: self.as_film(), GIF: self.as_animation(), STRIP: self.as_strip()}


def clip_facts(
    run: Run,
    weights: recorded.Weights | None,
    prompt: str,
    seed: int,
    drawing: Drawing,
    *,
    clip: np.ndarray | None = None,
    known: np.ndarray | None = None,
) -> dict[str, str]:
    """What the files of a clip say of how it was filmed; `clip` and `known` are those of `Filmer.film`."""
    heeded = recorded.of_drawing(drawing.to_dict(), in_steps=True, prompted=bool(prompt.strip()), begun=False)
    told = {"Prompt": prompt, **recorded.settings(heeded)}
    if clip is not None and known is not None:
        given = clip[known]
        digest = hashlib.sha256(given.tobytes()).hexdigest()
        numbers = ", ".join(str(number + 1) for number, each in enumerate(known) if each)
        told |= begun_from(given[0], None)
        told |= {"Begun from": f"the frames {numbers} of a clip, SHA-256 of their pixels {digest}"}
    return recorded.facts(run, weights, seed=seed, **told)
