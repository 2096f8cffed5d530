"""Pages to read: tables, texts, formulas, windows of programs, maps, diagrams."""

from __future__ import annotations

import itertools
import math

import numpy as np
from PIL import Image, ImageDraw

from genmodels.data.paper import SYMBOLS, WORDS, colour_of, ink_of, letters_of, paper_of, words_of


def table(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """Rows and columns of words and numbers, ruled or not, with a head that is coloured or not."""
    picture, draw = paper_of(rng, width, height)
    rows, columns, ink, rules = int(rng.integers(3, 16)), int(rng.integers(2, 7)), ink_of(rng), int(rng.integers(3))
    edge = int(rng.integers(0, max(2, width // 12)))
    step, across, line = (height - 2 * edge) / rows, (width - 2 * edge) / columns, max(1, width // 400)
    if rng.random() < 0.5:
        draw.rectangle((edge, edge, width - edge, edge + step), fill=colour_of(rng))
    for row in range(rows):
        if row % 2 and rules == 2:
            draw.rectangle((edge, edge + row * step, width - edge, edge + (row + 1) * step), fill=(232, 236, 242))
        for column in range(columns):
            said = words_of(rng, 2) if column == 0 or row == 0 else f"{rng.normal(50, 40):.{int(rng.integers(3))}f}"
            draw.text(
                (edge + (column + 0.1) * across, edge + (row + 0.2) * step),
                said,
                fill=ink,
                font=letters_of(0.55 * step),
            )
    if rules:
        for row in range(rows + 1):
            draw.line((edge, edge + row * step, width - edge, edge + row * step), fill=ink, width=line)
        for column in range(columns + 1) if rules == 1 else ():
            draw.line((edge + column * across, edge, edge + column * across, height - edge), fill=ink, width=line)
    return picture


def text(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """A page of text in lines and paragraphs, in one column or two."""
    picture, draw = paper_of(rng, width, height)
    size, ink, columns = max(4.0, height / rng.uniform(10, 60)), ink_of(rng), int(rng.integers(1, 3))
    letters, edge = letters_of(size), width * rng.uniform(0.02, 0.12)
    for column in range(columns):
        y, most = edge, (width - 2 * edge) / columns
        while y < height - edge:
            said = ""
            while len(said) * size * 0.48 < most * rng.uniform(0.85, 0.95):
                said += f"{rng.choice(WORDS)} "
            draw.text((edge + column * (most + edge / 2), y), said[: int(most / (size * 0.48))], fill=ink, font=letters)
            y += size * (1.35 if rng.random() < 0.85 else 2.4)
    return picture


def formula(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """A formula or two: symbols, indices, fractions, roots."""
    picture, draw = paper_of(rng, width, height)
    ink, lines_ = ink_of(rng), int(rng.integers(1, 4))
    for number in range(lines_):
        size = min(height / (2.2 * lines_), width / rng.uniform(4, 14))
        x, y = width * rng.uniform(0.02, 0.2), height * (number + 0.3) / lines_
        while x < width * 0.9:
            symbol, raised = str(rng.choice(SYMBOLS)), rng.random()
            scale, shift = (0.6, -0.3) if raised < 0.2 else (0.6, 0.5) if raised < 0.35 else (1, 0)
            draw.text((x, y + shift * size), symbol, fill=ink, font=letters_of(scale * size))
            if raised > 0.9:
                draw.line((x, y + 1.15 * size, x + size, y + 1.15 * size), fill=ink, width=max(1, int(size / 15)))
                draw.text((x, y + 1.2 * size), str(rng.choice(SYMBOLS)), fill=ink, font=letters_of(size))
            x += size * (0.65 if scale == 1 else 0.45)
    return picture


def window(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """A window of a program: bar, menu, buttons, fields, text."""
    dark = rng.random() < 0.25
    back, front = ((38, 40, 44), (225, 225, 225)) if dark else ((245, 246, 248), (30, 30, 30))
    picture = Image.new("RGB", (width, height), back)
    draw, bar, side = ImageDraw.Draw(picture), height * rng.uniform(0.04, 0.12), width * rng.choice([0, 0.15, 0.25])
    draw.rectangle((0, 0, width, bar), fill=colour_of(rng) if rng.random() < 0.5 else (220, 222, 226))
    draw.rectangle((0, bar, side, height), fill=(55, 58, 64) if dark else (230, 233, 238))
    for _ in range(int(rng.integers(4, 14))):
        x, y = rng.uniform(side, width * 0.8), rng.uniform(bar, height * 0.9)
        wide, high = rng.uniform(0.1, 0.4) * width, rng.uniform(0.04, 0.15) * height
        what = rng.random()
        if what < 0.4:
            draw.rounded_rectangle(
                (x, y, x + wide, y + high), radius=high / 5, fill=colour_of(rng) if what < 0.2 else None, outline=front
            )
        draw.text(
            (x + wide * 0.05, y + high * 0.2), words_of(rng), fill=front, font=letters_of(height / rng.uniform(18, 40))
        )
    for number in range(int(rng.integers(0, 10))):
        draw.text(
            (side * 0.1, bar + (number + 0.3) * height / 12), words_of(rng, 1), fill=front, font=letters_of(height / 30)
        )
    return picture


def map_(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """A map: land, water, roads, names."""
    picture = Image.new("RGB", (width, height), (242, 239, 233) if rng.random() < 0.7 else (170, 211, 223))
    draw = ImageDraw.Draw(picture)
    for _ in range(int(rng.integers(3, 14))):
        centre, corners = rng.uniform(0, 1, size=2) * (width, height), int(rng.integers(5, 30))
        angles, radii = (
            np.linspace(0, 2 * math.pi, corners, endpoint=False),
            rng.uniform(0.05, 0.3) * width * rng.uniform(0.6, 1.1, size=corners),
        )
        fill = ((170, 211, 223), (200, 227, 180), (225, 220, 210), (250, 243, 200))[int(rng.integers(4))]
        draw.polygon(
            [(centre[0] + r * math.cos(a), centre[1] + r * math.sin(a)) for a, r in zip(angles, radii, strict=True)],
            fill=fill,
        )
    for _ in range(int(rng.integers(4, 25))):
        way = np.cumsum(np.concatenate([rng.uniform(0, 1, size=(1, 2)), rng.normal(0, 0.12, size=(8, 2))]), axis=0) * (
            width,
            height,
        )
        draw.line(
            [tuple(p) for p in way],
            fill=((255, 255, 255), (247, 200, 110), (200, 200, 200))[int(rng.integers(3))],
            width=max(1, width // int(rng.integers(60, 250))),
        )
    for _ in range(int(rng.integers(2, 12))):
        draw.text(
            (rng.uniform(0, 0.9) * width, rng.uniform(0, 0.95) * height),
            words_of(rng, 2),
            fill=ink_of(rng),
            font=letters_of(height / 35),
        )
    return picture


def diagram(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """Boxes and circles with words in them, and lines from one to the next."""
    picture, draw = paper_of(rng, width, height)
    ink, line = ink_of(rng), max(1, width // 250)
    places = [
        (rng.uniform(0.02, 0.75) * width, rng.uniform(0.02, 0.85) * height) for _ in range(int(rng.integers(3, 10)))
    ]
    wide, high = width * rng.uniform(0.12, 0.22), height * rng.uniform(0.08, 0.14)
    for (x, y), (u, v) in itertools.pairwise(places):
        draw.line((x + wide / 2, y + high / 2, u + wide / 2, v + high / 2), fill=ink, width=line)
    for x, y in places:
        box, fill = (x, y, x + wide, y + high), colour_of(rng) if rng.random() < 0.4 else (255, 255, 255)
        (draw.ellipse if rng.random() < 0.3 else draw.rectangle)(box, fill=fill, outline=ink, width=line)
        draw.text((x + wide * 0.1, y + high * 0.3), words_of(rng, 2), fill=ink, font=letters_of(high / 2.5))
    return picture
