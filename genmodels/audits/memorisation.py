"""Does it copy its training pictures? Nearest training pictures of samples against those of pictures it never saw.

Papers: Meehan, Chaudhuri and Dasgupta 2020, arXiv 2004.05675 (C_T: rank samples and unseen pictures together by their
distance to the nearest training picture; samples that come first too often are copies); Carlini et al. 2023, arXiv
2301.13188 (divide that distance by the mean distance to the 50 next training pictures); Alaa et al. 2022, arXiv
2102.08921 (authenticity: a sample is no copy where its nearest training picture has a nearer neighbour in training).

A distance (`genmodels.kinds.image.near_copies`) is divided as Carlini et al. do, because a blurred picture is near to everything.

What chance does is counted on pictures that nobody copied: held-out ones, and training pictures against the others. Where
whole roles were held out, a training picture is not compared with its own role; where combinations were, it is (and only
roles with a held-out combination are taken), since then a held-out picture too has the same drawing in another tone in
training, and that is no copying. Variants of one drawing are alike, so it is drawings that count, on both sides (Korn and
Graubard 1998).

Copies that were moved, cropped, dimmed, blurred, mirrored, recoloured, or put together or blended of two, are looked for
in the same way (`genmodels.checks.disguises`), always against the same search on pictures that nobody copied. All intervals of
copies hold together at 99 %.

Where this differs: C_T is computed in one cell (no partition), and stands beside P(nearer), the probability that a
sample is relatively nearer than an unseen picture, which, unlike C_T, does not grow with n. Blur alone moves that too: so
above one half it warns, and only from 0.8 fails.

Known limits: turned, stretched, shrunk or redrawn copies and copies of small parts are not looked for, nor recoloured or
mirrored ones that are also something else; pictures that mirror or recolour each other by chance (arrows, flags, coloured
squares) hide a few per cent of such copies; copies of a training picture that has 50 near twins don't stand out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from genmodels.audits.audit import audit
from genmodels.checks.authenticity import authenticity
from genmodels.checks.copied_captions import REMEDY, pictures_of_seeds, prompted_first
from genmodels.checks.copied_pairs import changed_pairs, closest_pairs
from genmodels.checks.copying import PLAIN, Originals, looked_at, shares_of_copies
from genmodels.checks.copying_rates import Plant, rates_of_changed, rates_of_copies, rates_of_nearer
from genmodels.checks.disguises import NOT_LOOKED_FOR, WORDS
from genmodels.data.dataset import Dataset
from genmodels.estimates.estimate import Estimate
from genmodels.estimates.ranks import data_copying_score, probability_lower
from genmodels.kinds.image.near_copies import duplicates_of
from genmodels.refusal import Refusal
from genmodels.subjects.subject import Subject
from genmodels.verdicts.error_rates import kept_by, unknown_rates
from genmodels.verdicts.finding import Finding, judge
from genmodels.verdicts.limits import Limits, beyond, limit

LEAST = 20  # pictures of each kind
FOUND = 0.8  # of planted copies of a kind, from which a pass means something
WARN = 0.5  # P(nearer) where samples are as near as pictures that nobody copied
VERSION = "copies 2"  # of the rules whose error rates are kept


@dataclass(frozen=True, kw_only=True)
class MemorisationLimits(Limits):
    """What is accepted. `reproduced` and `same` accept everything by default, since most captions name one picture."""

    copies: float = limit(0.0, "The share of samples that may be training pictures as they are.")
    copies_effect: float = beyond("copies", 0.02)
    changed: float = limit(0.0, "The share of samples that may be changed training pictures, of each kind of change.")
    changed_effect: float = beyond("changed", 0.3)
    nearer: float = limit(
        0.8, "The probability that a sample may be nearer to a training picture than an unseen picture is."
    )
    nearer_effect: float = beyond("nearer", 0.1)
    inauthentic: float = limit(0.2, "How much less authentic than unseen pictures samples may be.")
    inauthentic_effect: float = beyond("inauthentic", 0.2)
    duplicates: float = limit(0.1, "The share of training pictures that may be there twice.")
    reproduced: float = limit(1.0, "The share of training captions whose own picture may be drawn again.")
    reproduced_effect: float = beyond("reproduced", 0.1)
    same: float = limit(1.0, "The share of training captions that may get nearly one picture from four seeds.")
    same_effect: float = beyond("same", 0.2)


@audit("memorisation", question="Does it copy its training pictures?", limits=MemorisationLimits)
def memorisation(subject: Subject, limits: MemorisationLimits) -> list[Finding]:
    """Compares how near samples and unseen pictures come to training pictures.

    Raises `Refusal` where there are fewer than 20 samples, or fewer than 20 different held-out or training pictures.
    """
    _must_be_enough(subject)
    copying = Copying(subject)
    findings = [
        _plain(copying, limits.copies, limits.copies_effect),
        _changed(copying, limits.changed, limits.changed_effect),
        _nearer(copying, limits.nearer, limits.nearer_effect),
        authenticity(
            subject,
            copying.ours.hits[PLAIN],
            limits.inauthentic,
            limits.inauthentic_effect,
            copying.exhibits,
            copying.known,
        ),
        _duplicates(subject.data, limits.duplicates),
    ]
    if not subject.prompts:
        return findings
    first = prompted_first(subject, findings, limits.reproduced, limits.reproduced_effect)
    return [*first, pictures_of_seeds(subject, limits.same, limits.same_effect)]


def _must_be_enough(subject: Subject) -> None:
    different = {
        "training": _different(subject.data.train.images),
        "held-out": _different(subject.data.test.images),
        "generated": subject.n,
    }
    for what, count in different.items():
        if count < LEAST:
            raise Refusal(
                f"There are {count} different {what} pictures; at least {LEAST} are needed to tell copies from chance."
            )


class Copying:
    """What was found of copies among the samples of a subject, and among pictures that nobody copied: all findings read it."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.originals = Originals(subject.data)
        self.near, self.matches, self.ours = self.originals.look(subject.samples)
        self.unseen, self.families, self.strangers = self.originals.unseen
        self.known = (VERSION, subject.data.digest(), subject.n, subject.seed)
        self.found = shares_of_copies(self.ours, self.unseen, self.families)
        self.exhibits = closest_pairs(self.near, subject.samples, subject.data)

    @cached_property
    def plant(self) -> Plant:
        """Planted copies, made when they are first needed: rates that are kept need none."""
        return Plant(self.originals, self.subject.seed)


