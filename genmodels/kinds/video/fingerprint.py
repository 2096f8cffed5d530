"""What is left of a clip when every mark was stripped: the perceptual hashes of some of its frames."""

from __future__ import annotations

import numpy as np

from genmodels.kinds.image.fingerprint import of_picture

LOOKED_AT = 4  # frames, evenly chosen, the first and the last among them


def chosen(clip: np.ndarray) -> list[int]:
    """Which frames of a clip stand for it."""
    return sorted({round(float(place)) for place in np.linspace(0, len(clip) - 1, min(LOOKED_AT, len(clip)))})


def of_clip(clip: np.ndarray) -> list[str]:
    """The fingerprint of a picture (192 hexadecimal digits) of each frame that stands for the clip."""
    return [of_picture(clip[place]) for place in chosen(clip)]
