"""How many samples are copies, as they are or changed, beyond what chance makes: counted on pictures that nobody copied.

What chance does is counted by the same search on held-out pictures, and on training pictures against the others. Variants
of one drawing are alike, so it is drawings that count, on both sides (Korn and Graubard 1998).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from genmodels.checks.disguises import LIMITS, Disguises, Matches
from genmodels.data.dataset import Dataset
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.estimates.ranks import at_least, excess
from genmodels.kinds.image.near_copies import Nearness, Strangers, families_of, nearness, strangers

PLAIN = "as it is"
NEAR = {
    PLAIN: (0.02, 0.1, 0.25),
    **LIMITS,
}  # relative distances, and scores of changed copies, below which a picture counts
# Error rate of the lower ends of all intervals of copies together: at 2.5 % more than 5 % of innocents were accused,
# since accidents come in families.
TAIL = 0.005
TESTS = sum(map(len, NEAR.values()))
CHANGED = 1000  # of the held-out pictures, and of the others that nobody copied, that are looked at for changed copies
LOOKED = 2000  # of the samples, drawn at random, that are: about as many as there are pictures that nobody copied


@dataclass(frozen=True)
class Looked:
    """What the search found for n pictures: by kind of copy the scores (n,) and the drawings (n,) that they came nearest to."""

    scores: Mapping[str, np.ndarray]
    hits: Mapping[str, np.ndarray]

    def take(self, index: Mapping[str, np.ndarray]) -> Looked:
        """Some of them, by kind."""
        return Looked(
            {kind: self.scores[kind][rows] for kind, rows in index.items()},
            {kind: self.hits[kind][rows] for kind, rows in index.items()},
        )

    def beside(self, other: Looked) -> Looked:
        """These, and others behind them."""
        both = [
            {kind: np.concatenate([own[kind], more[kind]]) for kind in own}
            for own, more in ((self.scores, other.scores), (self.hits, other.hits))
        ]
        return Looked(*both)


class Originals:
    """The training pictures of a data set, and the pictures that nobody copied: what samples are held against."""

    def __init__(self, data: Dataset) -> None:
        self.data, self.drawings = data, families_of(data.train)
        self.disguises = Disguises(data.train.images)

    def look(self, pictures: np.ndarray) -> tuple[Nearness, dict[str, Matches], Looked]:
        """How near pictures, uint8 (n, height, width, channels), come to training pictures, as they are and, those of `looked_at`, changed."""
        near = nearness(pictures, self.data.train.images)
        changed = self.disguises.search(pictures[looked_at(len(pictures))])
        scores = {PLAIN: near.relative} | {kind: found.score for kind, found in changed.items()}
        hits = {PLAIN: self.drawings[near.index]} | {
            kind: self.drawings[found.index] for kind, found in changed.items()
        }
        return near, changed, Looked(scores, hits)

    @cached_property
    def unseen(self) -> tuple[Looked, Mapping[str, np.ndarray], Strangers]:
        """The same of pictures that nobody copied; by kind their own drawings; and the pictures."""
        others = strangers(self.data)
        held_out = len(self.data.test)
        few = np.random.default_rng(0).permutation(held_out)[:CHANGED]
        few = np.sort(np.concatenate([few, np.arange(held_out, min(held_out + CHANGED, len(others)))]))
        changed = self.disguises.search(others.images[few], (others.keys[few], others.train_keys))
        scores = {PLAIN: others.near.relative} | {kind: found.score for kind, found in changed.items()}
        hits = {PLAIN: self.drawings[others.near.index]} | {
            kind: self.drawings[found.index] for kind, found in changed.items()
        }
        own = np.unique(others.families, return_inverse=True)[1]
        families = {PLAIN: own} | dict.fromkeys(changed, own[few])
        return Looked(scores, hits), families, others


def looked_at(n: int) -> np.ndarray:
    """Which of n samples are looked at for changed copies: all, or so many drawn at random; in their order."""
    return np.sort(np.random.default_rng(0).permutation(n)[:LOOKED])


def shares_of_copies(ours: Looked, unseen: Looked, families: Mapping[str, np.ndarray]) -> dict[str, Estimate]:
    """By kind of copy the share of samples that are nearer than chance explains; the intervals hold together at 99 %."""
    return {
        kind: share_of_copies(ours.scores[kind], ours.hits[kind], unseen.scores[kind], families[kind], limits, TESTS)
        for kind, limits in NEAR.items()
    }


def share_of_copies(
    samples: np.ndarray,
    hits: np.ndarray,
    unseen: np.ndarray,
    families: np.ndarray,
    limits: Sequence[float] = NEAR[PLAIN],
    tests: int = 3,
) -> Estimate:
    """The share of samples (n,) that are nearer than chance explains, by the limit that shows more of them.

    `hits` (n,) is the drawing that each sample came nearest to: samples near to variants of one drawing may be one
    accident, and count together. Chance is counted on `unseen` pictures (m,), of which those of one family are alike. The
    interval, 99 %, is simultaneous over `tests` limits at its lower end, which accuses, and over these `limits` at its upper
    end, which is that of the share of near samples.
    """
    hits, families = (np.unique(each, return_inverse=True)[1] for each in (hits, families))
    estimates = []
    for limit in limits:
        k, n, by_chance, m = independent_counts(samples < limit, hits, unseen < limit, families)
        low = excess(k, n, by_chance, m, TAIL / tests).low
        near, chance = float((samples < limit).mean()), by_chance / m
        high = clopper_pearson(int((samples < limit).sum()), len(samples), 1 - 2 * TAIL / len(limits)).high
        value = max(low, (near - chance) / (1 - chance))
        estimates.append(Estimate(value, low, max(high, value), len(samples)))
    return max(estimates, key=lambda estimate: (estimate.low, -estimate.high))


def accused(
    ours: Looked, unseen: Looked, families: Mapping[str, np.ndarray], limit: float, kinds: Sequence[str]
) -> bool:
    """Whether the share of any of these kinds of copies is so large that it is improbable at `limit`, without the shares."""
    for kind in kinds:
        for near in NEAR[kind]:
            counts = independent_counts(
                ours.scores[kind] < near, ours.hits[kind], unseen.scores[kind] < near, families[kind]
            )
            if counts[0] * counts[3] > counts[2] * counts[1] and at_least(*counts, limit) < TAIL / TESTS:
                return True
    return False


def verdict_on_copies(
    ours: Looked, unseen: Looked, families: Mapping[str, np.ndarray], limit: float, effect: float
) -> str:
    """The verdict that the share of plain copies would get, without the share."""
    if accused(ours, unseen, families, limit, (PLAIN,)):
        return "fail"
    fewest = min(int((ours.scores[PLAIN] < near).sum()) for near in NEAR[PLAIN])
    high = clopper_pearson(fewest, len(ours.scores[PLAIN]), 1 - 2 * TAIL / len(NEAR[PLAIN])).high
    return "not measured" if high > limit + effect else "pass"


def independent_counts(
    near: np.ndarray, hits: np.ndarray, chance: np.ndarray, families: np.ndarray
) -> tuple[int, int, float, float]:
    """k near of n samples, and how many of m unseen pictures: as many as there are independent ones."""
    n, m = max(1, round(_independent(near, hits))), _independent(chance, families)
    return round(float(near.mean()) * n), n, float(chance.mean()) * m, m


def _independent(flags: np.ndarray, codes: np.ndarray) -> float:
    """`effective_number` of flags (n,) whose clusters are small whole numbers (n,): it is asked for thousands of times."""
    counts = np.bincount(codes)
    there = counts > 0
    k, n, mean = int(there.sum()), len(flags), float(flags.mean())
    off = (np.bincount(codes, flags, len(counts)) - mean * counts)[there]
    variance = k / max(k - 1, 1) * float(off @ off) / n**2
    return min(n, mean * (1 - mean) / variance) if variance > 0 else k
