"""Out of noise, step by step: ways to follow a diffusion model from noise to a picture.

A sampler is one function. It is given `predict(noisy, angle)`, which says what clean picture it sees, the noise to
begin from and the angles to visit, and gives after each step where it is and what it saw; whoever iterates may stop.
At an angle a a picture is cos(a) clean + sin(a) noise (`models/diffusion.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from genmodels.registry import Registry

SAMPLERS = Registry("sampler")

Predict = Callable[[np.ndarray, float], np.ndarray]
Visits = Iterator[tuple[np.ndarray, np.ndarray]]  # noisy and clean pictures (n, height, width, channels) in [-1, 1]


def angles(steps: int, highest: float) -> np.ndarray:
    """The `steps` + 1 angles from `highest` down to 0, evenly spaced."""
    return np.linspace(highest, 0.0, steps + 1)


@SAMPLERS.add("ddim")
def ddim(predict: Predict, noisy: np.ndarray, angles: np.ndarray) -> Visits:
    """Song et al. 2021, arXiv 2010.02502, without noise of its own: turn what is seen to the next angle."""
    for angle, following in pairwise(angles):
        clean = predict(noisy, angle)
        noise = (noisy - np.cos(angle) * clean) / np.sin(angle)
        noisy = (np.cos(following) * clean + np.sin(following) * noise).astype("float32")
        yield noisy, clean


@SAMPLERS.add("dpm-solver++")
def dpm_solver(predict: Predict, noisy: np.ndarray, angles: np.ndarray) -> Visits:
    """DPM-Solver++(2M), Lu et al. 2022, arXiv 2211.01095: a second-order multistep method in log(signal / noise).

    The last step, to no noise at all, is what is seen.
    """
    before: np.ndarray | None = None
    last_width = 0.0
    for angle, following in pairwise(angles):
        clean = predict(noisy, angle)
        if following <= 0:
            noisy = clean
        else:
            width = np.log(np.tan(angle) / np.tan(following))  # of the step, in log(signal / noise)
            ahead = clean if before is None else clean + (clean - before) * (width / last_width) / 2
            noisy = np.sin(following) / np.sin(angle) * noisy - np.cos(following) * np.expm1(-width) * ahead
            before, last_width = clean, width
        noisy = noisy.astype("float32")
        yield noisy, clean
