"""What happens to clips on their way: changes that a mark should survive. Clips are uint8 (frames, height, width, 3)."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageSequence

from genmodels.kinds.image import attacks
from genmodels.kinds.image.files import gif_bytes, to_picture
from genmodels.kinds.video.files import FPS, frames_of, mp4

ClipChange = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def recompressed(quality: int) -> ClipChange:
    """Decoded and encoded again in H.264 at that constant rate factor (0 the best, 51 the worst)."""
    return lambda clip, rng: frames_of(mp4(clip, quality=quality))


def in_each(change: attacks.PictureChange) -> ClipChange:
    """A change of pictures, made in the same way in every frame, and encoded again."""

    def worn(clip: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        seed = int(rng.integers(2**31))
        frames = [np.asarray(change(to_picture(frame), np.random.default_rng(seed))) for frame in clip]
        return frames_of(mp4(np.stack(frames)))

    return worn


def cut(share: float) -> ClipChange:
    """That share of the frames is kept, in one piece from a random place, and encoded again."""

    def worn(clip: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        n = max(1, round(len(clip) * share))
        start = int(rng.integers(len(clip) - n + 1))
        return frames_of(mp4(clip[start : start + n]))

    return worn


def at_rate(fps: float) -> ClipChange:
    """At another number of frames a second, each the nearest in time, and encoded again."""

    def worn(clip: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        n = max(1, round(len(clip) * fps / FPS))
        chosen = np.minimum((np.arange(n) * FPS / fps).astype(int), len(clip) - 1)
        return frames_of(mp4(clip[chosen], fps))

    return worn


def as_gif(clip: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As a GIF of 256 colours."""
    with Image.open(io.BytesIO(gif_bytes(clip, FPS))) as file:
        return np.stack([np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(file)])


def unchanged(clip: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The clip as it is."""
    return clip


CLIPS: dict[str, ClipChange] = {
    "as it was": unchanged,
    "H.264 again, rate factor 23": recompressed(23),
    "H.264 again, rate factor 35": recompressed(35),
    "resize to 50 %": in_each(attacks.resized(0.5)),
    "crop 10 %": in_each(attacks.cropped(0.1)),
    "half of the frames": cut(0.5),
    "25 frames a second": at_rate(25),
    "4 frames a second": at_rate(4),
    "GIF": as_gif,
}
