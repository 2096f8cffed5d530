"""Can an icon still be told from others when it is drawn small? Counted on glances by a plain observer, which is no person.

A glance is the icon at so many pixels, moved by up to half a pixel, blurred and with noise; the observer takes it for the
icon of the set whose own small drawing is most like it. What it confuses, people confuse too; what it tells apart, people in
bad light may not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genmodels.estimates.clustered import clustered
from genmodels.estimates.estimate import Estimate
from genmodels.kinds.image.files import resized
from genmodels.refusal import Refusal

GLANCES = 20  # at each icon
BLUR, NOISE, FAINT = 0.6, 0.08, 0.5  # pixels; standard deviation of 1, black to white; the least share of full contrast
MOVED = 0.5  # pixels


@dataclass(frozen=True)
class Legible:
    """n icons: how often (n,) each is taken for itself at that size, for which other one (n,) it is taken most, -1 for none."""

    side: int
    right: np.ndarray
    taken_for: np.ndarray

    def share(self, drawings: Sequence[object] | np.ndarray) -> Estimate:
        """The share of glances that are right, with an interval over drawings (n,)."""
        return clustered(self.right, drawings)


def told_apart(icons: np.ndarray, side: int = 16, seed: int = 0, glances: int = GLANCES) -> Legible:
    """Glances at each of the icons (n, size, size, 1) at `side` pixels, among all of them. Raises `Refusal` for fewer than two."""
    from scipy.ndimage import gaussian_filter, shift

    if len(icons) < 2:
        raise Refusal(f"There is {len(icons)} icon, so there is none that it could be taken for; give at least two.")
    small = resized(icons, (side, side, 1))[..., 0].astype(np.float64) / 255
    ideal = _unit(np.stack([gaussian_filter(each, BLUR) for each in small]).reshape(len(small), -1))
    rng, taken = np.random.default_rng([seed, 61]), np.zeros((len(small), len(small)))
    for i, each in enumerate(small):
        seen = np.stack(
            [
                gaussian_filter(shift(each, rng.uniform(-MOVED, MOVED, 2), order=1), BLUR) * rng.uniform(FAINT, 1)
                for _ in range(glances)
            ]
        )
        seen += rng.normal(0, NOISE, seen.shape)
        alike = _unit(seen.reshape(glances, -1)) @ ideal.T
        best = alike >= alike.max(axis=1, keepdims=True) - 1e-9  # of two that are the same, half a glance each
        taken[i] = (best / best.sum(axis=1, keepdims=True)).mean(axis=0)
    right = np.diag(taken).copy()
    np.fill_diagonal(taken, 0)
    return Legible(side, right, np.where(taken.any(axis=1), taken.argmax(axis=1), -1))


def _unit(rows: np.ndarray) -> np.ndarray:
    """Rows of length 1 around their mean."""
    rows = rows - rows.mean(axis=1, keepdims=True)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
