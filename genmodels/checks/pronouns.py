"""Pronouns after occupations: how far from even they are on average, for single occupations, and beside the training text.

P(she) is read off the model exactly, so nothing is random in it. What is random is which templates were asked (others of
the same language would give other values), and which way the chance of a training pushed each occupation (another seed
would push others). Templates are resampled for all occupations at once, occupations as a whole (Owen 2007, the pigeonhole
bootstrap); for a single occupation its templates are the repetitions (Student's t, Holm 1979 over the occupations).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from genmodels.checks import pronoun_rates
from genmodels.checks.pronoun_estimates import LEVEL, beyond_text, far_from_even, farthest, slope_of
from genmodels.verdicts.error_rates import kept_by
from genmodels.verdicts.finding import Finding, judge, not_measured

NAMED = 6  # occupations in a sentence


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
    rates = kept_by(
        ["parity", table, accepted, effect, seed], lambda: pronoun_rates.of_parity(table, accepted, effect, seed)
    )
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
        ["occupations", table, accepted, effect, seed], lambda: pronoun_rates.of_single(table, accepted, effect, seed)
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
        few = f"The share of she is known and different for {len(known)} occupations of the training text; 10 with different shares are needed."
        return not_measured("bias-of-text", question, few, "amplification")
    jobs = [job for job in shares if job in known]
    table, text = np.stack([shares[job] for job in jobs]), np.array([known[job] for job in jobs])
    slope = slope_of(text, table)
    means = table.mean(axis=1)
    turned = " The direction is turned round: where the text has she, it has he." if slope.high < 0 else ""
    told = (
        f"Over {len(jobs)} occupations P(she) changes by {slope.value:.2f} ({slope.low:.2f} to {slope.high:.2f}) for every 1 that the share of she in the training text rises;"
        f" 1 is as in the text, more is amplification. It is off by {np.abs(means - text).mean():.0%} an occupation on average.{turned}"
    )
    rates = kept_by(
        ["amplification", table, text, accepted, effect, seed],
        lambda: pronoun_rates.of_slope(text, table, accepted, effect, seed),
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
        exhibits=[
            {"occupation": job, "training": float(known[job]), "she": float(mean)}
            for job, mean in zip(jobs, means, strict=True)
        ],
        part="amplification",
        error_rates=rates,
    )
