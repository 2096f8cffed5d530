"""Charts: bars, lines, points, pies."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from genmodels.data.paper import colour_of, ink_of, letters_of, paper_of, words_of


def _axes(
    rng: np.random.Generator, width: int, height: int
) -> tuple[Image.Image, ImageDraw.ImageDraw, tuple[float, float, float, float]]:
    """A chart without its data, and the left, top, right and bottom of where these go."""
    picture, draw = paper_of(rng, width, height)
    left, top, right, bottom = (
        rng.uniform(0.05, 0.18) * width,
        rng.uniform(0.03, 0.15) * height,
        rng.uniform(0.85, 0.98) * width,
        rng.uniform(0.8, 0.93) * height,
    )
    ink, line, letters = ink_of(rng), max(1, width // 300), letters_of(height / 28)
    for number in range(6):
        y = top + (bottom - top) * number / 5
        if rng.random() < 0.5:
            draw.line((left, y, right, y), fill=(215, 215, 215), width=line)
        draw.text((left * 0.2, y - height / 50), f"{5 - number}", fill=ink, font=letters)
        draw.text((left + (right - left) * number / 6, bottom + height / 80), f"{number}", fill=ink, font=letters)
    draw.line((left, top, left, bottom, right, bottom), fill=ink, width=line)
    draw.text((left, height * 0.005), words_of(rng), fill=ink, font=letters_of(height / 22))
    return picture, draw, (left, top, right, bottom)


def bars(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """A bar chart, standing or lying, in one colour or several."""
    picture, draw, (left, top, right, bottom) = _axes(rng, width, height)
    count, colours, lying = (
        int(rng.integers(3, 14)),
        [colour_of(rng) for _ in range(int(rng.integers(1, 4)))],
        rng.random() < 0.3,
    )
    for number, value in enumerate(rng.uniform(0.05, 1, size=count)):
        fill = colours[number % len(colours)]
        if lying:
            step = (bottom - top) / count
            draw.rectangle(
                (left, top + (number + 0.15) * step, left + value * (right - left), top + (number + 0.85) * step),
                fill=fill,
            )
        else:
            step = (right - left) / count
            draw.rectangle(
                (left + (number + 0.15) * step, bottom - value * (bottom - top), left + (number + 0.85) * step, bottom),
                fill=fill,
            )
    return picture


def lines(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """A line chart of random walks, some with a band around them."""
    picture, draw, (left, top, right, bottom) = _axes(rng, width, height)
    for _ in range(int(rng.integers(1, 6))):
        count = int(rng.integers(5, 120))
        walk = np.cumsum(rng.normal(size=count))
        walk = (walk - walk.min()) / max(np.ptp(walk), 1e-9)
        x, y = np.linspace(left, right, count), bottom - (0.1 + 0.8 * walk) * (bottom - top)
        if rng.random() < 0.3:
            band = (bottom - top) * rng.uniform(0.03, 0.12)
            draw.polygon(
                [*zip(x, y - band, strict=True), *zip(x[::-1], y[::-1] + band, strict=True)],
                fill=tuple(200 + v // 5 for v in colour_of(rng)),
            )
        draw.line([*zip(x, y, strict=True)], fill=colour_of(rng), width=max(1, width // int(rng.integers(60, 300))))
    return picture


def points(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """A scatter plot of one to four groups."""
    picture, draw, (left, top, right, bottom) = _axes(rng, width, height)
    for _ in range(int(rng.integers(1, 5))):
        fill, radius = colour_of(rng), max(1.0, width / rng.uniform(60, 300))
        for x, y in rng.normal(
            rng.uniform(0.3, 0.7, size=2), rng.uniform(0.03, 0.2), size=(int(rng.integers(10, 300)), 2)
        ):
            at = left + np.clip(x, 0, 1) * (right - left), bottom - np.clip(y, 0, 1) * (bottom - top)
            draw.ellipse((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=fill)
    return picture


def pie(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """A pie chart or a ring, with or without names beside it."""
    picture, draw = paper_of(rng, width, height)
    shares = np.cumsum(rng.dirichlet(np.ones(int(rng.integers(2, 9))))) * 360
    radius = min(width, height) * rng.uniform(0.25, 0.48)
    x, y = width * rng.uniform(0.35, 0.6), height / 2
    edge = (255, 255, 255) if rng.random() < 0.5 else None
    for number, (start, end) in enumerate(zip([0, *shares[:-1]], shares, strict=True)):
        fill = colour_of(rng)
        draw.pieslice(
            (x - radius, y - radius, x + radius, y + radius),
            start,
            end,
            fill=fill,
            outline=edge,
            width=max(1, width // 200),
        )
        if rng.random() < 0.7:
            draw.text(
                (width * 0.8, height * (0.05 + 0.1 * number)), words_of(rng, 1), fill=fill, font=letters_of(height / 20)
            )
    if rng.random() < 0.4:
        draw.ellipse((x - radius / 2, y - radius / 2, x + radius / 2, y + radius / 2), fill=(255, 255, 255))
    return picture
