"""What is done to a picture so that it is no longer seen to be a copy: mirror, crop, other colours, JPEG, another size.

Each way is of a picture in RGB of any size; what it draws at random comes from `rng`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

Way = Callable[[Image.Image, np.random.Generator], Image.Image]

KEPT = 0.8  # of each side, of a cropped picture
MOVED = 0.05  # of each side


def mirrored(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Left and right exchanged."""
    return ImageOps.mirror(picture)


def cropped(picture: Image.Image, rng: np.random.Generator, kept: float = KEPT) -> Image.Image:
    """A part of it, of that share of each side, at any place."""
    width, height = (max(1, round(kept * side)) for side in picture.size)
    left, top = (
        int(rng.integers(0, whole - part + 1)) for whole, part in zip(picture.size, (width, height), strict=True)
    )
    return picture.crop((left, top, left + width, top + height))


def other_hue(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """All hues turned by 60 to 300 degrees."""
    hue, *rest = picture.convert("HSV").split()
    turned = np.asarray(hue).astype(int) + int(rng.integers(43, 214))
    return Image.merge("HSV", (Image.fromarray((turned % 256).astype(np.uint8)), *rest)).convert("RGB")


def grey(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Without its colours."""
    return picture.convert("L").convert("RGB")


def dimmed(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Darker or lighter by a quarter, with less contrast."""
    lit = ImageEnhance.Brightness(picture).enhance(0.75 if rng.random() < 0.5 else 1.25)
    return ImageEnhance.Contrast(lit).enhance(0.7)


def compressed(picture: Image.Image, rng: np.random.Generator, quality: int = 40) -> Image.Image:
    """Through a JPEG file."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("RGB")


def resized(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """At half its size."""
    return picture.resize((max(1, picture.width // 2), max(1, picture.height // 2)), Image.Resampling.BICUBIC)


def moved(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """By a twentieth of each side in either direction; what is uncovered repeats the edge."""
    steps = [round(MOVED * side) * (1 if rng.random() < 0.5 else -1) for side in picture.size]
    pixels = np.asarray(picture)
    for axis, step in zip((1, 0), steps, strict=True):
        size = pixels.shape[axis]
        pixels = pixels.take(np.clip(np.arange(size) - step, 0, size - 1), axis=axis)
    return Image.fromarray(pixels)


def several(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Mirrored, cropped by a tenth, dimmed and compressed."""
    return compressed(dimmed(cropped(mirrored(picture, rng), rng, 0.9), rng), rng, 60)


WAYS: Mapping[str, Way] = {
    "as they are": lambda picture, rng: picture,
    "mirrored": mirrored,
    "cropped": cropped,
    "in other hues": other_hue,
    "in grey": grey,
    "dimmed": dimmed,
    "compressed": compressed,
    "resized": resized,
    "moved": moved,
    "in several ways": several,
}
