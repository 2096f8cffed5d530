"""What happens to pictures on their way: changes that a mark should survive, and marks copied to what is not ours."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageFilter

from genmodels.kinds.image.watermark import added, folded, in_band

PictureChange = Callable[[Image.Image, np.random.Generator], Image.Image]


def recompressed(kind: str, quality: int) -> PictureChange:
    """Saved as such a file ("JPEG", "WEBP") of that quality, 1 to 100, and opened again."""

    def change(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
        buffer = io.BytesIO()
        picture.save(buffer, kind, quality=quality)
        return Image.open(buffer).convert("RGB")

    return change


def resized(share: float) -> PictureChange:
    """Scaled to that share of either side (Lanczos)."""
    return lambda picture, rng: picture.resize(
        (round(picture.width * share), round(picture.height * share)), Image.Resampling.LANCZOS
    )


def cropped(share: float) -> PictureChange:
    """That share of height and of width cut off, at a random place."""

    def change(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
        width, height = round(picture.width * (1 - share)), round(picture.height * (1 - share))
        left, top = int(rng.integers(picture.width - width + 1)), int(rng.integers(picture.height - height + 1))
        return picture.crop((left, top, left + width, top + height))

    return change


def rotated(degrees: float) -> PictureChange:
    """Turned by so many degrees on a white ground."""
    return lambda picture, rng: picture.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))


def noisy(deviation: float) -> PictureChange:
    """Gaussian noise, in grey levels."""

    def change(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
        array = np.asarray(picture) + deviation * rng.standard_normal((picture.height, picture.width, 3))
        return Image.fromarray(np.clip(np.round(array), 0, 255).astype(np.uint8))

    return change


def brighter(factor: float) -> PictureChange:
    """Every value times the factor, at most 255."""
    return lambda picture, rng: Image.fromarray(
        np.clip(np.asarray(picture, np.float32) * factor, 0, 255).astype(np.uint8)
    )


def blurred(radius: float) -> PictureChange:
    """Blurred by a normal kernel of that radius in pixels."""
    return lambda picture, rng: picture.filter(ImageFilter.GaussianBlur(radius))


def converted(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """PNG to JPEG 85 to WebP 80."""
    return recompressed("WEBP", 80)(recompressed("JPEG", 85)(picture, rng), rng)


def screenshot(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Shown at 150 % on a grey page, photographed by the system at a random place, kept as JPEG 90."""
    shown = picture.resize((round(picture.width * 1.5), round(picture.height * 1.5)), Image.Resampling.BILINEAR)
    page = Image.new("RGB", (shown.width + 80, shown.height + 80), (240, 240, 240))
    page.paste(shown, (int(rng.integers(81)), int(rng.integers(81))))
    return recompressed("JPEG", 90)(page, rng)


def upscaled(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Enlarged to four times its side by bicubic interpolation."""
    return picture.resize((4 * picture.width, 4 * picture.height), Image.Resampling.BICUBIC)


def unchanged(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The picture as it is."""
    return picture


PICTURES: dict[str, PictureChange] = {
    "as it was": unchanged,
    "JPEG 95": recompressed("JPEG", 95),
    "JPEG 75": recompressed("JPEG", 75),
    "JPEG 50": recompressed("JPEG", 50),
    "JPEG 30": recompressed("JPEG", 30),
    "resize to 75 %": resized(0.75),
    "resize to 50 %": resized(0.5),
    "resize to 25 %": resized(0.25),
    "crop 5 %": cropped(0.05),
    "crop 10 %": cropped(0.1),
    "crop 30 %": cropped(0.3),
    "rotation 1°": rotated(1),
    "rotation 2.5°": rotated(2.5),
    "rotation 5°": rotated(5),
    "noise of 4 levels": noisy(4),
    "noise of 10 levels": noisy(10),
    "blur of 1 pixel": blurred(1.0),
    "brightness x 1.2": brighter(1.2),
    "PNG to JPEG to WebP": converted,
    "screenshot": screenshot,
    "enlarged 4 times": upscaled,
}


def residual(marked: np.ndarray) -> np.ndarray:
    """What a median filter takes away from a marked picture, float (height, width, 3): its pattern, and edges."""
    return marked.astype(np.float64) - np.asarray(
        Image.fromarray(marked).filter(ImageFilter.MedianFilter(5)), np.float64
    )


def copied(foreign: np.ndarray, sources: Sequence[np.ndarray], strength: float = 1.0) -> np.ndarray:
    """The mean residual of marked pictures, each of the size of the foreign one, added to that (Kutter, Voloshynovskiy and Herrigel 2000); no key is needed."""
    mean = np.mean([residual(each) for each in sources], axis=0)
    return np.clip(np.round(foreign + strength * mean), 0, 255).astype(np.uint8)


def pattern_of(sources: Sequence[np.ndarray]) -> np.ndarray:
    """The tile (128, 128) of marked pictures as somebody without the key finds it: what is left of each, laid over the first where it agrees best, and whitened."""
    tiles = [in_band(folded(Image.fromarray(each).convert("L"))) for each in sources]
    total = np.fft.fft2(tiles[0])
    for tile in tiles[1:]:
        agreement = np.fft.ifft2(total * np.conj(np.fft.fft2(tile))).real
        total = total + np.fft.fft2(np.roll(tile, np.unravel_index(int(agreement.argmax()), agreement.shape), (0, 1)))
    return in_band(np.fft.ifft2(total).real)


def forged(foreign: np.ndarray, sources: Sequence[np.ndarray]) -> np.ndarray:
    """A foreign picture marked as strongly as our own, with the pattern that was found in marked pictures."""
    return added(foreign, pattern_of(sources))
