"""Are outputs near-copies of training pictures? Pictures of any size that were brought, held against what was brought of training.

A copy is still found when it was mirrored, cropped to 80 % of its sides, moved, dimmed, recoloured, compressed or made
smaller (`genmodels.kinds.image.near_at_any_size`). How near is too near is not fixed: it is found on pictures that nobody
copied, one half of their families, and how often chance undercuts it is counted on the other half, and the other way round,
and on how often outputs come as near to those pictures (`genmodels.checks.brought_copies_rule`), as Meehan, Chaudhuri and
Dasgupta 2020 (arXiv 2004.05675) hold samples against unseen pictures. Those are the held-out pictures where some were
brought, else training pictures against the others. Variants of one drawing count once, and are granted: a picture is no
copy that is nearer to one that nobody copied, or as near to a training picture as those are.

Known limits: turned, stretched by more than a tenth, redrawn or blended copies and copies of small parts are not looked
for, nor one picture that is copied many times and no other, which may be one accident; only what was brought of the training
pictures can be found copied; a recoloured copy of a drawing that training holds in many colours can't be told from a new
variant, and the error rates say so. Copies are planted at up to 256 pixels, made of small copies of 64.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genmodels.audits.audit import audit
from genmodels.checks.brought_copies import SURELY, Brought, pairs, too_plain
from genmodels.checks.brought_copies_rates import or_overlooked, rates_of, why_not
from genmodels.checks.brought_copies_rule import Rule
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.refusal import Refusal
from genmodels.subjects.outputs import Outputs
from genmodels.verdicts.error_rates import kept_by, unknown_rates
from genmodels.verdicts.finding import Finding, judge
from genmodels.verdicts.items import Items
from genmodels.verdicts.limits import Limits, beyond, limit

LEAST = 20  # outputs
VERSION = "brought copies 2"  # of the rules whose error rates are kept
QUESTIONS = {
    "copies": "Are outputs near-copies of training pictures, in their colours?",
    "recoloured": "Are outputs near-copies of training pictures, whatever their colours?",
}
SAID = {
    "copies": "near-copies of training pictures",
    "recoloured": "near-copies of training pictures by their lines alone",
}
REMEDY = "Look at the pairs; take these pictures, and those that are many times in it, out of the training data, or refuse outputs this near to one."


@dataclass(frozen=True, kw_only=True)
class CopiesLimits(Limits):
    """What is accepted of near-copies, in their colours and whatever their colours."""

    copies: float = limit(0.0, "The share of outputs that may be near-copies of training pictures.")
    copies_effect: float = beyond("copies", 0.01)
    recoloured: float = limit(0.0, "The share of outputs that may be near-copies of training pictures in any colours.")
    recoloured_effect: float = beyond("recoloured", 0.01)


@audit(
    "copies",
    question="Are outputs near-copies of training pictures?",
    needs=("training pictures",),
    limits=CopiesLimits,
    of=Outputs,
)
def copies(subject: Outputs, limits: CopiesLimits) -> list[Finding]:
    """Holds every output against every training picture that was brought, at any size and however it was changed.

    Raises `Refusal` for fewer than 20 outputs.
    """
    if subject.n < LEAST:
        raise Refusal(f"There are {subject.n} outputs; at least {LEAST} are needed to tell copies from chance.")
    assert subject.pictures is not None
    if (compared := int((~too_plain(subject.pictures.small)).sum())) < LEAST:
        raise Refusal(
            f"Of {subject.n:,} outputs {subject.n - compared:,} are of one colour; at least {LEAST} others are needed to tell copies from chance."
        )
    brought = Brought(subject)
    return [
        _finding(brought, "copies", limits.copies, limits.copies_effect),
        _finding(brought, "recoloured", limits.recoloured, limits.recoloured_effect),
    ]


def _finding(brought: Brought, kind: str, accepted: float, effect: float) -> Finding:
    subject = brought.subject
    if reason := why_not(brought):
        distance, rates = SURELY, unknown_rates(reason)
        estimate, by_chance = _without_chance(brought, kind), "what chance does is not known"
        copied = (brought.ours.far[kind] < distance) & brought.ours.training
    else:
        distance, estimate, by_chance, copied = _measured(brought, kind, effect)
        known = (VERSION, subject.sha256, subject.n, subject.seed, kind, accepted, effect)
        rates = kept_by(known, lambda: rates_of(brought, kind, accepted, effect))
    finding = judge(
        "copies",
        f"{_said(kind, estimate)} Near is a distance of {distance:.2g} or less (1: nothing alike); {by_chance}.{_left_out(brought)}",
        estimate,
        limit=accepted,
        effect=effect,
        remedy=REMEDY,
        exhibits=pairs(brought, kind, distance),
        part=kind,
        question=QUESTIONS[kind],
        error_rates=rates,
        items=[_items(brought, copied, distance)],
    )
    return or_overlooked(finding, rates, accepted, effect)


def _items(brought: Brought, near: np.ndarray, distance: float) -> Items:
    """Which outputs are `near` (n,) a training picture; those that are near to one belong together."""
    training = brought.subject.training
    hits = np.where(near, brought.ours.hits, -1 - np.arange(len(near)))
    rule = f"nearer than {distance:.6g} to {training.sha256 if training else ''}"
    return Items(near, np.arange(len(near)), units=hits, rule=rule)


def _measured(brought: Brought, kind: str, effect: float) -> tuple[float, Estimate, str, np.ndarray]:
    """The greatest distance that counts, the share of copies beyond chance, what chance does, in words, and which outputs are
    nearer than that to a training picture."""
    rng, searched, known = np.random.default_rng([brought.subject.seed, 43]), brought.searched, brought.known
    plants = {way: scores.nearest(known) for way, scores in brought.plants.items()}
    honest = searched.honest(np.arange(len(searched.names)), known)
    rule = Rule.of(kind, honest, searched.names, plants, searched.odds(known), brought.n, effect, rng)
    held = rule.held(brought.ours)
    near = int(((held.others < 1) & held.others_training).sum())
    told = f"so near to a training picture are {near:,} of {len(held.others):,} pictures that nobody copied ({len(known):,} families)"
    if searched.held_out:
        other = int(((held.ours < 1) & ~held.training).sum())
        told += f", and so near to one of these {other:,} outputs"
    return max(rule.distances), held.share, told, (held.ours < 1) & held.training


def _without_chance(brought: Brought, kind: str) -> Estimate:
    """The share of outputs that are so near that they are surely copies, with its exact 99 % interval."""
    near = (brought.ours.far[kind] < SURELY) & brought.ours.training
    return clopper_pearson(int(near.sum()), len(near), 0.99)


def _said(kind: str, estimate: Estimate) -> str:
    """What was found, in a sentence."""
    if estimate.low > 0:
        return f"About {estimate.value:.1%} of {estimate.n:,} outputs are {SAID[kind]}, beyond what chance does ({estimate.low:.1%} to {estimate.high:.1%}, 99 % interval)."
    return f"Of {estimate.n:,} outputs at most {estimate.high:.1%} are {SAID[kind]}, no more than chance makes alike."


def _left_out(brought: Brought) -> str:
    """What was not compared, in a sentence that begins with a space; "" where all was."""
    outputs, training = brought.plain
    pictures, held_out = brought.subject.pictures, brought.left_out
    unread = len(pictures.left_out) if pictures is not None else 0
    parts = [
        f"{outputs:,} outputs and {training:,} training pictures of one colour" if outputs or training else "",
        f"{unread:,} files of the outputs and {len(brought.training.left_out):,} of the training pictures that could not be read"
        if unread or brought.training.left_out
        else "",
        f"{held_out:,} held-out pictures that are training pictures" if held_out else "",
    ]
    told = "; ".join(part for part in parts if part)
    return f" Left out: {told}." if told else ""
