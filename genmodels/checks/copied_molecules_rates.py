"""How often the verdicts on copied molecules are wrong: counts are drawn anew for models whose copying is known.

What is natural is not known but estimated, so that each pool draws it anew, as far as the counts leave it open (Jeffreys);
then what would be counted on held-out and on training molecules is drawn, and judged by the very rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from genmodels.checks.copied_molecules import Near, Rediscovered
from genmodels.verdicts.error_rates import Case, Pool, Rates, resampled
from genmodels.verdicts.finding import verdict_of


def rates_of_rediscovered(found: Rediscovered, limit: float, effect: float, seed: int) -> Rates:
    """Error rates of the verdict on training molecules that are written again."""
    alike = max(1.0, found.test / found.independent)  # held-out molecules that count as one

    def planted(copied: float) -> Pool:
        def pool(rng: np.random.Generator) -> Callable[[np.random.Generator], str]:
            rate = _drawn(rng, found.held_out, found.test, found.independent)
            chance = min(1.0, copied + rate * found.train / found.written)

            def repeat(again: np.random.Generator) -> str:
                held_out = int(min(found.test, round(alike * again.binomial(found.independent, rate))))
                known = int(again.binomial(found.written, chance))
                return _judged(replace(found, held_out=held_out, known=known), limit, effect)

            return repeat

        return pool

    return resampled(_cases(planted, limit, effect, "copy {} of what they write"), n=found.written, seed=seed)


def rates_of_near(found: Near, limit: float, effect: float, seed: int) -> Rates:
    """Error rates of the verdict on near copies."""
    alike = max(1.0, found.train / found.independent)

    def planted(copied: float) -> Pool:
        def pool(rng: np.random.Generator) -> Callable[[np.random.Generator], str]:
            rate = _drawn(rng, found.usual, found.train, found.independent)

            def repeat(again: np.random.Generator) -> str:
                usual = int(min(found.train, round(alike * again.binomial(found.independent, rate))))
                near = int(again.binomial(found.written, min(1.0, rate + copied)))
                return _judged(replace(found, usual=usual, near=near), limit, effect)

            return repeat

        return pool

    return resampled(
        _cases(planted, limit, effect, "change little in {} of what they write"), n=found.written, seed=seed
    )


def _cases(planted: Callable[[float], Pool], limit: float, effect: float, says: str) -> list[tuple[Case, Pool]]:
    far, half = min(1.0, limit + effect), min(1.0, limit + effect / 2)
    return [
        (Case("copy nothing", False, 0.0), planted(0.0)),
        (Case(says.format(f"{limit:.0%}") + ", as is allowed", False, 0.0), planted(limit)),
        (Case(says.format(f"{far:.0%}"), True, effect), planted(far)),
        (Case(says.format(f"{half:.0%}"), True, effect / 2), planted(half)),
        (Case(says.format("all"), True, 1 - limit, crude=True), planted(1.0)),
    ]


def _drawn(rng: np.random.Generator, k: int, n: int, independent: int) -> float:
    """A rate as k of n leaves it open."""
    found = k * independent / n
    return float(rng.beta(found + 0.5, independent - found + 0.5))


def _judged(found: Rediscovered | Near, limit: float, effect: float) -> str:
    return verdict_of(found.estimate(), limit=limit, effect=effect)
