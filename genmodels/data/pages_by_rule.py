"""What is no drawing of ours: tables, charts, texts, windows, maps, blank pages, noise, drawn by rule at any size.

An instrument that learned from small drawings must be silent on these. Each kind is a function of a random generator, a
width and a height, and what it varies (paper, ink, letters, how much there is) is drawn anew for each page. Whoever
calibrates on some kinds counts on others.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from genmodels.refusal import Refusal
from genmodels.registry import unknown

WORDS = [
    "a",
    "and",
    "the",
    "of",
    "for",
    "with",
    "without",
    "total",
    "share",
    "mean",
    "rate",
    "year",
    "price",
    "model",
    "sample",
    "picture",
    "seed",
    "limit",
    "error",
    "value",
    "north",
    "south",
    "red",
    "number",
    "table",
    "result",
    "shown",
    "first",
    "second",
    "after",
    "before",
    "measured",
    "held",
    "out",
    "people",
    "women",
    "men",
    "light",
    "dark",
    "0.5",
    "12",
    "2026",
    "3,400",
    "17",
    "%",
    "n",
]
SYMBOLS = [
    "x",
    "y",
    "z",
    "a",
    "b",
    "n",
    "k",
    "f",
    "g",
    "+",
    "-",
    "=",
    "<",
    ">",
    "(",
    ")",
    "/",
    "*",
    "|",
    "1",
    "2",
    "3",
    "0",
] + list("±·µ°÷×")
SIDES = (32, 48, 64, 100, 128, 200, 256, 400, 640, 1000, 1600, 2000)
INKS = ((0, 0, 0), (20, 20, 20), (40, 40, 60), (70, 70, 70), (10, 40, 90), (90, 20, 20))

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


def _paper(rng: np.random.Generator, width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    colour = (255, 255, 255) if rng.random() < 0.6 else tuple(int(v) for v in rng.integers(215, 256, size=3))
    picture = Image.new("RGB", (width, height), colour)
    return picture, ImageDraw.Draw(picture)


def _colour(rng: np.random.Generator) -> tuple[int, int, int]:
    return tuple(int(v) for v in rng.integers(20, 235, size=3))  # type: ignore[return-value]


def _ink(rng: np.random.Generator) -> tuple[int, int, int]:
    return INKS[int(rng.integers(len(INKS)))]


def _letters(size: float) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(max(4, size))


def _said(rng: np.random.Generator, most: int = 6) -> str:
    return " ".join(rng.choice(WORDS, size=int(rng.integers(1, most + 1))))


def table(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """Rows and columns of words and numbers, ruled or not, with a head that is coloured or not."""
    picture, draw = _paper(rng, width, height)
    rows, columns, ink, rules = int(rng.integers(3, 16)), int(rng.integers(2, 7)), _ink(rng), int(rng.integers(3))
    edge = int(rng.integers(0, max(2, width // 12)))
    step, across, line = (height - 2 * edge) / rows, (width - 2 * edge) / columns, max(1, width // 400)
    if rng.random() < 0.5:
        draw.rectangle((edge, edge, width - edge, edge + step), fill=_colour(rng))
    for row in range(rows):
        if row % 2 and rules == 2:
            draw.rectangle((edge, edge + row * step, width - edge, edge + (row + 1) * step), fill=(232, 236, 242))
        for column in range(columns):
            said = _said(rng, 2) if column == 0 or row == 0 else f"{rng.normal(50, 40):.{int(rng.integers(3))}f}"
            draw.text(
                (edge + (column + 0.1) * across, edge + (row + 0.2) * step), said, fill=ink, font=_letters(0.55 * step)
            )
    if rules:
        for row in range(rows + 1):
            draw.line((edge, edge + row * step, width - edge, edge + row * step), fill=ink, width=line)
        for column in range(columns + 1) if rules == 1 else ():
            draw.line((edge + column * across, edge, edge + column * across, height - edge), fill=ink, width=line)
    return picture


def _axes(
    rng: np.random.Generator, width: int, height: int
) -> tuple[Image.Image, ImageDraw.ImageDraw, tuple[float, float, float, float]]:
    """A chart without its data, and the left, top, right and bottom of where these go."""
    picture, draw = _paper(rng, width, height)
    left, top, right, bottom = (
        rng.uniform(0.05, 0.18) * width,
        rng.uniform(0.03, 0.15) * height,
        rng.uniform(0.85, 0.98) * width,
        rng.uniform(0.8, 0.93) * height,
    )
    ink, line, letters = _ink(rng), max(1, width // 300), _letters(height / 28)
    for number in range(6):
        y = top + (bottom - top) * number / 5
        if rng.random() < 0.5:
            draw.line((left, y, right, y), fill=(215, 215, 215), width=line)
        draw.text((left * 0.2, y - height / 50), f"{5 - number}", fill=ink, font=letters)
        draw.text((left + (right - left) * number / 6, bottom + height / 80), f"{number}", fill=ink, font=letters)
    draw.line((left, top, left, bottom, right, bottom), fill=ink, width=line)
    draw.text((left, height * 0.005), _said(rng), fill=ink, font=_letters(height / 22))
    return picture, draw, (left, top, right, bottom)


def bars(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """A bar chart, standing or lying, in one colour or several."""
    picture, draw, (left, top, right, bottom) = _axes(rng, width, height)
    count, colours, lying = (
        int(rng.integers(3, 14)),
        [_colour(rng) for _ in range(int(rng.integers(1, 4)))],
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
                fill=tuple(200 + v // 5 for v in _colour(rng)),
            )
        draw.line([*zip(x, y, strict=True)], fill=_colour(rng), width=max(1, width // int(rng.integers(60, 300))))
    return picture


def points(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """A scatter plot of one to four groups."""
    picture, draw, (left, top, right, bottom) = _axes(rng, width, height)
    for _ in range(int(rng.integers(1, 5))):
        fill, radius = _colour(rng), max(1.0, width / rng.uniform(60, 300))
        for x, y in rng.normal(
            rng.uniform(0.3, 0.7, size=2), rng.uniform(0.03, 0.2), size=(int(rng.integers(10, 300)), 2)
        ):
            at = left + np.clip(x, 0, 1) * (right - left), bottom - np.clip(y, 0, 1) * (bottom - top)
            draw.ellipse((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=fill)
    return picture


def pie(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """A pie chart or a ring, with or without names beside it."""
    picture, draw = _paper(rng, width, height)
    shares = np.cumsum(rng.dirichlet(np.ones(int(rng.integers(2, 9))))) * 360
    radius = min(width, height) * rng.uniform(0.25, 0.48)
    x, y = width * rng.uniform(0.35, 0.6), height / 2
    edge = (255, 255, 255) if rng.random() < 0.5 else None
    for number, (start, end) in enumerate(zip([0, *shares[:-1]], shares, strict=True)):
        fill = _colour(rng)
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
                (width * 0.8, height * (0.05 + 0.1 * number)), _said(rng, 1), fill=fill, font=_letters(height / 20)
            )
    if rng.random() < 0.4:
        draw.ellipse((x - radius / 2, y - radius / 2, x + radius / 2, y + radius / 2), fill=(255, 255, 255))
    return picture


def text(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """A page of text in lines and paragraphs, in one column or two."""
    picture, draw = _paper(rng, width, height)
    size, ink, columns = max(4.0, height / rng.uniform(10, 60)), _ink(rng), int(rng.integers(1, 3))
    letters, edge = _letters(size), width * rng.uniform(0.02, 0.12)
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
    picture, draw = _paper(rng, width, height)
    ink, lines_ = _ink(rng), int(rng.integers(1, 4))
    for number in range(lines_):
        size = min(height / (2.2 * lines_), width / rng.uniform(4, 14))
        x, y = width * rng.uniform(0.02, 0.2), height * (number + 0.3) / lines_
        while x < width * 0.9:
            symbol, raised = str(rng.choice(SYMBOLS)), rng.random()
            scale, shift = (0.6, -0.3) if raised < 0.2 else (0.6, 0.5) if raised < 0.35 else (1, 0)
            draw.text((x, y + shift * size), symbol, fill=ink, font=_letters(scale * size))
            if raised > 0.9:
                draw.line((x, y + 1.15 * size, x + size, y + 1.15 * size), fill=ink, width=max(1, int(size / 15)))
                draw.text((x, y + 1.2 * size), str(rng.choice(SYMBOLS)), fill=ink, font=_letters(size))
            x += size * (0.65 if scale == 1 else 0.45)
    return picture


def window(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """A window of a program: bar, menu, buttons, fields, text."""
    dark = rng.random() < 0.25
    back, front = ((38, 40, 44), (225, 225, 225)) if dark else ((245, 246, 248), (30, 30, 30))
    picture = Image.new("RGB", (width, height), back)
    draw, bar, side = ImageDraw.Draw(picture), height * rng.uniform(0.04, 0.12), width * rng.choice([0, 0.15, 0.25])
    draw.rectangle((0, 0, width, bar), fill=_colour(rng) if rng.random() < 0.5 else (220, 222, 226))
    draw.rectangle((0, bar, side, height), fill=(55, 58, 64) if dark else (230, 233, 238))
    for _ in range(int(rng.integers(4, 14))):
        x, y = rng.uniform(side, width * 0.8), rng.uniform(bar, height * 0.9)
        wide, high = rng.uniform(0.1, 0.4) * width, rng.uniform(0.04, 0.15) * height
        what = rng.random()
        if what < 0.4:
            draw.rounded_rectangle(
                (x, y, x + wide, y + high), radius=high / 5, fill=_colour(rng) if what < 0.2 else None, outline=front
            )
        draw.text(
            (x + wide * 0.05, y + high * 0.2), _said(rng), fill=front, font=_letters(height / rng.uniform(18, 40))
        )
    for number in range(int(rng.integers(0, 10))):
        draw.text(
            (side * 0.1, bar + (number + 0.3) * height / 12), _said(rng, 1), fill=front, font=_letters(height / 30)
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
            _said(rng, 2),
            fill=_ink(rng),
            font=_letters(height / 35),
        )
    return picture


def diagram(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """Boxes and circles with words in them, and lines from one to the next."""
    picture, draw = _paper(rng, width, height)
    ink, line = _ink(rng), max(1, width // 250)
    places = [
        (rng.uniform(0.02, 0.75) * width, rng.uniform(0.02, 0.85) * height) for _ in range(int(rng.integers(3, 10)))
    ]
    wide, high = width * rng.uniform(0.12, 0.22), height * rng.uniform(0.08, 0.14)
    for (x, y), (u, v) in itertools.pairwise(places):
        draw.line((x + wide / 2, y + high / 2, u + wide / 2, v + high / 2), fill=ink, width=line)
    for x, y in places:
        box, fill = (x, y, x + wide, y + high), _colour(rng) if rng.random() < 0.4 else (255, 255, 255)
        (draw.ellipse if rng.random() < 0.3 else draw.rectangle)(box, fill=fill, outline=ink, width=line)
        draw.text((x + wide * 0.1, y + high * 0.3), _said(rng, 2), fill=ink, font=_letters(high / 2.5))
    return picture


def blank(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """A page of one colour, white for the most part, some with a faint edge or grain."""
    picture = Image.new(
        "RGB",
        (width, height),
        (255, 255, 255) if rng.random() < 0.5 else tuple(int(v) for v in rng.integers(200, 256, size=3)),
    )
    what = rng.random()
    if what < 0.2:
        ImageDraw.Draw(picture).rectangle((0, 0, width - 1, height - 1), outline=(180, 180, 180))
    elif what < 0.5:
        picture = Image.fromarray(
            np.clip(np.asarray(picture) + rng.normal(0, rng.uniform(0.5, 6), size=(height, width, 1)), 0, 255).astype(
                np.uint8
            )
        )
    return picture


def noise(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """Independent pixels: uniform or normal, grey or in colour, around any level, on a white page or not."""
    channels, level, spread = int(rng.choice([1, 3])), rng.uniform(90, 250), rng.uniform(3, 90)
    values = (
        rng.uniform(0, 256, size=(height, width, channels))
        if rng.random() < 0.4
        else rng.normal(level, spread, size=(height, width, channels))
    )
    array = np.broadcast_to(np.clip(values, 0, 255), (height, width, 3)).astype(np.uint8).copy()
    if rng.random() < 0.4:
        edge = int(min(width, height) * rng.uniform(0.05, 0.25))
        array[:edge], array[-edge:], array[:, :edge], array[:, -edge:] = 255, 255, 255, 255
    return Image.fromarray(array)


def gradient(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """One colour that runs into another, straight or round, some on white."""
    y, x = np.mgrid[0:height, 0:width] / max(width, height)
    angle = rng.uniform(0, 2 * math.pi)
    run = (
        x * math.cos(angle) + y * math.sin(angle)
        if rng.random() < 0.6
        else np.hypot(x - rng.uniform(0.2, 0.8), y - rng.uniform(0.2, 0.8))
    )
    run = ((run - run.min()) / max(np.ptp(run), 1e-9))[..., None]
    first, second = np.array(_colour(rng)), np.array((255, 255, 255) if rng.random() < 0.6 else _colour(rng))
    return Image.fromarray((first * (1 - run) + second * run).astype(np.uint8))


def shapes(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """Circles, boxes and stars in plain colours, a few or many, some with an outline."""
    picture, draw = _paper(rng, width, height)
    for _ in range(int(rng.integers(1, 9))):
        x, y, r = (
            rng.uniform(0.15, 0.85) * width,
            rng.uniform(0.15, 0.85) * height,
            rng.uniform(0.05, 0.35) * min(width, height),
        )
        corners = int(rng.integers(2, 9))
        fill, outline, line = _colour(rng), (_ink(rng) if rng.random() < 0.4 else None), max(1, width // 40)
        if corners == 2:
            draw.ellipse((x - r, y - r, x + r, y + r), fill=fill, outline=outline, width=line)
        else:
            draw.regular_polygon((x, y, r), corners, rotation=float(rng.uniform(0, 360)), fill=fill, outline=outline)
    return picture


def scene(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """Clouds of colour with the spectrum of photographs (power 1 / f^2), bright or dark, some on white paper."""
    side = 64
    distance = np.maximum(np.hypot(*np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side))), 1 / side)
    planes = [
        np.fft.ifft2(np.fft.fft2(rng.normal(size=(side, side))) / distance ** rng.uniform(0.8, 1.4)).real
        for _ in range(3)
    ]
    own = np.stack([planes[0] + rng.uniform(0, 0.6) * planes[i] for i in range(3)], axis=-1)
    own = (own - own.mean()) / own.std() * rng.uniform(25, 70) + rng.uniform(80, 225)
    picture = Image.fromarray(np.clip(own, 0, 255).astype(np.uint8)).resize((width, height), Image.Resampling.BICUBIC)
    if rng.random() < 0.3:
        sheet, inner = (
            Image.new("RGB", (width, height), (255, 255, 255)),
            (max(1, int(width * 0.7)), max(1, int(height * 0.7))),
        )
        sheet.paste(picture.resize(inner), ((width - inner[0]) // 2, (height - inner[1]) // 2))
        picture = sheet
    return picture


def strokes(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """Lines drawn by hand: curves of one pen, some softened."""
    picture, draw = _paper(rng, width, height)
    ink, line = _ink(rng), max(1, int(width / rng.uniform(12, 80)))
    for _ in range(int(rng.integers(1, 9))):
        corners = np.cumsum(
            np.concatenate(
                [rng.uniform(0.2, 0.8, size=(1, 2)), rng.normal(0, 0.12, size=(int(rng.integers(3, 9)), 2))]
            ),
            axis=0,
        )
        steps = np.linspace(0, len(corners) - 1, 60)
        x, y = (np.interp(steps, np.arange(len(corners)), corners[:, i]) for i in (0, 1))
        smooth = [np.convolve(np.pad(each, 3, mode="edge"), np.ones(7) / 7, mode="valid") for each in (x, y)]
        draw.line([(u * width, v * height) for u, v in zip(*smooth, strict=True)], fill=ink, width=line, joint="curve")
    return picture.filter(ImageFilter.GaussianBlur(line / 4)) if rng.random() < 0.3 else picture


def squares(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """A field of squares: a code to scan, a checkerboard, a heat map."""
    count, kind = int(rng.integers(4, 34)), int(rng.integers(3))
    cells = rng.random((count, count))
    colours = np.array([_colour(rng), _colour(rng)]) if kind == 2 else np.array([(0, 0, 0), (255, 255, 255)])
    own = (
        cells[..., None]
        if kind == 2
        else (cells < 0.5)[..., None]
        if kind == 1
        else ((np.add.outer(np.arange(count), np.arange(count)) % 2)[..., None])
    )
    array = (colours[0] * (1 - own) + colours[1] * own).astype(np.uint8)
    sheet, edge = (
        Image.new("RGB", (width, height), (255, 255, 255)),
        int(min(width, height) * rng.choice([0, 0.05, 0.12])),
    )
    sheet.paste(
        Image.fromarray(array).resize((width - 2 * edge, height - 2 * edge), Image.Resampling.NEAREST), (edge, edge)
    )
    return sheet


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
