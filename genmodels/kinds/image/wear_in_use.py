"""What happens to a picture in use, at random or to a fixed degree: JPEG, WebP, size, blur, noise, paper, colours.

Three sets of wears are kept apart. A detector is trained on random ones (`worn`), its threshold is found in `FITTED`, and
what is told of it is counted in `COUNTED`, which differ from those in kind or in degree.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageFilter

from genmodels.kinds.image.attacks import screenshot, unchanged

Wear = Callable[..., Image.Image]
LOSSY = ("JPEG", "WebP")  # how wears begin that lose detail by compression


def worn(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A picture, uint8 (height, width, 3), as it comes back from use: as it was, or worn in one way or in two."""
    picture = Image.fromarray(image)
    for _ in range(1 if rng.random() < 0.75 else 2):
        picture = WAYS[int(rng.choice(len(WAYS), p=OFTEN))](picture, rng)
    return np.asarray(picture.convert("RGB"))


def compressed(picture: Image.Image, rng: np.random.Generator, quality: int = 0) -> Image.Image:
    """Through JPEG, of any quality from 15 to 95 where none is given."""
    return _through("JPEG", picture, quality or int(rng.integers(15, 96)))


def webp(picture: Image.Image, rng: np.random.Generator, quality: int = 0) -> Image.Image:
    """Through WebP that loses detail, of any quality from 1 to 95 where none is given."""
    return _through("WEBP", picture, quality or int(rng.integers(1, 96)))


def _through(form: str, picture: Image.Image, quality: int) -> Image.Image:
    buffer = io.BytesIO()
    picture.save(buffer, form, quality=quality)
    return Image.open(buffer).convert("RGB")


def and_back(picture: Image.Image, rng: np.random.Generator, side: int = 0) -> Image.Image:
    """Brought to another size, 0.6 to 2 times as large where none is given, and back."""
    way = Image.Resampling.BICUBIC if side or rng.random() < 0.5 else Image.Resampling.BILINEAR
    scale = side / picture.width if side else rng.uniform(0.6, 2)
    other = max(8, round(picture.width * scale)), max(8, round(picture.height * scale))
    return picture.resize(other, way).resize(
        picture.size, Image.Resampling.LANCZOS if rng.random() < 0.5 else Image.Resampling.BICUBIC
    )


def noisy(picture: Image.Image, rng: np.random.Generator, deviation: float = 0.0) -> Image.Image:
    """With normal noise of up to 8 grey levels."""
    array = np.asarray(picture, np.float64) + (deviation or 8 * rng.random()) * rng.standard_normal(
        (picture.height, picture.width, 3)
    )
    return Image.fromarray(np.clip(np.round(array), 0, 255).astype(np.uint8))


def softened(picture: Image.Image, rng: np.random.Generator, radius: float = 0.0) -> Image.Image:
    """Blurred by up to 1.6 pixels."""
    return picture.filter(ImageFilter.GaussianBlur(radius or 1.6 * rng.random()))


def papered(picture: Image.Image, rng: np.random.Generator, colour: tuple[int, ...] = ()) -> Image.Image:
    """Printed on light paper of any colour."""
    paper = np.array(colour or rng.integers(215, 256, size=3), np.float32) / 255
    return Image.fromarray(np.round(np.asarray(picture, np.float32) * paper).astype(np.uint8))


def few_colours(picture: Image.Image, rng: np.random.Generator, colours: int = 0) -> Image.Image:
    """With a palette of 6 to 64 colours."""
    return picture.quantize(colours or int(rng.integers(6, 65)), dither=Image.Dither.NONE).convert("RGB")


def sharpened(picture: Image.Image, rng: np.random.Generator, radius: float = 0.0) -> Image.Image:
    """Through an unsharp mask."""
    return picture.filter(
        ImageFilter.UnsharpMask(radius or float(rng.uniform(0.5, 1.5)), 150 if radius else int(rng.uniform(50, 250)), 0)
    )


WAYS: tuple[Wear, ...] = (
    unchanged,
    compressed,
    and_back,
    noisy,
    softened,
    papered,
    few_colours,
    sharpened,
    screenshot,
    webp,
)
OFTEN = (0.16, 0.2, 0.14, 0.08, 0.13, 0.07, 0.06, 0.04, 0.02, 0.1)
_with = functools.partial
FITTED: Mapping[str, Wear] = {
    "as it was": unchanged,
    "JPEG 90": _with(compressed, quality=90),
    "JPEG 75": _with(compressed, quality=75),
    "JPEG 50": _with(compressed, quality=50),
    "JPEG 35": _with(compressed, quality=35),
    "JPEG 22": _with(compressed, quality=22),
    "WebP 80": _with(webp, quality=80),
    "WebP 40": _with(webp, quality=40),
    "WebP 5": _with(webp, quality=5),
    "screenshot": screenshot,
    "20 pixels and back": _with(and_back, side=20),
    "28 pixels and back": _with(and_back, side=28),
    "blur of 0.6 pixels": _with(softened, radius=0.6),
    "blur of 1.2 pixels": _with(softened, radius=1.2),
    "blue paper": _with(papered, colour=(225, 238, 250)),
    "8 colours": _with(few_colours, colours=8),
    "32 colours": _with(few_colours, colours=32),
    "sharpened a little": _with(sharpened, radius=0.7),
    "noise of 2 levels": _with(noisy, deviation=2.0),
    "noise of 6 levels": _with(noisy, deviation=6.0),
}
COUNTED: Mapping[str, Wear] = {
    "as it was": unchanged,
    "JPEG 85": _with(compressed, quality=85),
    "JPEG 60": _with(compressed, quality=60),
    "JPEG 30": _with(compressed, quality=30),
    "WebP 60": _with(webp, quality=60),
    "WebP 10": _with(webp, quality=10),
    "screenshot": screenshot,
    "24 pixels and back": _with(and_back, side=24),
    "blur of 0.8 pixels": _with(softened, radius=0.8),
    "cream paper": _with(papered, colour=(250, 240, 215)),
    "16 colours": _with(few_colours, colours=16),
    "sharpened": _with(sharpened, radius=1.0),
    "noise of 4 levels": _with(noisy, deviation=4.0),
}
