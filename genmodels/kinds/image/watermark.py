"""A keyed watermark in pictures, found blind: without the original, whatever was cut off, resized or turned a little.

A pattern of 128 x 128 pixels, whose waves of 4 to 28 periods have phases drawn from a secret key, is added over and over
(spread spectrum, Cox et al. 1997). The detector takes the median of each neighbourhood away, limits what is left, so
that edges of the drawing do not drown the pattern in flat areas, folds the picture to one tile and correlates with the
pattern at every shift. Under a key that has nothing to do with the picture, the statistic z at one place is a sum of
cosines of independent phases, so P(z >= x) <= exp(-x^2 / 2) whatever the picture (Hoeffding 1963); the p-value is that
bound times every shift, scale and angle that was searched.

Who has one marked picture can add its residual to any other (Kutter 2000): the pattern alone proves nothing about who made a
picture. It begins at a place that depends on the picture (`place_of`), which costs nothing since every shift is searched:
so a pattern that was copied from one picture to a look-alike of another stands where it should not.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageFilter

from genmodels.refusal import Refusal

TILE = 128
LEAST_SIDE = 128  # pixels of a picture that gets a watermark
BAND = (4, 28)  # periods a tile
PSNR = 40.0  # decibels of what is added, at least
NEIGHBOURHOOD, LIMIT = 9, 8.0  # pixels, grey levels
SCALES = (1, 4 / 3, 2, 4, 0.8, 2 / 3, 0.5, 0.25)  # by which a picture is enlarged to undo a resize
ANGLES = (1, -1, 2, -2, 3, -3, 4, -4, 5, -5)  # degrees by which it is turned back
SEARCHED = (len(SCALES) + len(ANGLES)) * TILE * TILE
MOST_SIDE = 512  # pixels that are looked at, once enlarged
AWAY = 2  # pixels by which the pattern may be found beside its place

Place = tuple[int, int]  # rows and columns from the upper left corner to where a tile begins, each below 128


@dataclass(frozen=True)
class Detection:
    """`p_value`: the probability, at most, that a picture without this key's watermark looks so much like one with it.

    `place` is where its tiles begin in the picture, brought back to the size in which it was marked.
    """

    p_value: float
    z: float
    scale: float = 1.0
    angle: float = 0.0
    place: Place = (0, 0)

    def at(self, place: Place) -> bool:
        """Is the pattern at this place, or at most two pixels beside it? By chance it is one time in 655."""
        return all(
            min((found - own) % TILE, (own - found) % TILE) <= AWAY
            for found, own in zip(self.place, place, strict=True)
        )


def place_of(content: bytes, key: bytes) -> Place:
    """Where the tiles begin in the picture of this content: known to who has the key alone, unlike for every picture."""
    code = hmac.new(key, b"place" + content, hashlib.sha256).digest()
    return code[0] % TILE, code[1] % TILE


@lru_cache(maxsize=8)
def pattern(key: bytes) -> np.ndarray:
    """The tile (128, 128) of a key: mean 0, standard deviation 1, waves of equal strength and random phase."""
    seed = np.frombuffer(hashlib.sha256(b"tile" + key).digest(), np.uint32)
    phases = np.exp(
        2j * np.pi * np.random.Generator(np.random.Philox(np.random.SeedSequence(seed.tolist()))).random((TILE, TILE))
    )
    tile = in_band(np.fft.ifft2(phases * _band()).real)  # of a real picture
    tile.setflags(write=False)
    return tile


@lru_cache(maxsize=1)
def _band() -> np.ndarray:
    periods = np.fft.fftfreq(TILE) * TILE
    radius = np.hypot(periods[:, None], periods[None, :])
    return (radius >= BAND[0]) & (radius <= BAND[1])


def embed(image: np.ndarray, key: bytes, psnr: float = PSNR, place: Place = (0, 0)) -> np.ndarray:
    """The picture, uint8 (height, width, channels), with the watermark added to all channels, as strong as `psnr` allows.

    Its tiles begin at `place`. Raises `Refusal` for a picture whose height or width is below 128.
    """
    if min(image.shape[:2]) < LEAST_SIDE:
        raise Refusal(
            f"The picture is {image.shape[1]} x {image.shape[0]} pixels, too small for a watermark; {LEAST_SIDE} x {LEAST_SIDE} are needed."
        )
    return added(image, np.roll(pattern(key), place, (0, 1)), psnr)


def added(image: np.ndarray, tile: np.ndarray, psnr: float = PSNR) -> np.ndarray:
    """A picture with a tile (128, 128) added over and over, as strong as `psnr` allows."""
    height, width = image.shape[:2]
    everywhere = np.tile(tile, (-(-height // TILE), -(-width // TILE)))[:height, :width, None]
    original, most = image.astype(np.float64), 255**2 / 10 ** (psnr / 10)
    low, high = 0.0, 64.0
    for _ in range(14):  # what white or black cuts off is made up for elsewhere
        middle = (low + high) / 2
        marked = np.clip(np.round(original + middle * everywhere), 0, 255)
        low, high = (middle, high) if ((marked - original) ** 2).mean() <= most else (low, middle)
    return np.clip(np.round(original + low * everywhere), 0, 255).astype(np.uint8)


def detect(image: np.ndarray | Image.Image, key: bytes, *, sure: float = 1e-9) -> Detection:
    """Is the watermark of this key in the picture? Of what is searched the most telling, all of it counted.

    The search ends at a p-value below `sure`. Of a large picture the middle, 512 x 512 pixels of each scale, is looked at.
    """
    picture = (
        image if isinstance(image, Image.Image) else Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)
    )
    picture, best = picture.convert("L"), Detection(1.0, 0.0)
    edge = int(np.median(np.concatenate([each.ravel() for each in (np.asarray(picture)[0], np.asarray(picture)[-1])])))
    for scale, angle in (*((scale, 0) for scale in SCALES), *((1, angle) for angle in ANGLES)):
        middle = _middle(picture, round(MOST_SIDE / scale))
        size = max(8, round(middle.width * scale)), max(8, round(middle.height * scale))
        looked = middle if scale == 1 else middle.resize(size, Image.Resampling.BICUBIC)
        looked = looked.rotate(angle, Image.Resampling.BICUBIC, fillcolor=edge) if angle else looked
        z, (top, left) = strongest(looked, key)
        if z > best.z:
            cut = [
                round(scale * ((whole - part) // 2))
                for whole, part in ((picture.height, middle.height), (picture.width, middle.width))
            ]
            place = (top + cut[0]) % TILE, (left + cut[1]) % TILE
            best = Detection(min(1.0, SEARCHED * float(np.exp(-(z**2) / 2))), z, scale, angle, place)
            if best.p_value < sure:
                break
    return best


def strongest(picture: Image.Image, key: bytes) -> tuple[float, Place]:
    """The largest z over all shifts of the pattern, of a grey picture, and that shift."""
    waves = np.where(_band(), np.fft.fft2(folded(picture)), 0)
    strength = np.sqrt((np.abs(waves) ** 2).sum())
    if strength < 1e-6:
        return 0.0, (0, 0)  # a picture of one colour
    expected = np.fft.fft2(pattern(key))
    expected = np.where(_band(), expected / np.maximum(np.abs(expected), 1e-12), 0)
    found = np.fft.ifft2(waves * np.conj(expected)).real
    top, left = np.unravel_index(int(found.argmax()), found.shape)
    return float(found.max() * TILE * TILE / strength), (int(top), int(left))


def folded(picture: Image.Image) -> np.ndarray:
    """What is left of a grey picture without the median of each neighbourhood, limited, and summed over all tiles; (128, 128)."""
    rest = np.asarray(picture, np.float32) - np.asarray(
        picture.filter(ImageFilter.MedianFilter(NEIGHBOURHOOD)), np.float32
    )
    rest = np.where(np.abs(rest) < LIMIT, rest, np.sign(rest) * np.maximum(0, 2 * LIMIT - np.abs(rest)))
    height, width = (-(-side // TILE) * TILE for side in rest.shape)
    canvas = np.zeros((height, width), np.float32)
    canvas[: rest.shape[0], : rest.shape[1]] = rest
    return canvas.reshape(height // TILE, TILE, width // TILE, TILE).sum(axis=(0, 2))


def in_band(tile: np.ndarray) -> np.ndarray:
    """A tile (128, 128) with the waves of a pattern alone, all equally strong: mean 0, standard deviation 1."""
    waves = np.fft.fft2(tile)
    whitened = np.fft.ifft2(np.where(_band(), waves / np.maximum(np.abs(waves), 1e-12), 0)).real
    return whitened / whitened.std()


def _middle(picture: Image.Image, most: int) -> Image.Image:
    width, height = (min(side, most) for side in picture.size)
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return picture.crop((left, top, left + width, top + height))