def _plain(copying: Copying, limit: float, effect: float) -> Finding:
    """Copies as they are."""
    subject, estimate = copying.subject, copying.found[PLAIN]
    rates = kept_by(
        (*copying.known, "copies", limit, effect),
        lambda: rates_of_copies(copying.plant, subject.n, limit, effect, subject.seed),
    )
    return judge(
        "memorisation",
        _said(estimate),
        estimate,
        limit=limit,
        effect=effect,
        remedy=REMEDY,
        exhibits=copying.exhibits,
        part="copies",
        question="Are samples copies of training pictures as they are?",
        error_rates=rates,
    )


def _said(estimate: Estimate) -> str:
    """What was found of copies as they are, in a sentence."""
    if estimate.low > 0:
        return f"About {estimate.value:.1%} of {estimate.n:,} samples are training pictures as they are, beyond what chance does ({estimate.low:.1%} to {estimate.high:.1%}, 99 % interval)."
    return f"Of {estimate.n:,} samples at most {estimate.high:.1%} are training pictures as they are, no more than chance makes alike."


def _changed(copying: Copying, limit: float, effect: float) -> Finding:
    """Copies that were changed; a pass needs planted ones of every kind to be found in eight of ten tries."""
    subject, found, matches = copying.subject, copying.found, copying.matches
    rates = kept_by(
        (*copying.known, "changed", limit, effect),
        lambda: rates_of_changed(copying.plant, len(looked_at(subject.n)), limit, effect, subject.seed),
    )
    others = {kind: each for kind, each in found.items() if kind != PLAIN}
    worst = max(others, key=lambda kind: (others[kind].low, others[kind].high))
    estimate = others[worst]
    finding = judge(
        "memorisation",
        f"{_said_of_changed(worst, others)} {NOT_LOOKED_FOR}.",
        estimate,
        limit=limit,
        effect=effect,
        remedy=REMEDY,
        exhibits=[
            *(changed_pairs(matches[worst], worst, subject.samples, subject.data) if estimate.low > 0 else ()),
            {
                "kinds": [
                    {"kind": kind, "share": each.value, "low": each.low, "high": each.high}
                    for kind, each in found.items()
                ]
            },
        ],
        part="changed",
        error_rates=rates,
        question="Are samples copies of training pictures that were changed?",
    )
    return _or_overlooked(finding, rates, limit, effect)


