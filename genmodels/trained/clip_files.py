"""The files in which a clip leaves: MP4 and GIF that can be played, and its frames side by side as a PNG picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from genmodels.kinds.image.files import strip
from genmodels.kinds.video.files import FPS, enlarged
from genmodels.provenance import way_out

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
