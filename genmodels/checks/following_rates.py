"""How often the verdicts on following are wrong, counted in place: on swapped pairs, held-out captions and roles.

As in `bias_rates`: their very rules on planted shares, with pools in which drawings are drawn anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from genmodels.checks.bias_rates import DRAWS, VERSION, Verdicts, taking_turns
from genmodels.checks.following_rules import Followed, changed, slips, told_apart
from genmodels.estimates.corrected_shares import LEVEL, Errors
from genmodels.estimates.estimate import clopper_pearson
from genmodels.verdicts.error_rates import Case, Rates, kept_by, resampled
from genmodels.verdicts.finding import verdict_of


def of_swaps(roles: np.ndarray, errors: Sequence[Errors], shares: np.ndarray, limit: float, effect: float) -> Rates:
    """Of the verdict on swapped pairs: none really changes, as many as are accepted do, or more."""
    cases = [(Case("change nothing else when a group is swapped", False), 0.0)]
    cases += [(Case("change as many pairs as is accepted", False), limit)] if 0 < limit < 1 else []
    for share, crude in ((limit + effect / 2, False), (limit + effect, False), (0.6, True)):
        if share <= 1 and (not crude or share > limit + effect):
            cases.append(
                (Case(f"change another group in {share:.0%} of swapped pairs", True, share - limit, crude), share)
            )
    key = ("swaps", VERSION, roles.tolist(), shares, limit, effect, *(each.counts for each in errors))
    return kept_by(key, lambda: _swaps(cases, roles, errors, shares, limit, effect))


def _swaps(
    cases: Sequence[tuple[Case, float]],
    roles: np.ndarray,
    errors: Sequence[Errors],
    shares: np.ndarray,
    limit: float,
    effect: float,
) -> Rates:
    def pool(share: float, number: int) -> Verdicts:
        rng = np.random.default_rng([number, 44])
        slipped = float(slips(errors[number % len(errors)].draw(rng, 1)[0], shares))

        def verdict(rng: np.random.Generator) -> str:
            differ = rng.random(len(roles)) < share + (1 - share) * slipped
            return verdict_of(changed(differ, roles, errors, shares, DRAWS), limit=limit, effect=effect)

        return verdict

    return resampled(taking_turns(cases, pool), n=len(roles), seed=44)


def of_following(found: Followed, limit: float, effect: float) -> Rates:
    """Of the verdict on captions of every group: all followed as often as these were, or one group less often."""
    share = float(np.clip(found.drawn.mean() / max(found.real[0].mean(), 1e-6), 0, 1))
    cases = [(Case("follow captions of every group alike", False), 0.0)]
    cases += [(Case("lose as much of one group as is accepted", False), limit)] if 0 < limit < share else []
    for lost, crude in ((limit + effect / 2, False), (limit + effect, False), (0.6, True)):
        if lost <= share and (not crude or lost > limit + effect):
            cases.append((Case(f"lose {lost:.0%} more of the captions of one group", True, lost - limit, crude), lost))
    key = (
        "following",
        VERSION,
        found.drawn,
        found.again,
        found.real,
        *(values.tolist() for values in found.groups.values()),
        limit,
        effect,
    )
    return kept_by(key, lambda: _following(cases, found, share, limit, effect))


def _following(
    cases: Sequence[tuple[Case, float]], found: Followed, share: float, limit: float, effect: float
) -> Rates:
    rounds, rows = len(found.again) // found.real.shape[1], found.real.shape[1]
    named = found.named

    def pool(lost: float, number: int) -> Verdicts:
        rng = np.random.default_rng([number, 45])
        while True:
            chosen = rng.integers(rows, size=rows)
            groups = {grouping: values[chosen] for grouping, values in found.groups.items()}
            if all(2 < (groups[grouping] == name).sum() < rows for grouping, name in named):
                break
        real = found.real[:, chosen]
        grouping, name = named[number % len(named)]
        chance = np.clip(real[number % len(real)] * share - lost * (groups[grouping] == name), 0, 1)
        again = np.tile(np.arange(rows), rounds)

        def verdict(rng: np.random.Generator) -> str:
            drawn = (rng.random(len(again)) < chance[again]).astype(float)
            _, estimate = replace(found, groups=groups, real=real, again=again, drawn=drawn).worst()
            return verdict_of(estimate, limit=limit, warn=min(0.0, limit), effect=effect)

        return verdict

    return resampled(taking_turns(cases, pool), n=len(found.again), seed=45, each=4)


def of_roles(real: np.ndarray, each: int, limit: float, effect: float) -> Rates:
    """Of the verdict on roles told apart: all drawn as in real drawings, or a share of them drawn like one other role."""
    cases = [(Case("draw every role as it is drawn", False), 0.0)]
    cases += [(Case("draw as many roles alike as is accepted", False), limit)] if 0 < limit < 1 else []
    for share, crude in ((limit + effect / 2, False), (limit + effect, False), (0.95, True)):
        if share <= 1 and (not crude or share > limit + effect):
            cases.append((Case(f"draw {share:.0%} of the roles like another one", True, share - limit, crude), share))
    return kept_by(("roles", VERSION, real, each, limit, effect), lambda: _roles(cases, real, each, limit, effect))


def _roles(cases: Sequence[tuple[Case, float]], real: np.ndarray, each: int, limit: float, effect: float) -> Rates:
    def pool(share: float, number: int) -> Verdicts:
        again = np.random.default_rng([number, 46]).choice(real, len(real))
        merged = round(share * len(real))

        def verdict(rng: np.random.Generator) -> str:
            hits = rng.binomial(each, again)
            taken = hits + rng.multinomial(int((each - hits).sum()), np.full(len(real), 1 / len(real)))
            moved = hits[:merged].sum()
            hits[:merged] = 0
            taken[:merged], taken[-1] = taken[:merged] * 0, taken[-1] + moved if merged < len(real) else moved
            told = told_apart(hits, np.maximum(taken, hits), each, each * len(real))
            return verdict_of(
                clopper_pearson(int((~told).sum()), len(told), 1 - LEVEL), limit=limit, warn=limit / 2, effect=effect
            )

        return verdict

    return resampled(taking_turns(cases, pool), n=each * len(real), seed=46)
