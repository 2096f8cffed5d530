"""Small squares compared however they lie: cropped, blurred, by their lines or waves, and moved to where they fit best.

What `disguises` is made of. Squares are float32 (n, size, size, channels) from 0 to 1, of at most 32 pixels.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from genmodels.estimates.neighbours import squared_distances
from genmodels.kinds.image.features import averaged

SIZE, MIXED = 32, 16  # pixels to which larger pictures are averaged; the grid on which halves and blends are compared
FREQUENCIES = 6  # across and down, each way
NEXT = 50  # matches behind the best ones, which are the unit
BLOCK = 512  # pictures at once
SHADES = 0.15  # difference of neighbours (of 1) that makes half a line


def small(images: np.ndarray) -> np.ndarray:
    """Pictures uint8 (n, height, width, channels) as squares of at most 32 pixels, float32 from 0 to 1."""
    size = min(SIZE, *images.shape[1:3])
    if images.shape[1:3] == (size, size):
        return images.astype(np.float32) / 255
    return np.concatenate(
        [averaged(images[part].astype(np.float32) / 255, size) for part in blocks(len(images))]
    ).astype(np.float32)


def cropped(x: np.ndarray, pixels: float) -> np.ndarray:
    """Squares (n, size, size, channels) without `pixels` on each side, enlarged to their old size (linearly)."""
    if not pixels:
        return x
    size = x.shape[1]
    places = np.clip((np.arange(size) + 0.5) * (size - 2 * pixels) / size + pixels - 0.5, 0, size - 1)
    low = np.minimum(places.astype(int), size - 2)
    weights = np.zeros((size, size), np.float32)
    weights[np.arange(size), low] = 1 - (places - low)
    weights[np.arange(size), low + 1] += places - low
    return _across(_down(x, weights), weights)


def lines(x: np.ndarray) -> np.ndarray:
    """Where colours change, whatever they are: (n, size, size, 1) from 0 to 1."""
    across, down = np.diff(x, axis=2, append=x[:, :, -1:]), np.diff(x, axis=1, append=x[:, -1:])
    strength = np.sqrt((across**2 + down**2).sum(axis=-1, keepdims=True))
    return strength / (strength + SHADES)


def waves(x: np.ndarray) -> np.ndarray:
    """Strengths of the low frequencies of squares (n, size, size, channels), of unit length (0 of a blank one)."""
    import scipy.fft

    most = max(1, min(FREQUENCIES, x.shape[1] // 2 - 1))
    found = np.abs(scipy.fft.rfft2(x, axes=(1, 2)))
    found[:, 0, 0] = 0  # how light it is does not count
    flat = found[:, np.r_[0 : most + 1, -most:0], : most + 1].reshape(len(x), -1)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-3)


def viewed(x: np.ndarray, crop: int) -> np.ndarray:
    """Squares (n, size, size, channels) blurred once, or twice where `crop` says that the view is a blurred one (-1)."""
    return smooth(smooth(x)) if crop < 0 else smooth(x)


def smooth(x: np.ndarray) -> np.ndarray:
    """Blurred by about a pixel: 1 4 6 4 1 across and down, the edges repeated."""
    size = x.shape[1]
    weights = np.zeros((size, size), np.float32)
    for step, weight in zip(range(-2, 3), (1, 4, 6, 4, 1), strict=True):
        np.add.at(weights, (np.arange(size), np.clip(np.arange(size) + step, 0, size - 1)), weight / 16)
    return _across(_down(x, weights), weights)


def _down(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return (weights @ x.reshape(len(x), x.shape[1], -1)).reshape(x.shape)


def _across(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return (weights @ x.reshape(-1, *x.shape[2:])).reshape(x.shape)


def most_alike(queries: np.ndarray, views: np.ndarray, same: np.ndarray | None) -> np.ndarray:
    """The greatest cosine (n, m) over the views of each training picture."""
    alike, room = queries @ views[0].T, None
    for each in views[1:]:
        room = np.matmul(queries, each.T, out=room)
        np.maximum(alike, room, out=alike)
    if same is not None:
        alike[same] = -1
    return alike


def next_alike(alike: np.ndarray, k: int) -> np.ndarray:
    """The mean cosine (n,) of the 50 best matches behind the first k."""
    most = min(NEXT, alike.shape[1] - 1)
    return np.clip(-np.partition(-alike, most, axis=1)[:, min(k, most - 1) : most].mean(axis=1), 0, 1)


def transformed(x: np.ndarray) -> np.ndarray:
    """The Fourier transform of squares (n, size, size, channels), the channels added up."""
    import scipy.fft

    return scipy.fft.rfft2(x @ np.ones(x.shape[3], np.float32), axes=(1, 2))


def best_moves(ours: np.ndarray, theirs: np.ndarray, size: int, most: int) -> tuple[np.ndarray, np.ndarray]:
    """How far down and across, up to `most` pixels, one square (m,) fits another best, by their Fourier transforms."""
    import scipy.fft

    fit = scipy.fft.irfft2(ours * np.conj(theirs), s=(size, size), axes=(1, 2))
    steps = np.r_[0 : most + 1, -most:0]
    best = fit[:, steps][:, :, steps].reshape(len(fit), -1).argmax(axis=1)
    return steps[best // len(steps)], steps[best % len(steps)]


def unexplained(
    x: np.ndarray, laid: np.ndarray, row: np.ndarray, where: np.ndarray, down: np.ndarray, across: np.ndarray
) -> np.ndarray:
    """The root share (m,) of the variation of x[row] that no gain and offset of laid[where], so moved, explains."""
    found = np.empty(len(row), np.float32)
    height, width = x.shape[1:3]
    step = 2 if height >= 16 else 1  # they are smooth: every second pixel says it
    for y, z in sorted({*zip(down.tolist(), across.tolist(), strict=True)}):
        rows = np.flatnonzero((down == y) & (across == z))
        ours = x[row[rows], max(y, 0) : height + min(y, 0) : step, max(z, 0) : width + min(z, 0) : step]
        theirs = laid[where[rows], max(-y, 0) : height + min(-y, 0) : step, max(-z, 0) : width + min(-z, 0) : step]
        a, b = (
            each.reshape(len(rows), -1) - each.reshape(len(rows), -1).mean(axis=1, keepdims=True)
            for each in (ours, theirs)
        )
        together = np.maximum(np.einsum("ij,ij->i", a, b), 0) ** 2
        found[rows] = 1 - together / np.maximum(np.einsum("ij,ij->i", a, a) * np.einsum("ij,ij->i", b, b), 1e-6)
    return np.sqrt(np.maximum(found, 0))


def on_a_grid(x: np.ndarray) -> np.ndarray:
    """Squares averaged over a grid of an even number of cells, at most 16 x 16."""
    cells = min(MIXED, x.shape[1] - x.shape[1] % 2)
    if x.shape[1] % cells == 0:
        pixels = x.shape[1] // cells
        return sum(x[:, down::pixels, across::pixels] for down in range(pixels) for across in range(pixels)) / pixels**2
    return np.concatenate([averaged(x[part], cells) for part in blocks(len(x))]).astype(np.float32)


def unit_rows(x: np.ndarray) -> np.ndarray:
    """Pictures as rows around their mean, of unit length (0 of a blank one)."""
    flat = x.reshape(len(x), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-3)


def squared_apart(ours: np.ndarray, theirs: np.ndarray, same: np.ndarray | None) -> np.ndarray:
    """Squared distances (n, m) of rows; infinite where `same` (n, m) forbids to compare."""
    (_, squared), *_ = list(squared_distances(ours.reshape(len(ours), -1), theirs.reshape(len(theirs), -1)))
    if same is not None:
        squared[same] = np.inf
    return squared


def blocks(n: int, size: int = BLOCK) -> Iterator[slice]:
    """Slices of at most `size` that cover n rows in their order."""
    return (slice(start, min(start + size, n)) for start in range(0, n, size))
