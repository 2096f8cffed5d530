"""Do outputs lie among pictures that the model never saw, do they reach all of them, and do they vary as much?

The pictures compared with are dealt into two halves by families. What one half is to the other is what nobody did wrong looks
like: outputs are held against the second half beside the first one, as many of it as there are outputs or fewer. Balls are
those of `metrics.precision_recall` (Kynkaanniemi et al. 2019; Naeem et al. 2020; k = 5):

    odd          outputs in no ball of the second half, less the same of the first half
    missed       balls of the second half without any output, less those without any of the first half
    less varied  1 - mean distance between two outputs / mean distance between two of the first half
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from genmodels.checks.named_space import Placed
from genmodels.estimates.clustered import share_over
from genmodels.estimates.estimate import Estimate
from genmodels.estimates.neighbours import radii, squared_distances
from genmodels.estimates.prediction_powered import difference
from genmodels.refusal import Refusal

K = 5  # neighbours
LEAST, LEAST_FAMILIES = 40, 20  # outputs; families of a half
NORMAL_REACH = 1.96
SPACE_MARGIN = 1e-9


@dataclass(frozen=True)
class Held:
    """Outputs (m) and the first half (a) held against the second half (b).

    `odd` are flags (m,) and (a,) of what lies in no ball; `inside` which balls hold it, (m, b) and (a, b); `apart` distances
    between two of one side, (m, m) and (a, a); `families` (a,) and (b,); `prompts` (m,) say which outputs belong together;
    `second` (b,) are the rows of the second half among the pictures compared with.
    """

    odd: tuple[np.ndarray, np.ndarray]
    inside: tuple[np.ndarray, np.ndarray]
    apart: tuple[np.ndarray, np.ndarray]
    families: tuple[np.ndarray, np.ndarray]
    prompts: np.ndarray
    second: np.ndarray

    @cached_property
    def empty(self) -> tuple[np.ndarray, np.ndarray]:
        """Which balls (b,) hold no output, and which none of the first half, of as many of either."""
        few = min(len(each) for each in self.inside)
        rng = np.random.default_rng(89)
        ours, others = (empty_balls(each, rng.permutation(len(each))[:few]) for each in self.inside)
        return ours, others

    def nearest(self, count: int) -> list[tuple[int, int]]:
        """The pairs of outputs that are nearest to each other."""
        far = np.where(np.tri(len(self.apart[0]), dtype=bool), np.inf, self.apart[0])
        order = np.argsort(far, axis=None, kind="stable")[:count]
        return [(int(place) // len(far), int(place) % len(far)) for place in order]


def held(placed: Placed, prompts: np.ndarray, seed: int) -> Held:
    """Raises `Refusal` where there are fewer than 40 outputs or 20 families to either half."""
    first, second = _halves(placed.families, seed)
    families = placed.families[first], placed.families[second]
    fewest = min(len(np.unique(each)) for each in families)
    if len(placed.outputs) < LEAST or fewest < LEAST_FAMILIES or len(second) <= K:
        raise Refusal(
            f"There are {len(placed.outputs):,} outputs and {len(placed.reference):,} {placed.against} of {len(np.unique(placed.families)):,} kinds;"
            f" {LEAST} outputs and {2 * LEAST_FAMILIES} different {placed.against} are needed."
        )
    ours, others, balls = placed.outputs, placed.reference[first], placed.reference[second]
    reach = radii(balls, K)
    inside = _inside(ours, balls, reach), _inside(others, balls, reach)
    odd = ~np.asarray(inside[0].any(axis=1)), ~np.asarray(inside[1].any(axis=1))
    return Held(odd, inside, (_apart(ours), _apart(others)), families, prompts, second)


def _halves(families: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows of both halves, dealt by whole families."""
    names, numbers = np.unique(families, return_inverse=True)
    side = np.random.default_rng([seed, 83]).permutation(len(names)) % 2
    return np.flatnonzero(side[numbers] == 0), np.flatnonzero(side[numbers] == 1)


def _inside(points: np.ndarray, balls: np.ndarray, reach: np.ndarray) -> np.ndarray:
    found = np.empty((len(points), len(balls)), bool)
    for part, squared in squared_distances(points, balls):
        found[part] = squared < reach
    return found


def _apart(points: np.ndarray) -> np.ndarray:
    found = np.empty((len(points), len(points)), np.float32)
    for part, squared in squared_distances(points, points):
        found[part] = np.sqrt(squared)
    np.fill_diagonal(found, 0)
    return found


def odd(ours: np.ndarray, others: np.ndarray, prompts: np.ndarray, families: np.ndarray) -> Estimate:
    """How much larger the share of odd ones is among ours (m,) than among others (a,), 0 where it is not."""
    return _beyond(share_over(ours, prompts)[0], share_over(others, families)[0])


def missed(ours: np.ndarray, others: np.ndarray, families: np.ndarray) -> Estimate:
    """How much larger the share of balls (b,) that hold nothing of ours is than of those that hold nothing of others."""
    return _beyond(share_over(ours, families)[0], share_over(others, families)[0])


def _beyond(ours: Estimate, others: Estimate) -> Estimate:
    found = difference(ours, others)
    value, low = max(0.0, found.value), max(0.0, found.low)
    return Estimate(value, min(low, value), max(found.high, value), ours.n)


def empty_balls(inside: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Which balls (b,) hold none of these rows."""
    return ~inside[rows].any(axis=0)


def less_varied(ours: np.ndarray, others: np.ndarray, prompts: np.ndarray, families: np.ndarray) -> Estimate:
    """By how much ours vary less: 1 less the ratio of mean distances (m, m) and (a, a); 0 where they do not.

    The interval is the normal one of the jackknife over prompts and families, of the logarithm of the ratio.
    """
    (mean, variance), (other, its) = _mean_apart(ours, prompts), _mean_apart(others, families)
    if mean <= SPACE_MARGIN or other <= SPACE_MARGIN:
        return Estimate(1.0 if mean < other else 0.0, 0.0, 1.0, len(ours))
    reach = NORMAL_REACH * float(np.sqrt(variance + its))
    ratio = mean / other
    value = max(0.0, 1 - ratio)
    return Estimate(
        value, min(value, max(0.0, 1 - ratio * np.exp(reach))), max(value, 1 - ratio * np.exp(-reach)), len(ours)
    )


def _mean_apart(apart: np.ndarray, clusters: np.ndarray) -> tuple[float, float]:
    """The mean distance between two different ones, and the variance of its logarithm over clusters (jackknife)."""
    _, numbers = np.unique(clusters, return_inverse=True)
    n, many = len(apart), int(numbers.max()) + 1
    total = float(apart.sum(dtype=np.float64))
    sums, sizes = np.bincount(numbers, apart.sum(axis=1, dtype=np.float64)), np.bincount(numbers)
    within = np.array([apart[np.ix_(rows, rows)].sum(dtype=np.float64) for rows in _rows(numbers, many)])
    left = n - sizes
    without = (total - 2 * sums + within) / np.maximum(left * (left - 1), 1)
    mean = total / (n * (n - 1))
    if many < 2 or (without <= 0).any():
        return mean, 1.0
    logs = np.log(without)
    return mean, float((many - 1) / many * ((logs - logs.mean()) ** 2).sum())


def _rows(numbers: np.ndarray, many: int) -> list[np.ndarray]:
    order = np.argsort(numbers, kind="stable")
    return np.split(order, np.cumsum(np.bincount(numbers, minlength=many))[:-1])
