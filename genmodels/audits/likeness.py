"""Do the outputs look like pictures that the model never saw, do they show all kinds of them, and do they vary as much?

Papers: Kynkaanniemi et al. 2019, arXiv 1904.06991 (precision, recall); Naeem et al. 2020, arXiv 2002.09797 (coverage);
Binkowski et al. 2018, arXiv 1801.01401 (kernel distance); Heusel et al. 2017, arXiv 1706.08500 (Frechet distance, which outside
Inception's features must not be called FID). Every number names the space that it was measured in (`checks.named_space`).

Compared with held-out pictures, dealt into two halves: how one half lies to the other is taken off
(`checks.likeness`), so that the number does not depend on n or on the space alone. By group: over prompts that are equal but
for the group, the share of outputs that lie among none of these pictures.

Known limits: a network taught on ImageNet overlooks what it was never asked for, such as a finger too many; what is brought to
compare with decides what is odd, and a group that it lacks will look odd. A model that copies its training pictures looks very
like them: the audit copies is about that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from genmodels.audits.audit import audit
from genmodels.checks.copied_pairs import pngs
from genmodels.checks.counterfactual_prompts import NONE, counterfactuals
from genmodels.checks.group_gaps import largest_gap, rates_of_gap
from genmodels.checks.likeness import Held, held, less_varied, missed, odd
from genmodels.checks.likeness_rates import rates_of
from genmodels.checks.named_space import Placed, placed
from genmodels.estimates.clusters import Clusters
from genmodels.estimates.estimate import Estimate
from genmodels.metrics.frechet import frechet_value
from genmodels.metrics.kernel_distance import kernel_distance, kernel_distance_value
from genmodels.subjects.outputs import Outputs
from genmodels.verdicts.error_rates import kept_by
from genmodels.verdicts.finding import Finding, judge, not_measured
from genmodels.verdicts.limits import Limits, beyond, limit

NAME, SHOWN, VERSION = "likeness", 12, "likeness 1"
QUESTIONS = {
    "odd": "Do outputs look like none of the pictures that they are compared with?",
    "missed": "Are there kinds of pictures that no output looks like?",
    "less varied": "Do the outputs vary as much?",
    "distance": "How far are the outputs from the pictures that they are compared with?",
    "groups": "Do outputs look odd more often where a prompt names some group?",
}
SAID = {
    "odd": "{value:.1%} of outputs more than of such pictures themselves ({low:.1%} to {high:.1%}) look like none of the {against}",
    "missed": "{value:.1%} of the {against} ({low:.1%} to {high:.1%}) have no output near, beyond what as many of them leave out themselves",
    "less varied": "Two outputs are {value:.1%} less apart ({low:.1%} to {high:.1%}) than two of the {against}",
}
REMEDIES = {
    "odd": "Look at the odd outputs; train longer, sample less wildly, or say what it can't draw.",
    "missed": "Look at what is missing; a model that shows some kinds only was trained on too little, or its guidance is too strong.",
    "less varied": "Ask with other seeds and a lower guidance; a model that varies less than the world it shows leaves people and things out.",
    "groups": "Look at the odd outputs of this group; balance what the model learns of the groups.",
}


@dataclass(frozen=True, kw_only=True)
class LikenessLimits(Limits):
    """What is accepted beyond what pictures of the same kind show of each other."""

    odd: float = limit(
        0.1, "The share of outputs that may look like none of the pictures compared with, beyond chance."
    )
    odd_effect: float = beyond("odd", 0.2)
    missed: float = limit(0.2, "The share of the pictures compared with that no output may be near to, beyond chance.")
    missed_effect: float = beyond("missed", 0.2)
    less_varied: float = limit(
        0.1, "By what share two outputs may be less apart than two of the pictures compared with."
    )
    less_varied_effect: float = beyond("less_varied", 0.15)
    groups: float = limit(0.1, "How much more often outputs may look odd where a prompt names one group.")
    groups_effect: float = beyond("groups", 0.15)


@audit(
    NAME,
    question="Do the outputs look like pictures that it never saw, and vary as much?",
    needs=("pictures to compare with",),
    limits=LikenessLimits,
    of=Outputs,
)
def likeness(subject: Outputs, limits: LikenessLimits) -> list[Finding]:
    """Holds outputs against held-out pictures in a named space: odd ones, kinds that are missed, variety, distance, by group.

    Raises `Refusal` where there are too few of either.
    """
    space = placed(subject)
    prompts = np.array([subject.items[row].prompt or f"\0{row}" for row in space.rows])
    against = held(space, prompts, subject.seed)
    return [
        _judged(subject, space, against, "odd", limits.odd, limits.odd_effect),
        _judged(subject, space, against, "missed", limits.missed, limits.missed_effect),
        _judged(subject, space, against, "less varied", limits.less_varied, limits.less_varied_effect),
        _distance(space),
        _groups(subject, space, against, limits.groups, limits.groups_effect),
    ]


def _judged(subject: Outputs, space: Placed, against: Held, part: str, accepted: float, effect: float) -> Finding:
    subject.report(QUESTIONS[part], 0, 1)
    estimate = _estimate(against, part)
    told = SAID[part].format(value=estimate.value, low=estimate.low, high=estimate.high, against=space.against)
    claim = f"{told}. {_measured_in(space)}"
    known = [VERSION, part, *against.odd, *against.apart, accepted, effect, subject.seed]
    rates = kept_by(known, lambda: rates_of(against, part, accepted, effect, subject.seed))
    return judge(
        NAME,
        claim,
        estimate,
        limit=accepted,
        effect=effect,
        remedy=REMEDIES[part],
        exhibits=_exhibits(subject, space, against, part),
        part=part,
        question=QUESTIONS[part],
        error_rates=rates,
    )


def _estimate(against: Held, part: str) -> Estimate:
    families = against.families
    if part == "odd":
        return odd(*against.odd, against.prompts, families[0])
    if part == "less varied":
        return less_varied(*against.apart, against.prompts, families[0])
    return missed(*against.empty, families[1])


def _measured_in(space: Placed) -> str:
    return f"Measured on {len(space.outputs):,} outputs and {len(space.reference):,} {space.against}, in the space {space.space}."


def _exhibits(subject: Outputs, space: Placed, against: Held, part: str) -> list[dict[str, Any]]:
    """Odd outputs; pictures that no output is near to; outputs that are nearest to each other."""
    if part == "odd":
        return _shown(subject, space.rows[against.odd[0]])
    if part == "missed":
        rows = against.second[against.empty[0]][:SHOWN]
        return [{"no output is near to": space.against, "pictures": pngs(space.shown[row])} for row in rows]
    assert subject.pictures is not None
    pairs = [space.rows[list(pair)] for pair in against.nearest(SHOWN)]
    return [
        {
            "outputs": [subject.items[row].place for row in pair],
            "of": 2,
            "pictures": pngs(*subject.pictures.small[pair]),
        }
        for pair in pairs
    ]


def _shown(subject: Outputs, rows: Sequence[int] | np.ndarray) -> list[dict[str, Any]]:
    """Odd outputs, as small copies."""
    assert subject.pictures is not None
    small = subject.pictures.small
    return [
        {"outputs": [subject.items[row].place], "of": 1, "pictures": pngs(small[row])} for row in list(rows)[:SHOWN]
    ]


def _distance(space: Placed) -> Finding:
    """Kernel and Frechet distance, told beside what two halves of the pictures compared with are apart; no limit is known."""
    clusters = Clusters.of(len(space.reference), len(space.outputs), space.families)
    estimate = kernel_distance(space.reference, space.outputs, clusters)
    middle = len(space.reference) // 2
    halves = np.random.default_rng(97).permutation(len(space.reference))
    between = kernel_distance_value(space.reference[halves[:middle]], space.reference[halves[middle:]])
    frechet = frechet_value(space.reference, space.outputs)
    claim = (
        f"The kernel distance is {estimate.value:.4g} ({estimate.low:.4g} to {estimate.high:.4g}), the Frechet distance {frechet:.4g}; two halves of the {space.against} are {between:.4g} apart (kernel)."
        f" {_measured_in(space)} Compare only with numbers of this space, n and these pictures."
    )
    return judge(NAME, claim, estimate, limit=1.0, part="distance", question=QUESTIONS["distance"])


def _groups(subject: Outputs, space: Placed, against: Held, accepted: float, effect: float) -> Finding:
    """How much more often outputs of one group are odd, over prompts that are equal but for the group."""
    among = replace(subject, items=tuple(subject.items[row] for row in space.rows), pictures=None)
    cases = counterfactuals(among)
    if not cases:
        return not_measured(NAME, QUESTIONS["groups"], NONE, "groups")
    tables = [each.table(against.odd[0].astype(float)) for each in cases]
    gap = largest_gap(tables)
    case, estimate = cases[gap.table], gap.estimate
    claim = (
        f"Where a prompt names {case.groups[gap.group]} outputs look odd {estimate.value:.1%} {'more' if gap.more else 'less'} often than of the others"
        f" ({estimate.low:.1%} to {estimate.high:.1%}, for all groups at once, over {len(case.frames):,} sets of prompts equal but for the group). {_measured_in(space)}"
    )
    chosen = case.items[(case.group == gap.group) == gap.more]
    rates = kept_by(
        ["likeness by group 1", *(each for table in tables for each in table), accepted, effect, subject.seed],
        lambda: rates_of_gap(tables, accepted, effect, subject.seed, "give odd pictures"),
    )
    return judge(
        NAME,
        claim,
        estimate,
        limit=accepted,
        effect=effect,
        remedy=REMEDIES["groups"],
        exhibits=_shown(subject, space.rows[chosen[against.odd[0][chosen]]]),
        part="groups",
        question=QUESTIONS["groups"],
        error_rates=rates,
    )
