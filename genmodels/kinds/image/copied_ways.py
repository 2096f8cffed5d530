"""What is done to a picture so that it is no longer seen to be a copy: mirror, crop, other colours, JPEG, another size.

Each way is of a picture in RGB of any size; what it draws at random comes from `rng`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from genmodels.kinds.image.attacks import PictureChange, cropped, recompressed, resized, unchanged

MOVED = 0.05  # of each side


def mirrored(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Left and right exchanged."""
    return ImageOps.mirror(picture)


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
    return recompressed("JPEG", 60)(dimmed(cropped(0.1)(mirrored(picture, rng), rng), rng), rng)


def grey_and_more(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """In grey, cropped by a tenth and compressed."""
    return recompressed("JPEG", 60)(cropped(0.1)(grey(picture, rng), rng), rng)


AS_THEY_ARE = "as they are"
RECOLOURED: Mapping[str, PictureChange] = {
    "in other hues": other_hue,
    "in grey": grey,
    "in grey, cropped and compressed": grey_and_more,
}
WAYS: Mapping[str, PictureChange] = {
    AS_THEY_ARE: unchanged,
    "mirrored": mirrored,
    "cropped to 80 %": cropped(0.2),
    "dimmed": dimmed,
    "compressed": recompressed("JPEG", 40),
    "resized to 50 %": resized(0.5),
    "moved": moved,
    "mirrored, cropped, dimmed and compressed": several,
    **RECOLOURED,
}


def changed(small: np.ndarray, way: str, seed: int, at: int = 0) -> np.ndarray:
    """Small copies, uint8 (n, side, side, 3), changed in that way at `at` pixels (0: their own) and brought back to their size."""
    rng, side = np.random.default_rng([seed, list(WAYS).index(way)]), small.shape[1]
    found = []
    for each in small:
        picture = Image.fromarray(each)
        if at > side:
            picture = picture.resize((at, at), Image.Resampling.BICUBIC)
        back = Image.Resampling.BOX if at > side else Image.Resampling.BILINEAR
        found.append(np.asarray(WAYS[way](picture, rng).resize((side, side), back).convert("RGB")))
    return np.stack(found)
