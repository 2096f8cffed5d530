"""Clips for tests, drawn here: a red square on white that moves."""

from __future__ import annotations

import numpy as np


def moving(dx: float = 1, dy: float = 0, frames: int = 16, side: int = 32, start: tuple[int, int] = (10, 5)) -> np.ndarray:
    """uint8 (frames, side, side, 3): a square of 10 pixels that moves by so many pixels a frame."""
    clip = np.full((frames, side, side, 3), 255, np.uint8)
    for number in range(frames):
        top, left = round(start[0] + dy * number), round(start[1] + dx * number)
        clip[number, max(top, 0) : max(top + 10, 0), max(left, 0) : max(left + 10, 0)] = (200, 40, 30)
    return clip