def _said_of_changed(worst: str, others: Mapping[str, Estimate]) -> str:
    """What was found of changed copies, in a sentence: of the worst kind, or of all where there is none."""
    estimate = others[worst]
    if estimate.low > 0:
        return f"About {estimate.value:.1%} of {estimate.n:,} samples are training pictures {WORDS[worst]}, beyond what chance does ({estimate.low:.1%} to {estimate.high:.1%}, 99 % interval)."
    return f"Of {estimate.n:,} samples at most {estimate.high:.1%} are training pictures that were {', '.join(WORDS[kind] for kind in others)} (of each kind), no more than chance makes alike."


def _or_overlooked(finding: Finding, rates: Mapping[str, Any], limit: float, effect: float) -> Finding:
    """The finding; a pass is none where planted copies of some kind are found in fewer than eight of ten tries."""
    weak = [
        row["case"].split(", ", 1)[1]
        for row in rates.get("cases", ())
        if row["culprit"] and row["effect"] == effect and row["rate"] < FOUND
    ]
    if finding.verdict != "pass" or not (weak or "not_measured" in rates):
        return finding
    why = (
        f"such copies ({', '.join(weak)}) would be found in fewer than 8 of 10 tries even if they were {min(1.0, limit + effect):.0%} of the samples"
        if weak
        else rates["not_measured"]
    )
    return replace(
        finding,
        verdict="not measured",
        reason=f"A pass would mean nothing here: {why}; more varied training and held-out pictures would tell.",
    )


def _nearer(copying: Copying, limit: float, effect: float) -> Finding:
    """Samples against pictures that nobody copied, over drawings on both sides."""
    subject, ours, unseen = copying.subject, copying.ours, copying.unseen
    drawings = (ours.hits[PLAIN], copying.strangers.families)
    score = data_copying_score(ours.scores[PLAIN], unseen.scores[PLAIN])
    estimate = probability_lower(ours.scores[PLAIN], unseen.scores[PLAIN], drawings)
    claim = (
        f"In {estimate.value:.0%} of pairs a sample is nearer to a training picture than a picture that nobody copied ({estimate.low:.0%} to {estimate.high:.0%} over drawings;"
        f" 50 % is equally near; by a rank test they are {abs(score):.1f} standard deviations {'nearer' if score < 0 else 'farther'} than by chance). Blur alone raises this share."
    )
    return judge(
        "memorisation",
        claim,
        estimate,
        limit=limit,
        warn=WARN,
        effect=effect,
        remedy=REMEDY,
        exhibits=copying.exhibits,
        part="nearer",
        error_rates=kept_by(
            (*copying.known, "nearer", limit, effect),
            lambda: rates_of_nearer(copying.plant, subject.n, limit, WARN, effect, subject.seed),
        ),
        question="Are samples nearer to training pictures than pictures that nobody copied?",
    )


def _duplicates(data: Dataset, accepted: float) -> Finding:
    """Counted whole, so that nothing is estimated: the share has no interval."""
    pairs = duplicates_of(data.train.images)
    captions = data.train.captions
    named = [
        {"training": int(i), "duplicate": int(j), **({"captions": [captions[i], captions[j]]} if captions else {})}
        for i, j in pairs
    ]
    share = len(pairs) / len(data.train)
    claim = f"{len(pairs):,} of the {len(data.train):,} pictures of the training split are equal to an earlier one ({share:.1%}); it was counted whole. What is there twice is memorised first."
    return judge(
        "memorisation",
        claim,
        Estimate(share, share, share, len(data.train)),
        limit=accepted,
        effect=0.0,
        remedy="Leave one of each pair out, or give both the caption of either.",
        exhibits=named,
        part="duplicates",
        question="Is a picture twice in the training split?",
        error_rates=unknown_rates("the training split was counted whole, nothing is estimated"),
    )


def _different(pictures: np.ndarray) -> int:
    return len({picture.tobytes() for picture in pictures})
