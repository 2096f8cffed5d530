"""Pages with nothing to read: blank, noise, gradients, shapes, clouds, strokes, squares."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from genmodels.data.paper import colour_of, ink_of, paper_of


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
    first, second = np.array(colour_of(rng)), np.array((255, 255, 255) if rng.random() < 0.6 else colour_of(rng))
    return Image.fromarray((first * (1 - run) + second * run).astype(np.uint8))


def shapes(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """Circles, boxes and stars in plain colours, a few or many, some with an outline."""
    picture, draw = paper_of(rng, width, height)
    for _ in range(int(rng.integers(1, 9))):
        x, y, r = (
            rng.uniform(0.15, 0.85) * width,
            rng.uniform(0.15, 0.85) * height,
            rng.uniform(0.05, 0.35) * min(width, height),
        )
        corners = int(rng.integers(2, 9))
        fill, outline, line = colour_of(rng), (ink_of(rng) if rng.random() < 0.4 else None), max(1, width // 40)
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
    picture, draw = paper_of(rng, width, height)
    ink, line = ink_of(rng), max(1, int(width / rng.uniform(12, 80)))
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
    colours = np.array([colour_of(rng), colour_of(rng)]) if kind == 2 else np.array([(0, 0, 0), (255, 255, 255)])
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
