"""Does it copy its training pictures? Nearest training distances of samples against those of held-out pictures.

Papers: Meehan, Chaudhuri and Dasgupta 2020, arXiv 2004.05675 (C_T: rank samples and held-out pictures together by
their distance to the nearest training picture; samples that come first too often are copies); Carlini et al. 2023,
arXiv 2301.13188 (divide that distance by the mean distance to the 50 next training pictures).

A distance is the root mean square difference of pixels, 0 to 1. It is divided as Carlini et al. do, because a blurred
picture is near to everything: on OpenMoji the mean of the training pictures and samples of a fitted normal
distribution, which copy nothing, were ranked as copies by the plain distance (C_T from -9 to -14) and not by this one.

Where this differs: C_T is computed in one cell (no partition), and stands beside P(nearer), the probability that a
sample is relatively nearer than a held-out picture, which, unlike C_T, does not grow with n. Blur alone moves that too:
held-out OpenMoji people seen through 32 principal components reached 0.72. So above 0.5 it warns, and only from 0.8 fails.

The share of copies is judged exactly: were samples like held-out pictures, every order of them would be equally
likely, so the number of samples nearer than the j-th nearest of m held-out pictures would be beta-binomial. Two such
thresholds are tried (the nearest, and the nearest 1 %), each at half the error rate of 2.5 %.

Known limits: shifted, recoloured or partly copied pictures are far in pixels; copies of a training picture that has 50
near twins don't stand out; how small a share of copies can be found depends on the held-out pictures (about 4.4 / m).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.audits import audit
from genmodels.findings import Estimate, Finding, clopper_pearson, judge
from genmodels.neighbours import nearest
from genmodels.refusal import Refusal
from genmodels.subject import Subject

NEXT = 50  # training pictures that a distance is compared with (Carlini et al. 2023)
NEAREST_SHARE = 0.01  # of the held-out pictures: the second threshold
TAIL = 0.025  # of each side of an interval
RESOLUTION = 0.05  # a pass excludes a share of copies above this
LEAST = 20  # pictures of each kind
SHOWN = 8  # closest pairs kept as exhibits
REMEDY = "Look at the pairs; train for fewer epochs, on more or more varied pictures, or with a smaller model."


@dataclass(frozen=True)
class Nearness:
    """For n pictures: the nearest training picture, its distance (0 to 1), and that relative to the 50 next ones."""

    index: np.ndarray
    distance: np.ndarray
    relative: np.ndarray


@audit("memorisation", question="Does it copy its training pictures?")
def memorisation(subject: Subject, *, copies: float = 0.0, nearer: float = 0.8) -> list[Finding]:
    """Compares how near samples and held-out pictures come to training pictures.

    `copies` is the share of copies that is accepted, `nearer` the accepted P(nearer). Raises `Refusal` where there
    are fewer than 20 samples, or fewer than 20 different held-out or training pictures.
    """
    train, held_out, samples = subject.data.train.images, subject.data.test.images, subject.samples
    different = {"training": _different(train), "held-out": _different(held_out), "generated": len(samples)}
    for what, count in different.items():
        if count < LEAST:
            raise Refusal(
                f"There are {count} different {what} pictures; at least {LEAST} are needed to tell copies from chance."
            )
    ours, theirs = nearness(samples, train), nearness(held_out, train)
    exhibits = closest_pairs(ours)
    score = data_copying_score(ours.relative, theirs.relative)
    return [
        judge(
            "memorisation", "No more samples are near-copies of training pictures than chance would have it (share of copies)",
            share_of_copies(ours.relative, theirs.relative), limit=copies, resolution=RESOLUTION, remedy=REMEDY, exhibits=exhibits,
        ),
        judge(
            "memorisation", f"Samples are no nearer to training pictures than held-out pictures are (P(nearer); C_T = {score:.1f})",
            probability_nearer(ours.relative, theirs.relative), limit=nearer, warn=0.5, remedy=REMEDY, exhibits=exhibits,
        ),
    ]  # fmt: skip


def nearness(pictures: np.ndarray, train: np.ndarray) -> Nearness:
    """How near pictures come to training pictures, both uint8 (n, height, width, channels)."""
    flat, reference = (x.reshape(len(x), -1).astype(np.float32) / 255 for x in (pictures, train))
    index, distance = nearest(flat, reference, 1 + NEXT)
    distance /= np.sqrt(flat.shape[1])
    others = distance[:, 1:].mean(axis=1)
    if not others.all():
        raise Refusal(
            "More than 50 training pictures are alike, so that nothing can be told from the distance to them."
        )
    return Nearness(index[:, 0], distance[:, 0], distance[:, 0] / others)


def probability_nearer(samples: np.ndarray, held_out: np.ndarray) -> Estimate:
    """P(a sample's number is below a held-out one's), ties half, 0.5 where they are alike; interval by DeLong et al. 1988."""
    n, m = len(samples), len(held_out)
    ordered = np.sort(held_out)
    above = m - (np.searchsorted(ordered, samples, "left") + np.searchsorted(ordered, samples, "right")) / 2
    ordered = np.sort(samples)
    below = (np.searchsorted(ordered, held_out, "left") + np.searchsorted(ordered, held_out, "right")) / 2
    value = float(above.mean() / m)
    variance = float((above / m).var(ddof=1) / n + (below / n).var(ddof=1) / m)
    reach = 1.959964 * max(
        float(np.sqrt(variance)), 0.5 / min(n, m)
    )  # never of no width where they don't overlap at all
    return Estimate(value, max(0.0, value - reach), min(1.0, value + reach), n)


def data_copying_score(samples: np.ndarray, held_out: np.ndarray) -> float:
    """C_T in one cell: the Mann-Whitney statistic as standard deviations from what chance would give; negative is copying."""
    n, m = len(samples), len(held_out)
    value = probability_nearer(samples, held_out).value
    return (0.5 - value) * n * m / float(np.sqrt(n * m * (n + m + 1) / 12))


def share_of_copies(samples: np.ndarray, held_out: np.ndarray) -> Estimate:
    """The share of samples that are nearer than chance explains, by the threshold that shows more of them.

    The interval is simultaneous over the two thresholds; it never undercovers but for its numerical integration.
    """
    m = len(held_out)
    ordered = np.sort(held_out)
    estimates = [_excess(int((samples < ordered[j - 1]).sum()), len(samples), j, m)
                 for j in sorted({1, int(np.ceil(NEAREST_SHARE * m))})]  # fmt: skip
    return max(estimates, key=lambda estimate: (estimate.low, -estimate.high))


def _excess(k: int, n: int, j: int, m: int) -> Estimate:
    """The share c of copies where k of n samples lie below the j-th of m held-out values.

    Those that are no copies lie there with a probability p that is Beta(j, m + 1 - j); copies always do. The lower end
    is the c under which as many as k are improbable. The upper end is that of the share below, k / n, since a model
    whose other samples are farther off than held-out pictures may put fewer there than chance.
    """
    from scipy.optimize import brentq
    from scipy.stats import beta, binom

    tail = TAIL / 2
    chance = beta.ppf((np.arange(2000) + 0.5) / 2000, j, m + 1 - j)

    def at_least(c: float) -> float:
        return float(binom.sf(k - 1, n, c + (1 - c) * chance).mean()) - tail

    low = brentq(at_least, 0, 1) if at_least(0) < 0 else 0.0
    high = clopper_pearson(k, n, 1 - 2 * tail).high
    expected = j / (m + 1)
    return Estimate(max(low, (k / n - expected) / (1 - expected)), low, high, n)


def _different(pictures: np.ndarray) -> int:
    return len({picture.tobytes() for picture in pictures})


def closest_pairs(found: Nearness) -> list[Mapping[str, Any]]:
    """The samples relatively nearest to a training picture: sample, training (indices), distance, relative."""
    return [
        {
            "sample": int(i),
            "training": int(found.index[i]),
            "distance": float(found.distance[i]),
            "relative": float(found.relative[i]),
        }
        for i in np.argsort(found.relative, kind="stable")[:SHOWN]
    ]
