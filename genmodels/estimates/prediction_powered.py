"""Shares from few labels by people, and from what a cheap reader guesses of all examples: right however bad the reader is.

Papers: Angelopoulos et al. 2023, arXiv 2301.09633 (prediction-powered inference: the mean of what is guessed, less the mean
error of the guesses, which labels tell); Angelopoulos, Duchi and Zrnic 2023, arXiv 2311.01453 (PPI++: guesses count as much,
from 0 to 1, as makes the variance smallest, so that a useless reader costs nothing).

    share = mean(labels) + weight * (mean guess of the others - mean guess of the labelled)

Where this differs: `prediction_powered` is the published estimate with its normal interval, which is too narrow where few
errors are seen: of a reader that is wrong in 1 of 100, 37 % of samples of 100 labels show no error at all. `share` takes the same value and variance,
with half an error more among one label more (the prior of Jeffreys for a rate of errors), and the interval of Wilson 1927
of as many independent labels as would vary as much.

Examples of one prompt are a stratum (other examples of these prompts): what differs between prompts then does not widen the
interval. Where examples are drawn together (`clusters`: other prompts like these), it does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genmodels.estimates.clustered import effective_number
from genmodels.estimates.estimate import CONFIDENCE, NORMAL, Estimate, normal_interval
from genmodels.refusal import Refusal

PRIOR_ERROR, PRIOR_LABELS = 0.5, 1.0  # half an error among one label more
FEWEST = 2  # labels of a stratum to tell how they vary
MOST_GAIN = 4.0  # as many times the labels that strata may count for


@dataclass(frozen=True)
class Guesses:
    """What a reader guesses, numbers from 0 to 1: of the labelled examples (n,) and of all others (N,)."""

    labelled: np.ndarray
    others: np.ndarray

    def __post_init__(self) -> None:
        for name in ("labelled", "others"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), float))


def best_weight(labels: np.ndarray, guesses: Guesses) -> float:
    """How much guesses count, from 0 to 1: as much as makes the variance smallest (PPI++, example 6.1)."""
    read, rest = guesses.labelled, guesses.others
    varied = float(np.var(np.concatenate([read, rest]), ddof=1))
    if varied <= 0:
        return 0.0
    together = float(np.mean((labels - labels.mean()) * (read - read.mean())))
    return float(np.clip(together / ((1 + len(read) / len(rest)) * varied), 0, 1))


def _value_and_variance(labels: np.ndarray, guesses: Guesses, weight: float, prior: float = 0.0) -> tuple[float, float]:
    rectified = labels - weight * guesses.labelled
    value = labels.mean() + weight * (guesses.others.mean() - guesses.labelled.mean())
    squares = rectified.var() * len(labels) + prior * PRIOR_ERROR
    variance = squares / (len(labels) + prior * PRIOR_LABELS) / len(labels)
    return float(value), float(variance + weight**2 * guesses.others.var() / len(guesses.others))


def prediction_powered(labels: np.ndarray, guesses: Guesses, weight: float | None = None) -> Estimate:
    """The mean of labels (n,) with the help of guesses, and the normal 95 % interval, as published. n counts labels."""
    labels = np.asarray(labels, float)
    _check(labels, guesses)
    weight = best_weight(labels, guesses) if weight is None else weight
    return normal_interval(*_value_and_variance(labels, guesses, weight), n=len(labels))


def share(
    labels: np.ndarray,
    guesses: Guesses | None = None,
    *,
    strata: np.ndarray | None = None,
    clusters: np.ndarray | None = None,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """The share behind labels (n,), numbers from 0 to 1, with an interval that holds for small shares and any reader.

    Without guesses the interval is that of Wilson. `strata` (n,) and `clusters` (n,) name the prompt of each label: see
    above; not both. n counts labels. Raises `Refusal` for fewer than 2 labels.
    """
    labels = np.asarray(labels, float)
    _check(labels, guesses)
    if guesses is None or not len(guesses.others):
        weight, value, variance = 0.0, float(labels.mean()), 0.0
        independent, residual = float(len(labels)), labels
    else:
        weight = best_weight(labels, guesses)
        value, variance = _value_and_variance(labels, guesses, weight, PRIOR_LABELS)
        value = min(1.0, max(0.0, value))
        inside = float(np.clip(value, 0.5 / len(labels), 1 - 0.5 / len(labels)))
        independent, residual = inside * (1 - inside) / variance, labels - weight * guesses.labelled
    independent *= _gain(residual, strata) * _loss(residual, clusters)
    low, high = wilson(value, independent, confidence)
    return Estimate(value, min(low, value), max(high, value), len(labels))


def _gain(residual: np.ndarray, strata: np.ndarray | None) -> float:
    """By how much more labels count where each stratum has its part of them: their variance over that within strata.

    Strata with one label are taken together.
    """
    if strata is None or len(residual) < 2 * FEWEST:
        return 1.0
    names, numbers = np.unique(np.asarray(strata), return_inverse=True)
    few = np.bincount(numbers) < FEWEST
    numbers = np.where(few[numbers], len(names), numbers)
    counts = np.bincount(numbers).astype(float)
    if counts[-1] == 1 and few.any():  # one label alone in what was taken together
        return 1.0
    inside = counts >= FEWEST
    means = np.bincount(numbers, residual) / np.maximum(counts, 1)
    squares = np.bincount(numbers, (residual - means[numbers]) ** 2)[inside] / (counts[inside] - 1)
    within, whole = float((counts[inside] * squares).sum() / len(residual)), float(residual.var(ddof=1))
    return float(np.clip(whole / within, 1.0, MOST_GAIN)) if within > 0 and whole > 0 else 1.0


def _loss(residual: np.ndarray, clusters: np.ndarray | None) -> float:
    """By how much less labels count that were drawn together (at most 1); where all are alike, each cluster counts once."""
    if clusters is None:
        return 1.0
    low, high = float(residual.min()), float(residual.max())
    scaled = (residual - low) / (high - low) if high > low else np.zeros(len(residual))
    return min(1.0, effective_number(scaled, clusters) / len(residual))


def wilson(value: float, n: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The interval of Wilson 1927 of a share among n independent examples; n need not be whole."""
    z = quantile(confidence)
    middle = (value + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * float(np.sqrt(max(value * (1 - value), 0.0) / n + z**2 / (4 * n**2)))
    return max(0.0, middle - reach) if value > 0 else 0.0, min(1.0, middle + reach) if value < 1 else 1.0


def quantile(confidence: float) -> float:
    """How many standard deviations to either side hold this part of a normal distribution."""
    from scipy.stats import norm

    return NORMAL if confidence == CONFIDENCE else float(norm.ppf((1 + confidence) / 2))


def difference(first: Estimate, second: Estimate) -> Estimate:
    """One share less another, from -1 to 1, from the intervals of both (Newcombe 1998, method 10; any confidence)."""
    value = first.value - second.value
    below = float(np.hypot(first.value - first.low, second.high - second.value))
    above = float(np.hypot(first.high - first.value, second.value - second.low))
    return Estimate(value, max(-1.0, value - below), min(1.0, value + above), first.n + second.n)


def needed(limit: float, effect: float, power: float = 0.9, most: int = 100_000) -> int | None:
    """How many labels it takes to find a share of `limit` + `effect` beyond `limit` in `power` of all audits; None: more than `most`.

    Exact, by the binomial of plain random sampling and the interval of Wilson; a reader can only lower it. Power goes up and
    down with n, as counts are whole: for a tenth more labels than this number it is nowhere less.
    """
    from scipy.stats import binom

    about = (NORMAL * _sd(limit) + float(quantile(2 * power - 1)) * _sd(limit + effect)) ** 2 / effect**2
    numbers = np.unique(np.geomspace(FEWEST, max(10.0, 4 * about + 10 / effect), 4000).round().astype(int))
    fewest = np.floor(numbers * limit + NORMAL * np.sqrt(numbers * limit * (1 - limit)) + 1e-9) + 1
    found = binom.sf(fewest - 1, numbers, min(1.0, limit + effect))
    missed = numbers[found < power]
    settled = next((int(n) for n in [FEWEST, *missed + 1] if not ((missed >= n) & (missed <= 1.1 * n)).any()), most + 1)
    return settled if settled <= most else None


def _sd(share: float) -> float:
    return float(np.sqrt(max(share * (1 - share), 0.0)))


def _check(labels: np.ndarray, guesses: Guesses | None) -> None:
    if labels.ndim != 1 or len(labels) < FEWEST:
        raise Refusal(
            f"There are {labels.size} labels; a share with an interval needs at least {FEWEST}, so label more."
        )
    if not np.isfinite(labels).all() or labels.min() < 0 or labels.max() > 1:
        raise Refusal("A label is no number from 0 to 1; count each answer as 0 or 1.")
    if guesses is not None and len(guesses.labelled) != len(labels):
        raise Refusal(f"There are {len(labels)} labels and {len(guesses.labelled)} guesses of them; give one for each.")
