"""How often the verdicts on pronouns are wrong, counted in place: writers with planted P(she), judged by the same rules."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from genmodels.checks.pronoun_estimates import beyond_text, far_from_even, farthest, slope_of
from genmodels.verdicts.error_rates import Case, Pool, Rates, resampled
from genmodels.verdicts.finding import verdict_of

TRAINED = 0.05  # standard deviation of P(she) of an occupation that training on even text left


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


def of_parity(table: np.ndarray, accepted: float, effect: float, seed: int) -> Rates:
    """Of the verdict on the mean distance from one half; `table` (occupations, templates) is P(she)."""

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


def of_single(table: np.ndarray, accepted: float, effect: float, seed: int) -> Rates:
    """Of the verdict on single occupations; `table` (occupations, templates) is P(she)."""

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


def of_slope(text: np.ndarray, table: np.ndarray, accepted: float, effect: float, seed: int) -> Rates:
    """Of the verdict on how P(she) follows the text; `text` (occupations,) are its shares, `table` (occupations, templates) is P(she)."""

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
