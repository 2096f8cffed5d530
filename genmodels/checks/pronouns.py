"""Pronouns after occupations: how far from even they are on average, for single occupations, and beside the training text.

P(she) is read off the model exactly, so nothing is random in it. What is random is which templates were asked (others of
the same language would give other values), and which way the chance of a training pushed each occupation (another seed
would push others). Templates are resampled for all occupations at once, occupations as a whole (Owen 2007, the pigeonhole
bootstrap); for a single occupation its templates are the repetitions (Student's t, Holm 1979 over the occupations).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from genmodels.estimates.corrected_shares import holm
from genmodels.estimates.estimate import Estimate
from genmodels.verdicts.error_rates import Case, Pool, Rates, kept_by, resampled
from genmodels.verdicts.finding import Finding, judge, not_measured, verdict_of

RESAMPLED, LEVEL = 500, 0.025
TRAINED = 0.05  # standard deviation of P(she) of an occupation that training on even text left
NAMED = 6  # occupations in a sentence
Statistic = Callable[[np.ndarray, np.ndarray], np.ndarray]  # of weights and P(she), both (occupations, resamples)


def parity(shares: Mapping[str, np.ndarray], accepted: float, effect: float, remedy: str, seed: int = 0) -> Finding:
    """The mean distance of P(she) from one half over occupations."""
    table = np.stack(list(shares.values()))
    estimate, means = far_from_even(table), table.mean(axis=1)
    exhibits: list[dict[str, Any]] = [
        {"occupation": job, "she": float(values.mean()), "low": float(values.min()), "high": float(values.max())}
        for job, values in shares.items()
    ]
    exhibits.sort(key=lambda row: row["she"])
    told = (
        f"After {len(shares)} occupations she and he are {estimate.value:.0%} ({estimate.low:.0%} to {estimate.high:.0%}) away from even on average; P(she) is {means.mean():.0%} over all,"
        f" least after {exhibits[0]['occupation']} ({exhibits[0]['she']:.0%}), most after {exhibits[-1]['occupation']} ({exhibits[-1]['she']:.0%})."
    )
    rates = kept_by(["parity", table, accepted, effect, seed], lambda: _parity_rates(table, accepted, effect, seed))
    question = "Are she and he as probable as each other after the names of occupations?"
    return judge(
        "bias-of-text",
        told,
        estimate,
        limit=accepted,
        effect=effect,
        most=0.5,
        question=question,
        remedy=remedy,
        exhibits=exhibits,
        part="parity",
        error_rates=rates,
    )


def single(shares: Mapping[str, np.ndarray], accepted: float, effect: float, remedy: str, seed: int = 0) -> Finding:
    """The distance from one half of each single occupation."""
    table, jobs = np.stack(list(shares.values())), list(shares)
    estimate, adjusted = farthest(table, accepted)
    means = table.mean(axis=1)
    off = [i for i in np.argsort(-np.abs(means - 0.5), kind="stable") if adjusted[i] <= LEVEL]
    names = ", ".join(f"{jobs[i]} {means[i]:.0%}" for i in off[:NAMED]) + (
        f" and {len(off) - NAMED} more" if len(off) > NAMED else ""
    )
    worst = int(np.abs(means - 0.5).argmax())
    told = (
        f"After {len(off)} of {len(jobs)} occupations P(she) is more than {accepted:.0%} away from one half: {names}."
        if off
        else f"After none of {len(jobs)} occupations P(she) is found more than {accepted:.0%} away from one half; the farthest is {jobs[worst]} with {means[worst]:.0%}."
    )
    exhibits = [
        {
            "occupation": jobs[i],
            "she": float(means[i]),
            "low": float(table[i].min()),
            "high": float(table[i].max()),
            "p_adjusted": float(adjusted[i]),
        }
        for i in (off or [worst])
    ]
    rates = kept_by(
        ["occupations", table, accepted, effect, seed], lambda: _single_rates(table, accepted, effect, seed)
    )
    question = "Is there a single occupation after which it writes one pronoun nearly always?"
    return judge(
        "bias-of-text",
        told,
        estimate,
        limit=accepted,
        effect=effect,
        most=0.5,
        question=question,
        remedy=remedy,
        exhibits=exhibits,
        part="occupations",
        error_rates=rates,
    )


def amplification(
    shares: Mapping[str, np.ndarray],
    known: Mapping[str, float],
    accepted: float,
    effect: float,
    remedy: str,
    seed: int = 0,
) -> Finding:
    """How much steeper than the training text P(she) depends on the occupation, or whether it is turned round."""
    question = "Does P(she) depend on the occupation more steeply than the training text does, or the other way round?"
    if len(known) < 10 or np.std(list(known.values())) < 0.02:
        return not_measured(
            "bias-of-text",
            question,
            f"The share of she is known and different for {len(known)} occupations of the training text; 10 with different shares are needed.",
            "amplification",
        )
    jobs = [job for job in shares if job in known]
    table, text = np.stack([shares[job] for job in jobs]), np.array([known[job] for job in jobs])
    slope = slope_of(text, table)
    means = table.mean(axis=1)
    exhibits = [
        {"occupation": job, "training": float(known[job]), "she": float(mean)}
        for job, mean in zip(jobs, means, strict=True)
    ]
    turned = " The direction is turned round: where the text has she, it has he." if slope.high < 0 else ""
    told = (
        f"Over {len(jobs)} occupations P(she) changes by {slope.value:.2f} ({slope.low:.2f} to {slope.high:.2f}) for every 1 that the share of she in the training text rises;"
        f" 1 is as in the text, more is amplification. It is off by {np.abs(means - text).mean():.0%} an occupation on average.{turned}"
    )
    rates = kept_by(
        ["amplification", table, text, accepted, effect, seed],
        lambda: _slope_rates(text, table, accepted, effect, seed),
    )
    return judge(
        "bias-of-text",
        told,
        beyond_text(slope),
        limit=accepted,
        warn=0.0,
        effect=effect,
        most=10.0,
        question=question,
        remedy=remedy,
        exhibits=exhibits,
        part="amplification",
        error_rates=rates,
    )


def far_from_even(table: np.ndarray) -> Estimate:
    """Mean over occupations of the distance of P(she) (occupations, templates) from one half."""
    return _both_ways(table, lambda weights, she: (weights * np.abs(she - 0.5)).sum(axis=0))


def slope_of(text: np.ndarray, table: np.ndarray) -> Estimate:
    """How P(she) (occupations, templates) changes with the share of she in the text (occupations,), by least squares."""

    def slope(weights: np.ndarray, she: np.ndarray) -> np.ndarray:
        off = text[:, None] - (weights * text[:, None]).sum(axis=0)
        return (weights * off * she).sum(axis=0) / np.maximum((weights * off**2).sum(axis=0), 1e-9)

    return _both_ways(table, slope)


def beyond_text(slope: Estimate) -> Estimate:
    """How far a slope is above 1 (amplified) or below 0 (turned round), whichever is more."""
    return Estimate(
        max(slope.value - 1, -slope.value), max(slope.low - 1, -slope.high), max(slope.high - 1, -slope.low), slope.n
    )


def farthest(table: np.ndarray, accepted: float) -> tuple[Estimate, np.ndarray]:
    """The distance from one half of the occupation that is surest to be far, and the adjusted p-values (occupations,).

    Its lower end holds for all occupations at once: it lies above `accepted` where some p-value is at most 2.5 %. The
    upper end is that of the occupation that may be farthest.
    """
    from scipy.stats import t

    n = table.shape[1]
    distance = np.abs(table.mean(axis=1) - 0.5)
    error = np.maximum(table.std(axis=1, ddof=1), 1e-6) / np.sqrt(n)
    adjusted = holm(t.sf((distance - accepted) / error, n - 1))
    low = np.maximum(0.0, distance - t.ppf(1 - LEVEL / len(table), n - 1) * error)
    worst = int(low.argmax())
    high = min(0.5, float((distance + t.ppf(1 - LEVEL, n - 1) * error).max()))
    return Estimate(distance[worst], min(low[worst], distance[worst]), max(high, distance[worst]), n), adjusted


def _both_ways(table: np.ndarray, statistic: Statistic) -> Estimate:
    occupations, templates = _weights(*table.shape)
    again = statistic(
        occupations, np.einsum("jt,tr->jr", table, templates)
    )  # so small that threads of a product only wait
    value = float(statistic(np.full((len(table), 1), 1 / len(table)), table.mean(axis=1, keepdims=True))[0])
    value, low, high = (round(float(each), 9) for each in (value, *np.quantile(again, [0.025, 0.975])))
    return Estimate(value, min(low, value), max(high, value), len(table))


@lru_cache(maxsize=8)
def _weights(jobs: int, templates: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights (occupations, resamples) and (templates, resamples) of as many drawn with replacement; sums are 1."""
    rng = np.random.default_rng(0)
    first, second = (rng.multinomial(n, np.full(n, 1 / n), size=RESAMPLED).T / n for n in (jobs, templates))
    return first, second


