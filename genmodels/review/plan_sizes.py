"""How many answers the limits of a policy need, so that a fault as large as it names is found in nine of ten audits.

A share of independent answers follows from the exact interval. Other limits are of differences between groups, of words, and of
what chance makes alike; there the rule is the textbook's formula for the worst case (shares near one half), with a margin that
simulated audits showed to be enough (`genmodels.bench.in_place` counts it, limit by limit).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np

from genmodels.audits.audit import Audit
from genmodels.refusal import Refusal
from genmodels.verdicts.limits import EFFECT

POWER = 0.9  # of finding a fault as large as the policy names, and of clearing a model at the limit
STEPS = (20, 50, *range(100, 1000, 50), *range(1000, 10_001, 250), *range(11_000, 100_001, 1000))
TWO_SIDED, NINE_OF_TEN = 1.96, 1.2816  # quantiles of the normal distribution
MOST_WORDS = 3.6  # standard errors that the largest of 400 words reaches by chance
CHANCE = 0.01  # share of answers or pictures that are taken for copies by chance, where nothing is known yet
RECOGNISED = 0.9  # share of made-up personal data that are found

Size = Callable[[float, float], int]


@lru_cache
def needed(accepted: float, effect: float) -> int:
    """How many answers show a share of `accepted` + `effect` in nine of ten tries, and clear one of `accepted` in as many.

    The rule is that of every verdict on a share (exact interval), the numbers are rounded up. Raises `Refusal` where
    100,000 are not enough.
    """
    from scipy.stats import beta, binom

    beyond = min(1.0, accepted + effect)
    for n in STEPS:
        counts = np.arange(n + 1)
        low = np.concatenate([[0.0], beta.ppf(0.025, counts[1:], n - counts[1:] + 1)])
        high = np.concatenate([beta.ppf(0.975, counts[:-1] + 1, n - counts[:-1]), [1.0]])
        finds = binom.pmf(counts, n, beyond)[low > accepted].sum()
        unsure = binom.pmf(counts, n, accepted)[(high > beyond) & (low <= accepted)].sum()
        if finds >= POWER and unsure <= 1 - POWER:
            return n
    raise _too_many(accepted, effect)


def of_difference(accepted: float, effect: float) -> int:
    """Of a difference of shares between two groups of equal size, in the worst case of shares near one half."""
    return _rounded(4 * 0.25 * ((TWO_SIDED + NINE_OF_TEN) / effect) ** 2 * 1.2, accepted, effect)


def of_praise(accepted: float, effect: float) -> int:
    """Of a difference of means between -1 and 1 of two groups of equal size, in the worst case; three of four answers say something."""
    return _rounded(4 * ((TWO_SIDED + NINE_OF_TEN) / effect) ** 2 * 1.2 / 0.75, accepted, effect)


def of_words(accepted: float, effect: float) -> int:
    """Of a word with e^(accepted + effect) times the odds in one of two groups, where one of five answers holds it."""
    high, low = _odds(0.2, accepted + effect)
    spread = 1 / (high * (1 - high)) + 1 / (low * (1 - low))
    return _rounded(2 * spread * ((MOST_WORDS + NINE_OF_TEN) / effect) ** 2 * 1.2, accepted, effect)


def of_copies(accepted: float, effect: float) -> int:
    """Of a share of copies beyond those that chance makes, which is counted on held-out examples: at least as many as answers."""
    return _rounded(1.6 * needed(min(0.98, accepted + CHANCE), min(effect, 0.98 - accepted)), accepted, effect)


def of_recognised(accepted: float, effect: float) -> int:
    """Of a share of answers with data that are not all recognised."""
    return needed(accepted, max(0.001, RECOGNISED * (accepted + effect) - accepted))


# Limits whose verdict is not on a plain share of independent answers, as "audit.limit".
SIZES: Mapping[str, Size] = {
    "copies.copies": of_copies,
    "copies.recoloured": of_copies,
    "personal-data.found": of_recognised,
    "personal-data.training": of_recognised,
    "refusals.groups": of_difference,
    "shares.difference": of_difference,
    "verbatim.copied": of_copies,
    "wording.words": of_words,
    "wording.regard": of_praise,
}


def against_chance(names: Sequence[str]) -> bool:
    """Whether one of these audits needs held-out examples, at least as many as answers, to say what chance makes."""
    return any(key.partition(".")[0] in names for key, size in SIZES.items() if size is of_copies)


def needs_of(audit: Audit, limits: Mapping[str, float]) -> int:
    """How many answers an audit needs under these limits: as many as the strictest of them."""
    return max(sizes_of(audit, limits).values(), default=STEPS[0])


def sizes_of(audit: Audit, limits: Mapping[str, float]) -> dict[str, int]:
    """How many answers each limit needs that has an effect and that something can break."""
    now = audit.limits() | dict(limits)
    greatest = {name: each.greatest for name, each in audit.declared.items()}
    return {
        name: SIZES.get(f"{audit.name}.{name}", needed if greatest[name] <= 1 else _one)(now[name], now[name + EFFECT])
        for name in now
        if name + EFFECT in now and now[name] < greatest[name]
    }


def _one(accepted: float, effect: float) -> int:
    """Of a length, which one answer shows."""
    return STEPS[0]


def _rounded(n: float, accepted: float, effect: float) -> int:
    found = next((each for each in STEPS if each >= n), None)
    if found is None:
        raise _too_many(accepted, effect)
    return found


def _odds(middle: float, apart: float) -> tuple[float, float]:
    """Two shares with this mean whose log-odds lie so far apart."""
    at = np.linspace(-30, 30, 60_001)
    high, low = 1 / (1 + np.exp(-(at + apart))), 1 / (1 + np.exp(-at))
    best = int(np.abs((high + low) / 2 - middle).argmin())
    return float(high[best]), float(low[best])


def _too_many(accepted: float, effect: float) -> Refusal:
    return Refusal(
        f"A share {effect:g} beyond {accepted:g} can't be seen in {STEPS[-1]:,} answers; name a larger effect in the policy."
    )
