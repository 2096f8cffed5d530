"""How far raters agree with each other, and one rater with himself: Krippendorff's alpha for names.

Source: Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability". Alpha is 1 where all agree, 0 where they agree no
more than by chance, and below 0 where they contradict each other; above 0.8 is commonly relied on, below 0.667 is not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.refusal import Refusal

REPETITIONS = 1000
MISSING = ""  # what stands where a rater said nothing of a unit

RELIED_ON, TENTATIVE = 0.8, 0.667  # alphas from which labels are commonly relied on, and below which they are not


def krippendorff_alpha(ratings: np.ndarray | Sequence[Sequence[str]], seed: int = 0) -> Estimate:
    """Alpha of `ratings` (raters, units), names with "" where one is missing, with the 95 % interval of other units.

    Units are resampled (percentiles of 1,000 resamples); n counts those with two ratings or more. Raises `Refusal` where
    there is none, or where all ratings are one name, so that chance can't be told from agreement.
    """
    pairs = _pairs(np.asarray(ratings, dtype=str))
    if len(pairs) < 2:
        raise Refusal(
            f"{len(pairs)} examples were labelled twice; agreement needs at least 2 that two people labelled."
        )
    value = _alpha(pairs.sum(axis=0))
    if not np.isfinite(value):
        raise Refusal("Everybody gave one and the same answer everywhere, so agreement can't be told from chance.")
    rng = np.random.default_rng([seed, 41])
    again = np.array(
        [
            _alpha(np.tensordot(rng.multinomial(len(pairs), np.full(len(pairs), 1 / len(pairs))), pairs, 1))
            for _ in range(REPETITIONS)
        ]
    )
    low, high = np.nanquantile(again, [0.025, 0.975])
    return Estimate(value, min(low, value), max(high, value), len(pairs))


def _pairs(ratings: np.ndarray) -> np.ndarray:
    """The table of coincidences (units, names, names) of each unit that was rated twice or more."""
    if ratings.ndim != 2:
        raise Refusal(f"Ratings have the shape {ratings.shape}; give one row a rater and one column a unit.")
    names = [name for name in np.unique(ratings) if name != MISSING]
    counts = (
        np.stack([(ratings == name).sum(axis=0) for name in names], axis=1).astype(float) if names else np.zeros((0, 0))
    )
    counts = counts[counts.sum(axis=1) >= 2] if names else counts
    tables = counts[:, :, None] * counts[:, None, :]
    for number in range(counts.shape[1]):
        tables[:, number, number] -= counts[:, number]
    return tables / (counts.sum(axis=1) - 1)[:, None, None]


def _alpha(table: np.ndarray) -> float:
    """Alpha from the sum of all tables of coincidences; nan where only one name was ever given."""
    totals = table.sum(axis=0)
    n = totals.sum()
    expected = n**2 - (totals**2).sum()
    return float(1 - (n - 1) * (n - np.trace(table)) / expected) if expected > 0 else float("nan")


def agreement_with_oneself(first: Sequence[str], again: Sequence[str]) -> Estimate:
    """The share of hidden repeats (n,) that a rater answered as the first time, with its exact 95 % interval."""
    if not first or len(first) != len(again):
        raise Refusal(
            "No example was shown twice yet, so a rater's agreement with himself is not known; go on labelling."
        )
    return clopper_pearson(sum(a == b for a, b in zip(first, again, strict=True)), len(first))
