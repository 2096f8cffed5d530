"""Does its loss give away whether an example was trained on? Losses of training against held-out examples.

Papers: Yeom et al. 2018, arXiv 1709.01604 (the loss as the attack); Carlini et al. 2022, arXiv 2112.03570 (true positives
at a low rate of false alarms say more than an average, and belong on logarithmic axes).

The attacker says "trained on" where the loss is low. AUC is the probability that a training example has a lower loss than
a held-out one, 0.5 where nothing can be told. What varies together counts as one: families of drawings, documents of texts;
its interval is that of Obuchowski 1997 over them. Beside it stands what numbers tell that no model knows (ink, edges,
bytes); what they explain of the loss is taken off before it is judged (difficulty calibration, Watson et al. 2021, arXiv
2111.08440), so that a verdict is of what the loss tells beyond them. An interval wholly below one half is no pass: then both
sides are unlike. True positives at a rate f of false alarms are given only where at
least 10 / f held-out families are there.

Known limits: a stronger attacker trains models of its own and compares (not done here), so a pass is no proof of privacy;
what makes both sides differ in a way that only the model sees is taken for memory. Music is left out: its training
pieces stand there in many keys and its held-out ones in their own, so that the losses of both sides differ without memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from genmodels.audits.audit import audit
from genmodels.checks.blind import blind, rests
from genmodels.checks.membership import (
    LEAST_FAMILIES,
    Sides,
    Told,
    picture_families,
    rates,
    rates_at,
    told,
    verdict_on,
    window_families,
)
from genmodels.checks.membership import beyond as beyond_blind
from genmodels.estimates.clustered import clustered
from genmodels.estimates.estimate import Estimate
from genmodels.estimates.ranks import probability_lower
from genmodels.kinds.text.examples import Texts
from genmodels.refusal import Refusal
from genmodels.subjects.subject import Subject
from genmodels.trained.roles import to_infer_from
from genmodels.verdicts.error_rates import kept_by
from genmodels.verdicts.finding import Finding, judge, not_measured, verdict_of
from genmodels.verdicts.limits import Limits, beyond, limit

LEAST, MOST = 50, 4000  # examples of each side
RATES = (0.01, 0.001)  # of false alarms
WARN = 0.5  # AUC where nothing can be told
CURVE = 200  # points of the curve that a page draws
REMEDY = (
    "Train for fewer epochs (see where the held-out loss turns), with more dropout or weight decay, or on more data."
)
QUESTION = "Does its loss give away whether an example was trained on?"
VERSION = "membership 2"  # of the rules whose error rates are kept
Groups = Mapping[str, Sequence[np.ndarray]]  # of each grouping the groups (n,) of training and of held-out examples


@dataclass(frozen=True, kw_only=True)
class MembershipLimits(Limits):
    """What is accepted of the losses: `auc` for all examples, `caught` at low rates of false alarms."""

    auc: float = limit(0.6, "The probability that a training example may have the lower loss.")
    auc_effect: float = beyond("auc", 0.1)
    caught: float = limit(0.05, "The share of training examples that may be recognised at a low rate of false alarms.")
    caught_effect: float = beyond("caught", 0.05)


@audit(
    "membership",
    question="Does its loss give away what it was trained on?",
    kinds=("image", "text", "code"),
    needs=("losses",),
    limits=MembershipLimits,
)
def membership(subject: Subject, limits: MembershipLimits) -> list[Finding]:
    """Compares the losses of training and of held-out examples.

    Recognised at 1 % and at 0.1 % false alarms is asked apart. Raises `Refusal` where either side has too few families.
    """
    sides, groups, unit = both_losses(subject)
    trained, held_out = sides.numbers()
    if min(trained, held_out) < LEAST_FAMILIES:
        raise Refusal(
            f"n too small: the examples are {unit} of which {trained} are trained on and {held_out} held out; at least {LEAST_FAMILIES} of each are needed."
        )
    found, rest = told(sides), beyond_blind(sides)
    exhibits = [{"curve": roc(*rest)}, *_by_group(rest, sides, groups)]
    known = (
        VERSION,
        sides.ours,
        sides.theirs,
        *sides.families,
        *(each for both in sides.blind.values() for each in both),
        list(sides.blind),
        subject.seed,
    )
    findings = [_auc(found, sides, unit, exhibits, limits.auc, limits.auc_effect, known, subject.seed)]
    accepted = limits.caught, limits.caught_effect
    return findings + [_caught(sides, rate, *accepted, unit, known, subject.seed) for rate in RATES]


def _auc(
    found: Told,
    sides: Sides,
    unit: str,
    exhibits: list[dict[str, Any]],
    limit: float,
    effect: float,
    known: tuple[Any, ...],
    seed: int,
) -> Finding:
    estimate, beside = found.auc, found.blind
    trained, held_out = sides.numbers()
    claim = (
        f"In {estimate.value:.0%} of pairs the training example has the lower loss, allowing for how hard each is ({estimate.low:.0%} to {estimate.high:.0%} over {trained} trained and {held_out} held-out {unit};"
        f" 50 % is chance). The loss as it is is right in {found.alone.value:.0%} ({found.alone.low:.0%} to {found.alone.high:.0%}); without any model, {found.name} is right in {beside.value:.0%} ({beside.low:.0%} to {beside.high:.0%})."
    )
    finding = judge(
        "membership",
        claim,
        Estimate(estimate.value, estimate.low, estimate.high, held_out),
        limit=limit,
        warn=WARN,
        effect=effect,
        remedy=REMEDY,
        exhibits=exhibits,
        part="auc",
        question=QUESTION,
        error_rates=kept_by((*known, "auc", limit, effect), lambda: rates(sides, limit, WARN, effect, seed)),
    )
    verdict, reason = verdict_on(estimate, limit, WARN, effect), finding.reason
    if estimate.high < WARN:
        reason = f"Both sides differ: held-out examples have the lower loss, which no memory explains, so that the loss says nothing of it (AUC {estimate.low:.2f} to {estimate.high:.2f})."
    elif reason:
        reason = f"{reason[:-1]} (n counts held-out {unit})."
    return replace(
        finding, verdict=verdict, reason=reason, estimate=estimate, remedy=REMEDY if verdict in ("fail", "warn") else ""
    )


def both_losses(subject: Subject) -> tuple[Sides, Groups, str]:
    """Losses of up to 4,000 training and held-out examples, of groupings the groups of both, and the name of their families."""
    sides, chosen, model = [], [], to_infer_from(subject.generator)
    parts = (subject.data.train, subject.data.test)
    for name, part in zip(("training examples", "held-out examples"), parts, strict=True):
        n = (len(part.tokens) - 1) // part.context if isinstance(part, Texts) else len(part)
        chosen.append(np.sort(np.random.default_rng([subject.seed, 9]).permutation(n)[:MOST]))
        if n < LEAST:
            raise Refusal(f"There are {n} {name}; at least {LEAST} are needed to compare their losses.")
        subject.report(f"losses of {name}", 0, len(chosen[-1]))
        sides.append(model.losses(part, chosen[-1], subject.seed))
    ours, theirs = (blind(part, index) for part, index in zip(parts, chosen, strict=True))
    numbers = {name: (ours[name], theirs[name]) for name in ours}
    if isinstance(parts[0], Texts):
        trained, held_out = (window_families(part, index) for part, index in zip(parts, chosen, strict=True))
        return Sides(sides[0], sides[1], (trained, held_out + trained.max() + 1), numbers), {}, "documents"
    few = [part.take(index) for part, index in zip(parts, chosen, strict=True)]
    numbers["what no common shape explains"] = rests(few[0].images, few[1].images)
    groups = {name: [part.groups[name] for part in few] for name in parts[0].groups if name != "role"}
    return Sides(sides[0], sides[1], picture_families(*few), numbers), groups, "drawings"


def roc(ours: np.ndarray, theirs: np.ndarray) -> list[list[float]]:
    """Rates of false alarms and of true positives at limits of the loss, evenly spaced in ranks and dense at low rates."""
    limits = np.sort(theirs)
    ranks = np.unique(np.geomspace(1, len(limits), CURVE).astype(int))
    return [[float(rank / len(limits)), float((ours < limits[rank - 1]).mean())] for rank in ranks]


def _caught(
    sides: Sides, rate: float, accepted: float, effect: float, unit: str, known: tuple[Any, ...], seed: int
) -> Finding:
    question, part = f"Is a training example recognised at {rate:.1%} false alarms?", f"at {rate:.1%}"
    held_out = sides.numbers()[1]
    if held_out < 10 / rate:
        return not_measured(
            "membership",
            question,
            f"n too small: {held_out} held-out {unit} are there and {10 / rate:,.0f} are needed for this rate of false alarms.",
            part,
        )
    estimate = recognised(sides, rate)

    def judged(those: Sides) -> str:
        return verdict_of(recognised(those, rate), limit=accepted, effect=effect)

    claim = f"{estimate.value:.1%} of training examples are recognised at {rate:.1%} false alarms ({estimate.low:.1%} to {estimate.high:.1%} over {unit}), allowing for how hard each is."
    return judge(
        "membership",
        claim,
        estimate,
        limit=accepted,
        effect=effect,
        remedy=REMEDY,
        part=part,
        question=question,
        error_rates=kept_by((*known, part, accepted, effect), lambda: rates_at(sides, judged, accepted, effect, seed)),
    )


def recognised(sides: Sides, rate: float) -> Estimate:
    """The share of training examples with a lower loss, beyond what no model knows, than all but `rate` of the held-out ones."""
    ours, theirs = beyond_blind(sides)
    return clustered(ours < np.sort(theirs)[int(rate * len(theirs)) - 1], sides.families[0])


def _by_group(rest: tuple[np.ndarray, np.ndarray], sides: Sides, groups: Groups) -> Iterator[dict[str, Any]]:
    """AUC within each group that has examples, and families, enough."""
    for grouping, (trained, held_out) in groups.items():
        for name in np.unique(trained[trained != ""]):
            ours, theirs = trained == name, held_out == name
            inside = sides.families[0][ours], sides.families[1][theirs]
            if min(ours.sum(), theirs.sum()) >= 20 and min(len(np.unique(each)) for each in inside) >= LEAST_FAMILIES:
                found = probability_lower(rest[0][ours], rest[1][theirs], inside)
                yield {
                    "grouping": grouping,
                    "group": str(name),
                    "auc": found.value,
                    "low": found.low,
                    "high": found.high,
                    "n": int(ours.sum()),
                    "held_out": int(theirs.sum()),
                }
