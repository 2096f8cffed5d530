"""A picture laid over another where it fits best: moved, and stretched across and down, each by itself.

Gauss-Newton on the place (Lucas and Kanade 1981), with gain and offset solved for along the way. A place is (down, height,
across, width): the window of the other picture, as shares of its sides, that is seen; (0, 1, 0, 1) is the whole.
"""

from __future__ import annotations

import numpy as np

NARROWEST, WIDEST, OUTSIDE = 0.7, 1.1, 0.12  # of a window; how far it may lie outside
FLOOR = 1e-3  # of the variation of a map (a standard deviation per pixel), below which it is blank
DAMPING = 1e-3
PARTS = 4  # each way, of which the worst one says how far off a picture is


def windows(pictures: np.ndarray, places: np.ndarray, side: int) -> np.ndarray:
    """What is seen of each picture (n, height, width, maps) through its window (n, 4): means (n, side, side, maps), edges repeated."""
    n, height, width, maps = pictures.shape
    down, across = _weights(places[:, 0], places[:, 1], height, side), _weights(places[:, 2], places[:, 3], width, side)
    rows = (down @ pictures.reshape(n, height, -1)).reshape(n, side, width, maps)
    return across[:, None] @ rows


def _weights(start: np.ndarray, length: np.ndarray, size: int, side: int) -> np.ndarray:
    """(n, side, size): the share of each of the pixels in each of the cells of a window, which add up to 1."""
    edges = (start[:, None] + np.arange(side + 1) / side * length[:, None]) * size
    edges = np.clip(edges, np.arange(side + 1) * 1e-3, size - (side - np.arange(side + 1)) * 1e-3)
    ends = np.clip(edges[:, :, None] - np.arange(size, dtype=np.float32), 0, 1)
    shared = np.diff(ends, axis=1)
    return np.asarray(shared / shared.sum(axis=2, keepdims=True), np.float32)


def fitted(ours: np.ndarray, theirs: np.ndarray, places: np.ndarray, steps: int) -> np.ndarray:
    """The places (n, 4) where `theirs` fit `ours` best, found from where they are near.

    ours are (n, side, side, 1), theirs may be of any size.
    """
    n, side = ours.shape[:2]
    y = ((np.arange(side) + 0.5) / side).astype(np.float32)
    flat, places = ours.reshape(n, -1), places.astype(np.float32)
    for _ in range(steps):
        seen = windows(theirs, places, side)[..., 0]
        down, across = np.gradient(seen, axis=(1, 2))
        # a window that begins later by d shows d / height more of the slope per share of its own side
        down, across = down * side / places[:, 1, None, None], across * side / places[:, 3, None, None]
        columns = np.stack([down, down * y[:, None], across, across * y, seen, np.ones_like(seen)], axis=1).reshape(
            n, 6, -1
        )
        square = columns @ columns.transpose(0, 2, 1)
        square += DAMPING * np.eye(6, dtype=np.float32) * np.trace(square, axis1=1, axis2=2)[:, None, None] / 6
        solved = np.linalg.solve(square, (columns @ flat[:, :, None]))[:, :, 0]
        gain = np.where(np.abs(solved[:, 4]) > 0.2, solved[:, 4], np.inf)
        places = _within(places + np.clip(solved[:, :4] / gain[:, None], -0.06, 0.06))
    return places


def _within(places: np.ndarray) -> np.ndarray:
    length = np.clip(places[:, 1::2], NARROWEST, WIDEST)
    start = np.clip(places[:, ::2], -OUTSIDE, 1 + OUTSIDE - length)
    return np.stack([start[:, 0], length[:, 0], start[:, 1], length[:, 1]], axis=1)


def unexplained(ours: np.ndarray, theirs: np.ndarray, places: np.ndarray, offsets: bool = True) -> np.ndarray:
    """The root share (n,) of the variation of ours (n, side, side, maps) that no gain and offset of their windows explains.

    Only pixels whose window lies inside the other picture count. 0 is the same picture; 1 has nothing of it. Each map has
    an `offset` of its own, or all have one, as light has.
    """
    a, b, floor = _centred(ours, windows(theirs, places, ours.shape[1]), _inside(places, ours.shape[1]), offsets)
    own, other, together = _products(a, b)
    return np.sqrt(np.maximum(1 - together**2 / (np.maximum(own, floor) * np.maximum(other, floor)), 0))


def worst_part(ours: np.ndarray, theirs: np.ndarray, places: np.ndarray, offsets: bool = True) -> np.ndarray:
    """How far off (n,) the worst of `PARTS` x `PARTS` parts is, one gain and offset being found for the whole; 0 to 2.

    What is left of a part is set against the variation of that part and the mean one together. Another drawing by the same
    hand differs much in few parts, where wear by compression or another size is spread over all of them.
    """
    n, side, _, maps = ours.shape
    a, b, floor = _centred(ours, windows(theirs, places, side), _inside(places, side), offsets)
    _, other, together = _products(a, b)
    b *= (together / np.maximum(other, floor))[:, None, None, None]
    left, own = ((each.reshape(n, PARTS, -1, PARTS, side // PARTS * maps) ** 2).sum(axis=(2, 4)) for each in (a - b, a))
    varied = (own + (b.reshape(n, PARTS, -1, PARTS, side // PARTS * maps) ** 2).sum(axis=(2, 4))) / 2
    least = np.maximum(varied.mean(axis=(1, 2)), floor / PARTS**2)[:, None, None]
    return np.asarray(np.sqrt((left / (varied + least)).reshape(n, -1).max(axis=1)))


def _inside(places: np.ndarray, side: int) -> np.ndarray:
    """1 where a pixel's window lies inside the other picture, else 0: (n, side, side, 1)."""
    inside = [
        np.abs(places[:, at, None] + (np.arange(side) + 0.5) / side * places[:, at + 1, None] - 0.5) <= 0.5
        for at in (0, 2)
    ]
    return (inside[0][:, :, None] & inside[1][:, None, :]).astype(np.float32)[..., None]


def _products(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of both with themselves, and with each other where they agree in sign: (n,) each."""
    own, other, together = (np.einsum("nijc,nijc->n", x, y) for x, y in ((a, a), (b, b), (a, b)))
    return own, other, np.maximum(together, 0)


def _centred(
    a: np.ndarray, b: np.ndarray, weight: np.ndarray, offsets: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both around their means over the weighted pixels, and the sum of squares (n,) below which there is nothing in them."""
    found = []
    for x in (a, b):
        mean = (x * weight).sum(axis=(1, 2), keepdims=True) / np.maximum(weight.sum(axis=(1, 2), keepdims=True), 1)
        found.append((x - (mean if offsets else mean.mean(axis=3, keepdims=True))) * weight)
    return found[0], found[1], FLOOR**2 * weight.sum(axis=(1, 2, 3)) * a.shape[3]
