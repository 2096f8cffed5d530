"""The watermark of pictures in the frames of a clip: one pattern at one place in all of them, so that it adds up.

What is drawn moves and the pattern stays: the detector looks at the mean of all frames, in which the noise of a codec is
averaged away and the pattern is not. Its p-value is that of one picture (`kinds.image.watermark`).
"""

from __future__ import annotations

import numpy as np

from genmodels.kinds.image.watermark import PSNR, Detection, Place, detect, embed


def embed_in_frames(clip: np.ndarray, key: bytes, place: Place, psnr: float = PSNR) -> np.ndarray:
    """The clip, uint8 (frames, height, width, 3), with the watermark in each frame; raises `Refusal` below 128 x 128 pixels."""
    return np.stack([embed(frame, key, psnr, place) for frame in clip])


def detect_in_frames(clip: np.ndarray, key: bytes, sure: float = 1e-9) -> Detection:
    """Is the watermark of this key in the clip, whatever was cut from it in time or at its edges?"""
    mean = clip.mean(axis=0)
    return detect(np.round(mean).astype(np.uint8), key, sure=sure)
