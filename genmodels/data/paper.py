"""What every page by rule is drawn with: paper, ink, letters, words. Each is drawn anew from the page's own generator."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WORDS = [
    "a", "and", "the", "of", "for", "with", "without", "total", "share", "mean", "rate", "year", "price",
    "model", "sample", "picture", "seed", "limit", "error", "value", "north", "south", "red", "number", "table",
    "result", "shown", "first", "second", "after", "before", "measured", "held", "out", "people", "women",
    "men", "light", "dark", "0.5", "12", "2026", "3,400", "17", "%", "n",
]  # fmt: skip
SYMBOLS = [
    "x", "y", "z", "a", "b", "n", "k", "f", "g", "+", "-", "=", "<", ">", "(", ")", "/", "*", "|", "1", "2",
    "3", "0", "±", "·", "µ", "°", "÷", "×",
]  # fmt: skip
INKS = ((0, 0, 0), (20, 20, 20), (40, 40, 60), (70, 70, 70), (10, 40, 90), (90, 20, 20))


def paper_of(rng: np.random.Generator, width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A sheet of that size in pixels, white or light, and what draws on it."""
    colour = (255, 255, 255) if rng.random() < 0.6 else tuple(int(v) for v in rng.integers(215, 256, size=3))
    picture = Image.new("RGB", (width, height), colour)
    return picture, ImageDraw.Draw(picture)


def colour_of(rng: np.random.Generator) -> tuple[int, int, int]:
    """A colour of drawings, neither black nor white, 20 to 234 in each channel."""
    return tuple(int(v) for v in rng.integers(20, 235, size=3))  # type: ignore[return-value]


def ink_of(rng: np.random.Generator) -> tuple[int, int, int]:
    """One of the colours that text is written in."""
    return INKS[int(rng.integers(len(INKS)))]


def letters_of(size: float) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    """The letters of Pillow's own font at that size in pixels, at least 4."""
    return ImageFont.load_default(max(4, size))


def words_of(rng: np.random.Generator, most: int = 6) -> str:
    """One to `most` words drawn at random."""
    return " ".join(rng.choice(WORDS, size=int(rng.integers(1, most + 1))))
