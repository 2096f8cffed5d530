"""How much more often one group's outputs are called a fault than another's, in the same words of the prompt."""

from __future__ import annotations

from itertools import combinations

from genmodels.checks.label_rates import kept_rates, rates_of_difference
from genmodels.checks.label_shares import Answered, Told, shown
from genmodels.checks.prompt_groups import Counterfactual
from genmodels.estimates.estimate import CONFIDENCE, Estimate
from genmodels.estimates.prediction_powered import difference
from genmodels.verdicts.finding import Finding, judge, not_measured

AUDIT = "shares"
REMEDY = "Look at the examples that people called so; change what the model learns from or how it is asked, then label a new sample."
MOST_GROUPS = 8  # with most labels, that are compared
LEAST_OF_GROUP = 10  # labels of a group to be compared


SAME_WORDS = "in the same words of the prompt"


def faults_by_group(
    answered: Answered, pairs: Counterfactual, limit: float, effect: float, said: str = SAME_WORDS
) -> Finding:
    """How much more often one group's outputs are called a fault than another's; `said` tells how groups are known."""
    question, told = answered.question, answered.of(answered.question.faults)
    asked = f"{question.text} Is it the same for each {pairs.grouping}?"
    part = f"{question.name}, by {pairs.grouping}"
    within = {name: told.among(pairs.groups == name) for name in pairs.names}
    within, few = _large(within)
    if len(within) < 2:
        reason = f"Fewer than two groups have {LEAST_OF_GROUP} labels{f' ({few})' if few else ''}; go on labelling."
        return not_measured(AUDIT, asked, reason, part)
    tests = len(within) * (len(within) - 1) // 2
    gaps = {(one, other): gap(within[one], within[other], tests) for one, other in combinations(within, 2)}
    worst = max(gaps, key=lambda pair: (gaps[pair].low, gaps[pair].value))
    estimate, first, second = gaps[worst], within[worst[0]], within[worst[1]]
    values = " and ".join(f"{within[name].share().value:.1%} of {name}" for name in worst)
    among = f", the most of {tests} pairs of groups" if tests > 1 else ""
    claim = f"{' or '.join(question.faults)} is the answer for {values}: {100 * estimate.value:.1f} points apart ({100 * estimate.low:.1f} to {100 * estimate.high:.1f}{among}), {said}."
    claim += f" Too few labels to compare: {few}." if few else ""
    return judge(
        AUDIT,
        claim,
        estimate,
        limit=limit,
        effect=effect,
        remedy=REMEDY,
        exhibits=[{"groups": [{"group": name, **shown(each.share())} for name, each in within.items()]}],
        part=part,
        question=asked,
        error_rates=kept_rates(
            ("difference", first, second, limit, effect, tests),
            answered.outputs,
            lambda: rates_of_difference(
                first,
                second,
                limit,
                effect,
                answered.outputs.seed,
                lambda one, other: gap(one, other, tests),
            ),
        ),
    )


def _large(within: dict[str, Told]) -> tuple[dict[str, Told], str]:
    """The groups that have enough labels to be compared, in order of names, and those that have some and too few, in words."""
    few = [f"{name} ({len(each.labels)})" for name, each in within.items() if len(each.labels) < LEAST_OF_GROUP]
    most = sorted(within, key=lambda name: -len(within[name].labels))[:MOST_GROUPS]
    large = {name: within[name] for name in sorted(most) if len(within[name].labels) >= LEAST_OF_GROUP}
    return large, ", ".join(few[:MOST_GROUPS])


def gap(first: Told, second: Told, tests: int = 1) -> Estimate:
    """How far apart the shares of two groups are, from 0 to 1; the interval holds for all `tests` at once (Bonferroni)."""
    confidence = 1 - (1 - CONFIDENCE) / tests
    apart = difference(first.share(confidence), second.share(confidence))
    low = max(0.0, apart.low, -apart.high)
    return Estimate(abs(apart.value), low, max(abs(apart.low), abs(apart.high)), apart.n)
