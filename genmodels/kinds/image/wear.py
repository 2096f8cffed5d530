"""What happens to pictures on their way: blur, JPEG, another size, less light, less contrast, noise, lost colours.

`WAYS` are fixed, named and counted one by one, so that an instrument knows what it gets wrong of pictures worn so.
`worn` wears at random, for an instrument to learn from; no fixed way is among what it draws but by chance.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from PIL import Image, ImageFilter

Way = Callable[[np.ndarray], np.ndarray]  # of one picture, uint8 (height, width, 3)

WIDEST, NARROWEST = 1.7, 14  # pixels: radius of a blur, and the size from which a picture comes back
FILTERS = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS)


def blurred(image: np.ndarray, radius: float) -> np.ndarray:
    """Through a Gaussian of that standard deviation in pixels."""
    return np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(radius)))


def compressed(image: np.ndarray, quality: int) -> np.ndarray:
    """Through a JPEG file of that quality."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer).convert("RGB"))


def resized(image: np.ndarray, side: int, how: Image.Resampling = Image.Resampling.BICUBIC) -> np.ndarray:
    """At `side` pixels and back."""
    picture = Image.fromarray(image)
    return np.asarray(picture.resize((side, side), how).resize(picture.size, how))


def lit(image: np.ndarray, by: float, contrast: float = 1.0) -> np.ndarray:
    """Brighter by a factor, and with more or less contrast around the mean of the picture."""
    x = image.astype(np.float32)
    return _eight_bit((x.mean() + (x - x.mean()) * contrast) * by)


def noisy(image: np.ndarray, deviation: float, seed: int = 0) -> np.ndarray:
    """With normal noise of that standard deviation, 1 being the range from black to white; the noise depends on the picture."""
    rng = np.random.default_rng([seed, int(image.sum())])
    return _eight_bit(image + 255 * deviation * rng.standard_normal(image.shape, dtype=np.float32))


def specked(image: np.ndarray, share: float) -> np.ndarray:
    """With this share of its pixels black or white; which ones depends on the picture."""
    chance = np.random.default_rng([1, int(image.sum())]).random(image.shape[:2])
    specks = np.where(chance < share / 2, 0, 255)[..., None]
    return np.asarray(np.where((chance < share)[..., None], specks, image), np.uint8)


def smeared(image: np.ndarray, pixels: int) -> np.ndarray:
    """Moved across by so many pixels while it was taken."""
    return np.asarray(
        np.round(
            np.mean([np.roll(image, shift, axis=1) for shift in range(-(pixels // 2), pixels - pixels // 2)], axis=0)
        ),
        np.uint8,
    )


def tinted(image: np.ndarray) -> np.ndarray:
    """In tones of brown."""
    return _eight_bit(
        np.repeat(image.astype(np.float32).mean(axis=-1, keepdims=True), 3, axis=-1)
        * np.array([1.1, 0.98, 0.77], np.float32)
    )


def grey(image: np.ndarray) -> np.ndarray:
    """Without its colours."""
    return np.asarray(Image.fromarray(image).convert("L").convert("RGB"))


WAYS: Mapping[str, Way] = {
    "as drawn": lambda image: image,
    "blur 0.5": partial(blurred, radius=0.5),
    "blur 0.7": partial(blurred, radius=0.7),
    "blur 1.0": partial(blurred, radius=1.0),
    "blur 1.5": partial(blurred, radius=1.5),
    "JPEG 60": partial(compressed, quality=60),
    "JPEG 30": partial(compressed, quality=30),
    "24 pixels": partial(resized, side=24),
    "20 pixels": partial(resized, side=20),
    "16 pixels": partial(resized, side=16),
    "dim": partial(lit, by=0.7),
    "pale": partial(lit, by=1.0, contrast=0.6),
    "noise": partial(noisy, deviation=0.06),
    "specks": partial(specked, share=0.04),
    "motion blur": partial(smeared, pixels=3),
    "median": lambda image: np.asarray(Image.fromarray(image).filter(ImageFilter.MedianFilter(3))),
    "sepia": tinted,
    "grey": grey,
    "blur, JPEG": lambda image: compressed(blurred(image, 0.7), 40),
    "20 pixels, dim, JPEG": lambda image: compressed(lit(resized(image, 20), 0.85, 0.85), 50),
}


def worn(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A picture worn at random in one to four ways, in the order in which they happen: size, blur, light, noise, JPEG."""
    while True:
        blur, size, light, noise, jpeg = rng.random(5) < (0.4, 0.3, 0.35, 0.2, 0.35)
        if blur or size or light or noise or jpeg:
            break
    if size:
        image = resized(image, int(rng.integers(NARROWEST, image.shape[0])), FILTERS[rng.integers(3)])
    if blur:
        image = blurred(image, float(rng.uniform(0.3, WIDEST)))
    if light:
        image = lit(image, float(rng.uniform(0.55, 1.15)), float(rng.uniform(0.5, 1.25)))
    if noise:
        image = noisy(image, float(rng.uniform(0.01, 0.1)), int(rng.integers(1 << 30)))
    return compressed(image, int(rng.integers(20, 90))) if jpeg else image


def _eight_bit(values: np.ndarray) -> np.ndarray:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)
