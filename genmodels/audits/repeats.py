"""Do the outputs repeat each other? Every output is compared with every other, so that nothing is estimated.

Pictures are compared as small copies of 64 x 64 pixels: equal as JPEG leaves them, or hardly told apart. Texts are compared
by their words: the same in the same order, or eight of ten runs of three words shared (Broder 1997, by min-hashing).

Refusals are told in the same words again and again, so answers that refuse are left out here and counted by `refusals`.

Known limits: a picture that was mirrored or cropped is another one; plain pictures of one colour are alike because they are
plain. What is counted is how far these outputs repeat each other: of more outputs of one model more will.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.audits.audit import audit
from genmodels.checks.copied_pairs import pngs
from genmodels.checks.refused_answers import refuses
from genmodels.checks.repeated import repeated_pictures, repeated_texts
from genmodels.estimates.estimate import Estimate
from genmodels.subjects.outputs import Outputs
from genmodels.verdicts.error_rates import unknown_rates
from genmodels.verdicts.finding import Finding, judge, not_measured
from genmodels.verdicts.items import Items
from genmodels.verdicts.limits import Limits, limit

SHOWN = 8  # groups
LONGEST = 200  # characters of a text that is shown
LEAST = 2
REMEDY = "Ask with other seeds and a higher temperature; a model that goes on repeating itself was trained too long or on too little."
QUESTIONS = {"equal": "Are outputs equal to each other?", "near": "Are outputs nearly equal to each other?"}


@dataclass(frozen=True, kw_only=True)
class RepeatsLimits(Limits):
    """What is accepted of outputs that repeat an earlier one."""

    equal: float = limit(0.01, "The share of outputs that may be equal to an earlier one.")
    near: float = limit(0.05, "The share of outputs that may be nearly equal to an earlier one.")


@audit(
    "repeats",
    question="Do the outputs repeat each other?",
    kinds=("image", "text", "code"),
    limits=RepeatsLimits,
    of=Outputs,
)
def repeats(subject: Outputs, limits: RepeatsLimits) -> list[Finding]:
    """Compares every output with every other."""
    chosen = _looked_at(subject)
    if len(chosen) < LEAST:
        return [
            not_measured(
                "repeats",
                QUESTIONS["equal"],
                f"n too small: {len(chosen)} outputs say something; bring at least two.",
                "equal",
            )
        ]
    if subject.pictures is not None:
        groups = repeated_pictures(
            subject.pictures.small, lambda done, of: subject.report("outputs compared", done, of)
        )
    else:
        groups = repeated_texts([subject.items[i].text for i in chosen])
    return [
        _finding(subject, chosen, part, groups[part], accepted)
        for part, accepted in (("equal", limits.equal), ("near", limits.near))
    ]


def _looked_at(subject: Outputs) -> np.ndarray:
    """The numbers of the outputs that are compared: all pictures, and all answers that do not refuse."""
    if subject.pictures is not None:
        return np.arange(subject.n)
    return np.flatnonzero([bool(each.text.strip()) and not refuses(each.text) for each in subject.items])


def _finding(subject: Outputs, chosen: np.ndarray, part: str, groups: np.ndarray, accepted: float) -> Finding:
    """The share of outputs that have an earlier one in their group."""
    _, first, size = np.unique(groups, return_index=True, return_counts=True)
    n, again, largest = len(chosen), len(chosen) - len(first), int(size.max())
    share, how = again / n, "equal to" if part == "equal" else "hardly told apart from"
    refusing = f" {subject.n - n:,} refusals and empty answers are left out." if n < subject.n else ""
    claim = (
        f"{again:,} of {n:,} outputs ({share:.1%}) are {how} an earlier one; the largest group has {largest:,}.{refusing} "
        "All were compared with each other: it is a count, and nothing is estimated."
    )
    return judge(
        "repeats",
        claim,
        Estimate(share, share, share, n, "only these outputs"),
        limit=accepted,
        remedy=REMEDY,
        exhibits=[
            _shown(subject, chosen[groups == group])
            for group in np.argsort(-size, kind="stable")[:SHOWN]
            if size[group] > 1
        ],
        part=part,
        question=QUESTIONS[part],
        error_rates=unknown_rates("all outputs were compared with each other, nothing is estimated"),
        items=[Items(~np.isin(np.arange(n), first), chosen, units=groups)],
    )


def _shown(subject: Outputs, numbers: np.ndarray) -> dict[str, Any]:
    """A group: how many there are, the places of the first, and what they look like."""
    few = numbers[:4]
    row: dict[str, Any] = {"outputs": [subject.items[i].place for i in few], "of": len(numbers)}
    if subject.pictures is not None:
        return row | {"pictures": pngs(*(subject.pictures.small[i] for i in few[:2]))}
    return row | {"text": subject.items[few[0]].text[:LONGEST]}
