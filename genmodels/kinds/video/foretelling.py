"""Frames from other frames without a model: what a model of clips must do better than.

All take a clip, uint8 (frames, height, width, 3), and which of its frames are known, bool (frames,), and give the clip with the
others filled in. `flow` moves whole frames by what phase correlation finds (Kuglin and Hines 1975).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

import numpy as np

from genmodels.kinds.video.tracking import grounds

Foretell = Callable[[np.ndarray, np.ndarray], np.ndarray]


def next_frames(frames: int) -> np.ndarray:
    """The first half is known, bool (frames,)."""
    return np.arange(frames) < frames // 2


def between_frames(frames: int) -> np.ndarray:
    """The first and the last are known, and as many between them as lie five apart."""
    known = np.arange(frames) % 5 == 0
    known[-1] = True
    return known


def held(clip: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Each unknown frame is the known one before it; before the first known one, that."""
    last = np.maximum.accumulate(np.where(known, np.arange(len(clip)), -1))
    return clip[np.where(last < 0, int(np.argmax(known)), last)]


def interpolated(clip: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Each unknown frame is a mean of the known ones around it, weighted by how near they are; behind the last one, that."""
    filled = held(clip, known).copy()
    for before, after in _gaps(known):
        for place in range(before + 1, after):
            share = (place - before) / (after - before)
            filled[place] = np.round((1 - share) * clip[before] + share * clip[after])
    return filled


def flow(clip: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Each unknown frame is a known one moved on, as fast as known frames move: the one before, and the one behind where there is one."""
    ground, filled, at = grounds(clip[None])[0], held(clip, known).copy(), np.flatnonzero(known)
    for before, after in _gaps(known):
        way = shift_between(clip[before], clip[after], ground)
        for place in range(before + 1, after):
            share = (place - before) / (after - before)
            there = moved(clip[before], share * way, ground), moved(clip[after], (share - 1) * way, ground)
            filled[place] = np.round((1 - share) * there[0].astype(float) + share * there[1])
    if len(at) > 1 and at[-1] < len(clip) - 1:
        first = int(at[np.searchsorted(at, max(int(at[0]), int(at[-1]) - 4))])
        way = shift_between(clip[first], clip[at[-1]], ground) / (at[-1] - first)
        for place in range(at[-1] + 1, len(clip)):
            filled[place] = moved(clip[at[-1]], (place - at[-1]) * way, ground)
    return filled


FLOORS: Mapping[str, Mapping[str, Foretell]] = {
    "next frames": {"copy of the last frame": held, "optical flow": flow},
    "frames between": {"linear interpolation": interpolated, "optical flow": flow},
}
KNOWN = {"next frames": next_frames, "frames between": between_frames}


def error(clip: np.ndarray, filled: np.ndarray, known: np.ndarray) -> float:
    """Root mean square difference of the frames that were not known, 0 to 1."""
    apart = clip[~known].astype(float) - filled[~known]
    return float(np.sqrt((apart**2).mean()) / 255)


def shift_between(first: np.ndarray, second: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """By how many pixels (down, right) the second frame is the first one moved, to parts of a pixel."""
    one, two = (np.abs(each.astype(float) - ground).sum(axis=-1) for each in (first, second))
    height, width = one.shape
    product = np.conj(np.fft.fft2(one)) * np.fft.fft2(two)
    waves = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None])
    smooth = np.exp(-((waves / 0.2) ** 2))  # so that the peak is wider than a pixel
    found = np.fft.ifft2(product / np.maximum(np.abs(product), 1e-9) * smooth).real
    peak = np.unravel_index(int(found.argmax()), found.shape)
    return np.array([_refined(np.take(found, peak[1 - axis], axis=1 - axis), int(peak[axis])) for axis in (0, 1)])


def _refined(line: np.ndarray, at: int) -> float:
    """Where a parabola through the peak of a line and its neighbours is highest, from -length / 2 to length / 2."""
    n = len(line)
    left, middle, right = line[at - 1], line[at], line[(at + 1) % n]
    bend = left - 2 * middle + right
    place = at + (0.5 * (left - right) / bend if bend < 0 else 0.0)
    return float((place + n / 2) % n - n / 2)


def moved(frame: np.ndarray, way: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """A frame moved by parts of pixels (down, right); the ground comes in at the edges."""
    from scipy.ndimage import shift

    channels = [shift(frame[..., c].astype(float), way, order=1, cval=ground[c]) for c in range(3)]
    return np.clip(np.round(np.stack(channels, axis=-1)), 0, 255).astype(np.uint8)


def _gaps(known: np.ndarray) -> list[tuple[int, int]]:
    at = np.flatnonzero(known).tolist()
    return [(a, b) for a, b in itertools.pairwise(at) if b > a + 1]
