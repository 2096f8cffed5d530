"""Which prompts give more faults than are accepted: the share of each by itself, for all of them at once.

Every prompt with enough labels is a test of its own. The estimate is the prompt whose share lies most surely beyond, with an
interval that holds for all of them (Bonferroni); which others do, by p-values of the binomial after Holm 1979.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from genmodels.checks.label_rates import kept_rates
from genmodels.checks.label_shares import LEAST_OF_PROMPT, Answered
from genmodels.estimates.estimate import CONFIDENCE, Estimate, clopper_pearson
from genmodels.verdicts.error_rates import Case, Pool, Rates, resampled
from genmodels.verdicts.finding import Finding, judge, verdict_of

SHOWN = 40
LEAST_PROMPTS = 2
REMEDY = "Look at what these prompts give; change what the model learns of them, or how it is asked, then label a new sample."
LEVEL = 0.05  # of p-values after Holm


def faults_by_prompt(answered: Answered, audit: str, limit: float, effect: float) -> Finding | None:
    """The finding on the worst prompt; None where fewer than two prompts were told."""
    question, told = answered.question, answered.of(answered.question.faults)
    names, numbers = np.unique(answered.prompts, return_inverse=True)
    named = int((names != "").sum())
    if named < LEAST_PROMPTS:
        return None
    asked, part = f"{question.text} Is it the same for every prompt?", f"{question.name}, by prompt"
    n = np.bincount(numbers)
    chosen = np.flatnonzero((n >= LEAST_OF_PROMPT) & (names != ""))
    if few_labels := len(chosen) < LEAST_PROMPTS:
        chosen = np.flatnonzero((n > 0) & (names != ""))
    faults = np.bincount(numbers, told.labels >= 0.5).round().astype(int)
    counts = [(int(faults[i]), int(n[i])) for i in chosen]
    estimate, worst = worst_of(counts)
    p_values = holm([_p_value(k, of, limit) for k, of in counts])
    beyond = sum(p < LEVEL for p in p_values)
    few = _few(named - len(chosen), few_labels)
    claim = (
        f"Of the prompt '{str(names[chosen[worst]])[:120]}' {counts[worst][0]} of {counts[worst][1]} outputs are given the answer {' or '.join(question.faults)}"
        f" ({estimate.low:.1%} to {estimate.high:.1%}, for all {len(chosen):,} prompts at once); {beyond:,} prompts lie beyond the accepted {limit:.1%} (Holm).{few}"
    )
    rows = [
        {"prompt": str(names[i])[:300], "faults": k, "labels": of, "p after Holm": p}
        for i, (k, of), p in sorted(zip(chosen, counts, p_values, strict=True), key=lambda row: row[2])
    ]
    judged = judge(
        audit,
        claim,
        estimate,
        limit=limit,
        effect=effect,
        remedy=REMEDY,
        exhibits=[{"prompts": rows[:SHOWN]}],
        part=part,
        question=asked,
        error_rates=kept_rates(
            ("by prompt 1", np.array(counts), limit, effect),
            answered.outputs,
            lambda: _rates([of for _, of in counts], limit, effect, answered.outputs.seed),
        ),
    )
    return _told(judged, few_labels)


def _few(rest: int, few_labels: bool) -> str:
    """What is said of prompts with too few labels."""
    if few_labels:
        return f" Fewer than two prompts have {LEAST_OF_PROMPT} labels, so nothing is judged; go on labelling."
    return f" {rest:,} more prompts have fewer than {LEAST_OF_PROMPT} labels and are too small to tell." if rest else ""


def _told(judged: Finding, few_labels: bool) -> Finding:
    """The finding, told and not judged where its labels are too few: it is a detail of a share that is judged by itself."""
    if not few_labels and judged.verdict != "not measured":
        return judged
    claim = judged.claim if few_labels else f"{judged.claim} It is told and not judged: {judged.reason}"
    return replace(judged, claim=claim, verdict="reported", remedy="", reason="", error_rates=None)


def worst_of(counts: Sequence[tuple[int, int]]) -> tuple[Estimate, int]:
    """The share that lies most surely highest of (faults, labels) by prompt, and its number; the interval holds for all."""
    confidence = 1 - (1 - CONFIDENCE) / len(counts)
    found = [_interval(k, of, confidence) for k, of in counts]
    worst = max(range(len(found)), key=lambda i: (found[i].low, found[i].value))
    return found[worst], worst


_interval = lru_cache(maxsize=100_000)(clopper_pearson)  # the same few counts come again and again


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values of several tests, so that all that stay below a level are wrong no more often than it (Holm 1979).

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values, kind="stable")
    stepped = np.maximum.accumulate([p_values[i] * (len(order) - place) for place, i in enumerate(order)])
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(stepped, 1)
    return [round(float(each), 12) for each in adjusted]


def _p_value(k: int, n: int, limit: float) -> float:
    """How probable so many faults or more are, at the limit."""
    from scipy.stats import binom

    return float(binom.sf(k - 1, n, limit))


def _rates(sizes: Sequence[int], limit: float, effect: float, seed: int) -> Rates:
    """Faults dealt anew to prompts with as many labels: of all alike, or more of one prompt."""
    far, half = min(1.0, limit + effect), min(1.0, limit + effect / 2)

    def pool(usual: float, one: float) -> Pool:
        def drawn(rng: np.random.Generator) -> Callable[[np.random.Generator], str]:
            shares = np.full(len(sizes), usual)
            shares[rng.integers(len(sizes))] = one

            def once(again: np.random.Generator) -> str:
                counts = list(zip(again.binomial(sizes, shares).tolist(), sizes, strict=True))
                return verdict_of(worst_of(counts)[0], limit=limit, effect=effect)

            return once

        return drawn

    cases = [
        (Case(f"have {100 * limit / 2:.3g} % of such outputs of every prompt", False, 0.0), pool(limit / 2, limit / 2)),
        (Case(f"have the accepted {100 * limit:.3g} % of every prompt", False, 0.0), pool(limit, limit)),
        (Case(f"have {100 * far:.3g} % of one prompt", True, effect), pool(limit / 2, far)),
        (Case(f"have {100 * half:.3g} % of one prompt", True, effect / 2), pool(limit / 2, half)),
    ]
    return resampled(cases, n=int(sum(sizes)), seed=seed)