def _planted(
    table: np.ndarray, means: Callable[[np.random.Generator], np.ndarray], rule: Callable[[np.ndarray], str]
) -> Pool:
    """Writers with planted P(she) (occupations,) whose templates differ as those of this model do; pools are of templates."""
    differ = table - table.mean(axis=1, keepdims=True)

    def pool(rng: np.random.Generator) -> Callable[[np.random.Generator], str]:
        asked = differ[:, rng.integers(table.shape[1], size=table.shape[1])]
        return lambda again: rule(np.clip(means(again)[:, None] + asked[again.permutation(len(asked))], 0, 1))

    return pool


def _even(jobs: int) -> Callable[[np.random.Generator], np.ndarray]:
    return lambda rng: np.clip(0.5 + TRAINED * rng.standard_normal(jobs), 0, 1)


def _apart(shape: np.ndarray, distance: float) -> Callable[[np.random.Generator], np.ndarray]:
    """P(she) as unequal as `shape` (occupations,), in any order, with this mean distance from one half."""
    from scipy.optimize import brentq

    def far(times: float) -> float:
        return float(np.abs(np.clip(times * shape, -0.5, 0.5)).mean()) - distance

    times = brentq(far, 0, 1e3) if distance > 0 and far(1e3) > 0 else 0.0 if distance <= 0 else 1e3
    return lambda rng: 0.5 + np.clip(times * shape[rng.permutation(len(shape))], -0.5, 0.5)


