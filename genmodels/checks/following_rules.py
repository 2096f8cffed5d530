"""The rules by which it is judged whether prompts are followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from genmodels.estimates.clustered import effective_number
from genmodels.estimates.corrected_shares import LEVEL, Errors, holm
from genmodels.estimates.estimate import Estimate

DRAWS = 2000


def slips(rates: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """How often two pictures of one group are read as two groups, by error rates (..., classes, classes); those of which
    nobody is read are left out."""
    groups = len(shares)
    among = rates[..., :groups, :groups]
    among = among / np.maximum(among.sum(axis=-1, keepdims=True), 1e-9)
    return 1 - ((among**2).sum(axis=-1) * shares).sum(axis=-1)


def changed(
    differ: np.ndarray,
    clusters: np.ndarray,
    errors: Sequence[Errors],
    shares: np.ndarray,
    draws: int = DRAWS,
    seed: int = 0,
) -> Estimate:
    """The share of pairs (n,) in which a group really changed, from those read differently, with its 97 % interval.

    Read differently are the changed ones, and of the others as many as the reader slips. Slips are those of its counted
    errors, if the two pictures of a pair are misread apart; misread alike they would be none, so the upper end takes
    none for granted.
    """
    rng = np.random.default_rng([seed, 9])
    effective = effective_number(differ.astype(float), clusters)
    found = differ.mean() * effective
    seen = rng.beta(found + 0.5, effective - found + 0.5, size=draws)
    value = float(differ.mean())
    slipped = [slips(each.draw(rng, draws), shares) for each in errors]
    expected = float(slips(errors[0].rates, shares))
    low = min(float(np.quantile((seen - each) / np.maximum(1 - each, 1e-6), LEVEL / 2)) for each in slipped)
    middle = max(0.0, (value - expected) / max(1 - expected, 1e-6))
    low = max(0.0, low) if found else 0.0
    return Estimate(max(middle, low), low, max(float(np.quantile(seen, 1 - LEVEL / 2)), middle, low), len(differ))


def told_apart(hits: np.ndarray, taken: np.ndarray, each: int, total: int) -> np.ndarray:
    """Which roles (n,) are found behind their own prompts more often than behind others' (bool), 3 % for all together (Holm 1979).

    Of `each` pictures of every prompt `hits` were taken for their own role; of all `total` pictures `taken` were taken
    for it. Who draws the same whatever is asked has as many behind every prompt.
    """
    from scipy.stats import binom

    others = (taken - hits + 1) / (total - each + 2)
    return holm(binom.sf(hits - 1, each, others)) <= LEVEL


@dataclass(frozen=True)
class Followed:
    """Held-out captions (rows,) asked again and again, and whether what is drawn, and real pictures, are read as asked.

    `drawn` (n,) with their rows `again`; `real` (ways, rows): of the real pictures as drawn, and worn as the drawn ones
    may be.
    """

    groups: Mapping[str, np.ndarray]
    again: np.ndarray
    drawn: np.ndarray
    real: np.ndarray

    @property
    def named(self) -> list[tuple[str, str]]:
        """Every group as (grouping, name)."""
        return [(grouping, str(name)) for grouping, values in self.groups.items() for name in np.unique(values)]

    def lost(self) -> dict[tuple[str, str], Estimate]:
        """For each group by how much less often it is followed than the others, beyond what the reader loses of real
        pictures; intervals hold for all groups at once, and however the pictures are worn."""
        from scipy.stats import norm

        width, rows = float(norm.ppf(1 - LEVEL / len(self.named) / 2)), np.arange(self.real.shape[1])
        found = {}
        for grouping, name in self.named:
            own = self.groups[grouping] == name
            drawn = [mean_of(self.drawn[part[self.again]], self.again[part[self.again]]) for part in (own, ~own)]
            each = []
            for real in self.real:
                kept = [mean_of(real[part], rows[part]) for part in (own, ~own)]
                value = (kept[0][0] - drawn[0][0]) - (kept[1][0] - drawn[1][0])
                reach = width * float(np.sqrt(sum(variance for _, variance in (*kept, *drawn))))
                each.append((value, value - reach, value + reach))
            found[grouping, name] = Estimate(
                each[0][0], min(e[1] for e in each), max(e[2] for e in each), int(own[self.again].sum())
            )
        return found

    def worst(self) -> tuple[tuple[str, str], Estimate]:
        """The group of which most is lost for sure."""
        lost = self.lost()
        name = max(lost, key=lambda each: lost[each].low)
        return name, lost[name]


def mean_of(values: np.ndarray, clusters: np.ndarray) -> tuple[float, float]:
    """The mean of values from 0 to 1 (n,), and its variance."""
    effective = effective_number(values, clusters)
    smoothed = (values.mean() * effective + 0.5) / (effective + 1)
    return float(values.mean()), float(smoothed * (1 - smoothed) / effective)
