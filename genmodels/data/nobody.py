"""Pictures in which nobody is to be seen: paper, noise, blots, text, patchwork. What a reader of people must say "nobody" of.

Blots have the mean and the covariance of real pictures and nothing else of them: what a network draws that has only
begun to learn. Patchwork and double exposures are real pictures cut up and laid over one another.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from genmodels.kinds.image.wear import blurred

SIDE, COMPONENTS = 32, 60
LETTERS = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIKLMNOPRSTUVW 0123456789 .,:;+-=()[]"


def paper(rng: np.random.Generator) -> np.ndarray:
    """One colour, white for the most part, all but even."""
    colour = np.full(3, 255.0) if rng.random() < 0.5 else rng.uniform(0, 255, 3)
    ramp = np.linspace(-1, 1, SIDE)[:, None] * rng.uniform(-1, 1) + np.linspace(-1, 1, SIDE)[None] * rng.uniform(-1, 1)
    return _eight_bit(
        colour
        + ramp[..., None] * rng.choice([2, 2, 60]) * rng.uniform(0.2, 1, 3)
        + rng.choice([0.5, 3]) * rng.standard_normal((SIDE, SIDE, 3))
    )


def noise(rng: np.random.Generator) -> np.ndarray:
    """Grains of any size, coloured or grey."""
    grains = int(rng.choice([2, 3, 4, 8, 16, 32, 32]))
    small = rng.integers(256, size=(grains, grains, 3 if rng.random() < 0.7 else 1)).astype(np.uint8)
    small = np.broadcast_to(small, (grains, grains, 3))
    how = Image.Resampling.BICUBIC if rng.random() < 0.6 else Image.Resampling.NEAREST
    return np.asarray(Image.fromarray(np.ascontiguousarray(small)).resize((SIDE, SIDE), how))


def text(rng: np.random.Generator) -> np.ndarray:
    """Lines of letters, or the rules of a table or chart."""
    large = Image.new("RGB", (4 * SIDE, 4 * SIDE), "white")
    pen, step = ImageDraw.Draw(large), int(rng.integers(9, 24))
    for top in range(int(rng.integers(0, step)), 4 * SIDE, step):
        pen.text(
            (int(rng.integers(0, 12)), top),
            "".join(rng.choice(list(LETTERS), 30)),
            fill=tuple(rng.integers(0, 90, 3).tolist()),
        )
        if rng.random() < 0.4:
            pen.line([(0, top), (4 * SIDE, top)], fill="black")
    for left in rng.integers(0, 4 * SIDE, int(rng.choice([0, 0, 3, 6]))).tolist():
        colour = tuple(rng.integers(0, 255, 3).tolist())
        pen.rectangle([left, int(rng.integers(0, 110)), left + int(rng.integers(2, 20)), 4 * SIDE], fill=colour)
    return np.asarray(large.resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def of_pictures(images: np.ndarray) -> list[Callable[[np.random.Generator], np.ndarray]]:
    """Ways to make something that is nobody out of pictures (n, 32, 32, 3): blots, patchwork, double exposures, far too much blur."""
    flat = images.reshape(len(images), -1)[:: max(1, len(images) // 600)].astype(np.float32)
    mean = flat.mean(0)
    spread, directions = np.linalg.svd((flat - mean) / np.sqrt(len(flat)), full_matrices=False)[1:]

    def blots(rng: np.random.Generator) -> np.ndarray:
        k = int(rng.integers(4, COMPONENTS))
        drawn = mean + rng.uniform(0.5, 1.6) * (rng.standard_normal(k) * spread[:k]) @ directions[:k]
        return _eight_bit(drawn.reshape(images.shape[1:]))

    def patchwork(rng: np.random.Generator) -> np.ndarray:
        side = int(rng.choice([4, 8, 8, 16]))
        cut = (
            images[rng.integers(len(images))]
            .reshape(SIDE // side, side, SIDE // side, side, 3)
            .swapaxes(1, 2)
            .reshape(-1, side, side, 3)
        )
        return (
            cut[rng.permutation(len(cut))]
            .reshape(SIDE // side, SIDE // side, side, side, 3)
            .swapaxes(1, 2)
            .reshape(images.shape[1:])
        )

    def exposures(rng: np.random.Generator) -> np.ndarray:
        moved = [np.roll(images[i], tuple(rng.integers(-10, 11, 2)), (0, 1)) for i in rng.integers(len(images), size=4)]
        return _eight_bit(255 - np.clip(1.5 * sum(255.0 - each for each in moved) / len(moved), 0, 255))

    def too_much(rng: np.random.Generator) -> np.ndarray:
        return blurred(images[rng.integers(len(images))], float(rng.uniform(3.5, 8)))

    return [blots, blots, patchwork, exposures, too_much]


def nobody(n: int, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """n pictures, uint8 (n, 32, 32, 3), of all these kinds in turn; `images` are what some are made of."""
    ways = [paper, noise, text, photograph, *of_pictures(images)]
    return np.stack([ways[number % len(ways)](rng) for number in range(n)])


def photograph(rng: np.random.Generator) -> np.ndarray:
    """A piece of a photograph of a building that comes with scikit-learn."""
    from sklearn.datasets import load_sample_image

    whole = load_sample_image("china.jpg")
    side = int(rng.integers(40, 400))
    top, left = (int(rng.integers(0, size - side)) for size in whole.shape[:2])
    piece = Image.fromarray(whole[top : top + side, left : left + side])
    return np.asarray(piece.resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def _eight_bit(values: np.ndarray) -> np.ndarray:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)