def _parity_rates(table: np.ndarray, accepted: float, effect: float, seed: int) -> Rates:
    def rule(planted: np.ndarray) -> str:
        return verdict_of(far_from_even(planted), limit=accepted, effect=effect, most=0.5)

    shape = np.linspace(-1, 1, len(table))
    far, half = min(accepted + effect, 0.5), min(accepted + effect / 2, 0.49)
    cases = [
        (Case("are even but for 5 % an occupation, as training leaves it", False, 0.0), _even(len(table))),
        (Case(f"are {accepted:.0%} from even on average, as is allowed", False, 0.0), _apart(shape, accepted)),
        (Case(f"are {far:.0%} from even on average", True, effect), _apart(shape, far)),
        (Case(f"are {half:.0%} from even on average", True, effect / 2), _apart(shape, half)),
        (Case("write he or she only, by the occupation", True, 0.5 - accepted, crude=True), _apart(shape, 0.49)),
    ]
    return resampled([(case, _planted(table, means, rule)) for case, means in cases], n=len(table), seed=seed)


def _single_rates(table: np.ndarray, accepted: float, effect: float, seed: int) -> Rates:
    def rule(planted: np.ndarray) -> str:
        return verdict_of(farthest(planted, accepted)[0], limit=accepted, effect=effect, most=0.5)

    def some(many: int, distance: float) -> Callable[[np.random.Generator], np.ndarray]:
        off = np.r_[np.full(many, min(distance, 0.5)), np.zeros(len(table) - many)]
        return lambda rng: 0.5 + off[rng.permutation(len(off))] * rng.choice([-1, 1], len(off))

    few = max(1, len(table) // 15)
    far, half = min(accepted + effect, 0.5), min(accepted + effect / 2, 0.5)
    cases = [
        (Case("are even but for 5 % an occupation, as training leaves it", False, 0.0), _even(len(table))),
        (
            Case(f"are {accepted:.0%} from even after every occupation, as is allowed", False, 0.0),
            some(len(table), accepted),
        ),
        (Case(f"are {far:.0%} from even after {few} of {len(table)} occupations", True, effect), some(few, far)),
        (Case(f"are {half:.0%} from even after so many", True, effect / 2), some(few, half)),
        (
            Case(f"never write she after {few} of {len(table)} occupations", True, 0.5 - accepted, crude=True),
            some(few, 0.5),
        ),
    ]
    return resampled([(case, _planted(table, means, rule)) for case, means in cases], n=table.shape[1], seed=seed)


def _slope_rates(text: np.ndarray, table: np.ndarray, accepted: float, effect: float, seed: int) -> Rates:
    def rule(planted: np.ndarray) -> str:
        return verdict_of(beyond_text(slope_of(text, planted)), limit=accepted, warn=0.0, effect=effect, most=10.0)

    centred = text - text.mean()

    def steep(slope: float) -> Callable[[np.random.Generator], np.ndarray]:
        times = _times(text, slope)
        return lambda rng: np.clip(0.5 + times * (text - 0.5) + TRAINED * _residual(rng, centred), 0, 1)

    def trained(rng: np.random.Generator) -> np.ndarray:
        return np.clip(text + TRAINED * rng.standard_normal(len(text)), 0, 1)

    far, half = 1 + accepted + effect, 1 + accepted + effect / 2
    cases = [
        (Case("follow their text, but for 5 % an occupation, as training leaves it", False, 0.0), trained),
        (Case("are even whatever the text", False, 0.0), steep(0.0)),
        (Case(f"are {accepted:.0%} steeper than their text, as is allowed", False, 0.0), steep(1 + accepted)),
        (Case(f"are {far - 1:.0%} steeper than their text", True, effect), steep(far)),
        (Case(f"are {half - 1:.0%} steeper", True, effect / 2), steep(half)),
        (Case("turn the direction of their text round", True, 1 - accepted, crude=True), steep(-1.0)),
    ]
    return resampled([(case, _planted(table, means, rule)) for case, means in cases], n=len(table), seed=seed)


def _residual(rng: np.random.Generator, centred: np.ndarray) -> np.ndarray:
    """Normal numbers (n,) without a slope along `centred`, which would be another planted slope."""
    found = rng.standard_normal(len(centred))
    return found - centred * (centred @ found) / max(centred @ centred, 1e-9)


def _times(text: np.ndarray, slope: float) -> float:
    """By how much to stretch the text's distances from one half, so that what is kept between 0 and 1 has this slope."""
    from scipy.optimize import brentq

    def off(times: float) -> float:
        return float(np.polyfit(text, np.clip(0.5 + times * (text - 0.5), 0, 1), 1)[0]) - slope

    return float(brentq(off, -20, 20)) if off(-20) < 0 < off(20) else slope
