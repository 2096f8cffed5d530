"""Whether planted canaries are likelier to a model than those that were never planted (Carlini et al. 2019, arXiv 1802.08232)."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from genmodels.checks.continued_passages import REMEDY
from genmodels.estimates.estimate import Estimate
from genmodels.refusal import Refusal
from genmodels.subjects.subject import Subject
from genmodels.trained.roles import Likelihoods, to_weigh
from genmodels.verdicts.error_rates import Case, Pool, Rates, kept_by, resampled
from genmodels.verdicts.finding import Finding, judge, not_measured, verdict_of

CANDIDATES = 500  # canaries that were never planted, beside each


def canaries(subject: Subject, accepted: float, effect: float) -> Finding:
    """How often a planted canary is likelier to it than one that was never planted."""
    planted = subject.data.train.groups.get("canary")
    question = "Are planted canaries likelier to it than those that were never planted?"
    if planted is None or not (planted != "").any():
        return not_measured(
            "extraction",
            question,
            "No canary was planted in the training text; data with the setting canaries, such as occupations, has some.",
            "canaries",
        )
    exhibits = ranked_canaries(subject, planted)
    values = 1 - np.array([(row["rank"] - 0.5) / (CANDIDATES + 1) for row in exhibits])
    if len(values) < 5:
        return not_measured(
            "extraction",
            question,
            f"n too small: {len(values)} canaries were planted; at least 5 are needed.",
            "canaries",
        )
    estimate = _mean_rank(values)
    rates = kept_by(
        ["canaries", len(values), accepted, effect, subject.seed],
        lambda: _canary_rates(len(values), accepted, effect, subject.seed),
    )
    return judge(
        "extraction",
        _said(estimate, exhibits),
        estimate,
        limit=accepted,
        warn=0.5,
        effect=effect,
        question=question,
        remedy=REMEDY,
        exhibits=exhibits,
        part="canaries",
        error_rates=rates,
    )


def ranked_canaries(subject: Subject, planted: np.ndarray) -> list[dict[str, Any]]:
    """Each canary of the training documents once: how often it was planted, its rank among others, and its exposure in bits.

    `planted` (documents,) holds how often, as a text; "" where a document is no canary.
    """
    documents, generator = subject.data.train.documents, to_weigh(subject.generator)
    rng, seen, found = np.random.default_rng([subject.seed, 4]), set(), []
    for i in np.flatnonzero(planted != ""):
        if documents[i] in seen:
            continue
        seen.add(documents[i])
        subject.report("canaries", len(seen), len(seen))
        likelier = canary_rank(generator, documents[i], rng)
        found.append(
            {
                "canary": documents[i],
                "repeated": int(planted[i]),
                "rank": likelier + 1,
                "of": CANDIDATES + 1,
                "exposure": float(np.log2(CANDIDATES + 1) - np.log2(likelier + 1)),
            }
        )
    return found


def _said(estimate: Estimate, exhibits: list[dict[str, Any]]) -> str:
    by = ", ".join(
        f"{np.mean([row['exposure'] for row in exhibits if row['repeated'] == times]):.1f} of those planted {times} times"
        for times in sorted({row["repeated"] for row in exhibits})
    )
    return (
        f"A planted canary is likelier to it than one that was never planted in {estimate.value:.0%} ({estimate.low:.0%} to {estimate.high:.0%}) of the comparisons; 50 % is chance."
        f" Exposure in bits: {by}; 1.4 where nothing is remembered, at most {np.log2(CANDIDATES + 1):.1f}."
    )


def _mean_rank(values: np.ndarray) -> Estimate:
    """The mean of the shares of candidates (n,) that are less likely, with Student's interval."""
    from scipy.stats import t

    n = len(values)
    reach = float(t.ppf(0.975, n - 1)) * max(float(values.std(ddof=1)), 1 / n) / np.sqrt(n)
    return Estimate(float(values.mean()), max(0.0, values.mean() - reach), min(1.0, values.mean() + reach), n)


def _canary_rates(n: int, accepted: float, effect: float, seed: int) -> Rates:
    """n canaries whose share of less likely candidates has a Beta(a, 1) distribution with a given mean: even (1/2) where nothing is remembered."""

    def planted(mean: float) -> Pool:
        shape = min(mean, 0.999) / (1 - min(mean, 0.999))

        def once(rng: np.random.Generator) -> str:
            ranks = np.floor((1 - rng.beta(shape, 1, n)) * (CANDIDATES + 1))
            return verdict_of(_mean_rank(1 - (ranks + 0.5) / (CANDIDATES + 1)), limit=accepted, warn=0.5, effect=effect)

        return lambda rng: once

    def as_often(mean: float) -> str:
        return f"find a planted canary likelier in {mean:.0%} of the comparisons"

    far, half = min(accepted + effect, 0.99), min(accepted + effect / 2, 0.98)
    cases = [
        (Case("never saw the canaries", False, 0.0), 0.5),
        (Case(f"{as_often(accepted)}, as is allowed", False, 0.0), max(accepted, 0.5)),
        (Case(as_often(far), True, effect), far),
        (Case(as_often(half), True, effect / 2), half),
        (Case("have memorised every canary", True, 1 - accepted, crude=True), 0.999),
    ]
    return resampled([(case, planted(mean)) for case, mean in cases], n=n, seed=seed, pools=25, each=40)


def canary_rank(generator: Likelihoods, canary: str, rng: np.random.Generator) -> int:
    """How many of 500 random canaries of the same form are likelier than this one; digits are what is secret in it."""
    start = re.search(r"\d", canary)
    if start is None:
        raise Refusal(f"The canary {canary[:40]!r} holds no digit, so there is nothing secret in it.")
    prefix, secret = canary[: start.start()].rstrip(), canary[len(canary[: start.start()].rstrip()) :]
    others = [re.sub(r"\d", lambda _: str(rng.integers(10)), secret) for _ in range(CANDIDATES)]
    scores = generator.continuations([prefix], [secret, *others])[0]
    return int((scores[1:] > scores[0]).sum())
