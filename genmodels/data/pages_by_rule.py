"""What is no drawing of ours: tables, charts, texts, windows, maps, blank pages, noise, drawn by rule at any size.

An instrument that learned from small drawings must be silent on these. Each kind is a function of a random generator, a
width and a height, and what it varies (paper, ink, letters, how much there is) is drawn anew for each page. Whoever
calibrates on some kinds counts on others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from genmodels.data.page_of_colour import blank, gradient, noise, scene, shapes, squares, strokes
from genmodels.data.page_of_numbers import bars, lines, pie, points
from genmodels.data.page_of_text import diagram, formula, map_, table, text, window
from genmodels.refusal import Refusal
from genmodels.registry import unknown

SIDES = (32, 48, 64, 100, 128, 200, 256, 400, 640, 1000, 1600, 2000)

Page = Callable[[np.random.Generator, int, int], Image.Image]


def page(kind: str, rng: np.random.Generator, most: int = SIDES[-1]) -> Image.Image:
    """A page of that kind as an RGB picture, square or not, of 32 to `most` pixels a side."""
    if kind not in PAGES:
        raise Refusal(unknown("kind of page", kind, PAGES))
    width = int(rng.choice([side for side in SIDES if side <= most]))
    height = int(np.clip(width * rng.choice([0.5, 0.75, 1, 1, 1, 1.33, 1.6]), 32, most))
    return PAGES[kind](rng, width, height)


def pages(kind: str, n: int, seed: int, most: int = SIDES[-1]) -> list[Image.Image]:
    """n pages of that kind; the i-th depends on seed and i alone."""
    return [page(kind, np.random.default_rng([seed, number, sum(map(ord, kind))]), most) for number in range(n)]


PAGES: dict[str, Page] = {
    "table": table,
    "bars": bars,
    "lines": lines,
    "points": points,
    "pie": pie,
    "text": text,
    "formula": formula,
    "window": window,
    "map": map_,
    "diagram": diagram,
    "blank": blank,
    "noise": noise,
    "gradient": gradient,
    "shapes": shapes,
    "scene": scene,
    "strokes": strokes,
    "squares": squares,
}
KINDS: Sequence[str] = tuple(PAGES)
