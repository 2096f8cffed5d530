"""The rules by which it is judged whether prompts are followed."""

from __future__ import annotations

from collections.abc import Sequence

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
