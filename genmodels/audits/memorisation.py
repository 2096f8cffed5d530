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

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from genmodels.audits.audit import audit
from genmodels.checks.copying import NEAR, PLAIN, Originals, looked_at, shares_of_copies
from genmodels.checks.copying_rates import (
    Plant,
    rates_of_authenticity,
    rates_of_changed,
    rates_of_copies,
    rates_of_nearer,
)
from genmodels.checks.disguises import NOT_LOOKED_FOR, WORDS, Matches
from genmodels.checks.variety import ALIKE, PROMPTS, SEEDS, spread_over_seeds
from genmodels.estimates.clustered import effective_number
from genmodels.estimates.clusters import NORMAL
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.estimates.ranks import data_copying_score, probability_lower
from genmodels.kinds.image.files import png_bytes
from genmodels.kinds.image.near_copies import Nearness, authentic, duplicates_of, families_of, nearness
from genmodels.refusal import Refusal
from genmodels.subjects.subject import Subject
from genmodels.trained.roles import to_prompt
from genmodels.verdicts.error_rates import Case, exactly, kept_by, unknown_rates
from genmodels.verdicts.finding import Finding, judge, verdict_of
from genmodels.verdicts.limits import Limit

LEAST = 20  # pictures of each kind
SHOWN = 8  # closest pairs kept as exhibits
FOUND = 0.8  # of planted copies of a kind, from which a pass means something
WARN = 0.5  # P(nearer) where samples are as near as pictures that nobody copied
REMEDY = "Look at the pairs; train for fewer epochs, on more or more varied pictures, or with a smaller model."
VERSION = "copies 2"  # of the rules whose error rates are kept


@audit(
    "memorisation",
    question="Does it copy its training pictures?",
    limits={
        "copies": Limit("The share of samples that may be training pictures as they are."),
        "changed": Limit("The share of samples that may be changed training pictures, of each kind of change."),
        "nearer": Limit("The probability that a sample may be nearer to a training picture than an unseen picture is."),
        "inauthentic": Limit("How much less authentic than unseen pictures samples may be."),
        "duplicates": Limit("The share of training pictures that may be there twice."),
        "reproduced": Limit("The share of training captions whose own picture may be drawn again."),
        "same": Limit("The share of training captions that may get nearly one picture from four seeds."),
    },
)
def memorisation(
    subject: Subject,
    *,
    copies: float = 0.0,
    copies_effect: float = 0.02,
    changed: float = 0.0,
    changed_effect: float = 0.3,
    nearer: float = 0.8,
    nearer_effect: float = 0.1,
    inauthentic: float = 0.2,
    inauthentic_effect: float = 0.2,
    duplicates: float = 0.1,
    reproduced: float = 1.0,
    reproduced_effect: float = 0.1,
    same: float = 1.0,
    same_effect: float = 0.2,
) -> list[Finding]:
    """Compares how near samples and unseen pictures come to training pictures.

    `copies` is the share of copies that is accepted, `changed` that of copies changed in one way, `nearer` the accepted P(nearer), `inauthentic` how much less
    authentic than unseen pictures samples may be, `duplicates` the accepted share of training pictures that are there
    twice, `reproduced` the accepted share of training captions whose own picture is drawn again (by default all: most
    captions name one picture), `same` that of training captions that four seeds answer alike (by default all). What is called `..._effect` is how far beyond a limit must be seen: a pass rules it out. Raises
    `Refusal` where there are fewer than 20 samples, or fewer than 20 different held-out or training pictures.
    """
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
    originals = Originals(subject.data)
    plant: list[Plant] = []  # made when it is first needed: rates that are kept need none

    def planted() -> Plant:
        if not plant:
            plant.append(Plant(originals, subject.seed))
        return plant[0]

    near, matches, ours = originals.look(subject.samples)
    known = (VERSION, subject.data.digest(), subject.n, subject.seed)
    unseen, families, strangers = originals.unseen
    found = shares_of_copies(ours, unseen, families)
    exhibits = closest_pairs(near, subject.samples, subject.data)
    findings = [
        judge(
            "memorisation",
            _said(found[PLAIN]),
            found[PLAIN],
            limit=copies,
            effect=copies_effect,
            remedy=REMEDY,
            exhibits=exhibits,
            part="copies",
            question="Are samples copies of training pictures as they are?",
            error_rates=kept_by(
                (*known, "copies", copies, copies_effect),
                lambda: rates_of_copies(planted(), subject.n, copies, copies_effect, subject.seed),
            ),
        ),
        _changed(
            subject,
            found,
            matches,
            changed,
            kept_by(
                (*known, "changed", changed, changed_effect),
                lambda: rates_of_changed(planted(), len(looked_at(subject.n)), changed, changed_effect, subject.seed),
            ),
            changed_effect,
        ),
        _nearer(
            near,
            ours,
            unseen,
            (strangers.families, families[PLAIN]),
            nearer,
            nearer_effect,
            exhibits,
            lambda: kept_by(
                (*known, "nearer", nearer, nearer_effect),
                lambda: rates_of_nearer(planted(), subject.n, nearer, WARN, nearer_effect, subject.seed),
            ),
        ),
        _authenticity(subject, ours.hits[PLAIN], inauthentic, inauthentic_effect, exhibits, known),
        _duplicates(subject.data, duplicates),
    ]
    if not subject.prompts:
        return findings
    return [*_prompted_first(subject, findings, reproduced, reproduced_effect), _seeds(subject, same, same_effect)]


def _said(estimate: Estimate) -> str:
    """What was found of copies as they are, in a sentence."""
    if estimate.low > 0:
        return f"About {estimate.value:.1%} of {estimate.n:,} samples are training pictures as they are, beyond what chance does ({estimate.low:.1%} to {estimate.high:.1%}, 99 % interval)."
    return f"Of {estimate.n:,} samples at most {estimate.high:.1%} are training pictures as they are, no more than chance makes alike."


def _changed(
    subject: Subject,
    found: Mapping[str, Estimate],
    matches: Mapping[str, Matches],
    limit: float,
    rates: Mapping[str, Any],
    effect: float,
) -> Finding:
    """Copies that were changed; a pass needs planted ones of every kind to be found in eight of ten tries."""
    others = {kind: each for kind, each in found.items() if kind != PLAIN}
    worst = max(others, key=lambda kind: (others[kind].low, others[kind].high))
    estimate, weak = (
        others[worst],
        [
            row["case"].split(", ", 1)[1]
            for row in rates.get("cases", ())
            if row["culprit"] and row["effect"] == effect and row["rate"] < FOUND
        ],
    )
    if estimate.low > 0:
        claim = f"About {estimate.value:.1%} of {estimate.n:,} samples are training pictures {WORDS[worst]}, beyond what chance does ({estimate.low:.1%} to {estimate.high:.1%}, 99 % interval)."
    else:
        claim = f"Of {estimate.n:,} samples at most {estimate.high:.1%} are training pictures that were {', '.join(WORDS[kind] for kind in others)} (of each kind), no more than chance makes alike."
    exhibits = [
        *(_pairs(matches[worst], worst, subject.samples, subject.data) if estimate.low > 0 else ()),
        {
            "kinds": [
                {"kind": kind, "share": each.value, "low": each.low, "high": each.high} for kind, each in found.items()
            ]
        },
    ]
    finding = judge(
        "memorisation",
        f"{claim} {NOT_LOOKED_FOR}.",
        estimate,
        limit=limit,
        effect=effect,
        remedy=REMEDY,
        exhibits=exhibits,
        part="changed",
        error_rates=rates,
        question="Are samples copies of training pictures that were changed?",
    )
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


def _nearer(
    near: Nearness,
    ours: Any,
    unseen: Any,
    families: tuple[np.ndarray, np.ndarray],
    limit: float,
    effect: float,
    exhibits: Sequence[Mapping[str, Any]],
    rates: Any,
) -> Finding:
    """Samples against pictures that nobody copied, over drawings on both sides."""
    score = data_copying_score(ours.scores[PLAIN], unseen.scores[PLAIN])
    estimate = probability_lower(ours.scores[PLAIN], unseen.scores[PLAIN], (ours.hits[PLAIN], families[0]))
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
        exhibits=exhibits,
        part="nearer",
        error_rates=rates(),
        question="Are samples nearer to training pictures than pictures that nobody copied?",
    )


def _authenticity(
    subject: Subject,
    hits: np.ndarray,
    accepted: float,
    effect: float,
    exhibits: Sequence[Mapping[str, Any]],
    known: Sequence[Any],
) -> Finding:
    train, test = subject.data.train.images, subject.data.test
    ours, theirs = authentic(subject.samples, train), authentic(test.images, train)
    families = families_of(test)
    estimate = less_authentic(ours, theirs, hits, families)
    claim = (
        f"{ours.mean():.0%} of samples are authentic (their nearest training picture has a nearer neighbour in training), and {theirs.mean():.0%} of held-out pictures:"
        f" samples are less often authentic by {estimate.value:+.0%} ({estimate.low:+.0%} to {estimate.high:+.0%})."
    )
    rates = kept_by(
        (*known, "authenticity", accepted, effect),
        lambda: rates_of_authenticity((theirs, families), subject.n, accepted, effect, subject.seed, less_authentic),
    )
    return judge(
        "memorisation",
        claim,
        estimate,
        limit=accepted,
        effect=effect,
        remedy=REMEDY,
        exhibits=exhibits,
        part="authenticity",
        error_rates=rates,
        question="Are samples as authentic as held-out pictures?",
    )


def less_authentic(
    ours: np.ndarray, theirs: np.ndarray, our_drawings: Any = None, their_drawings: Any = None
) -> Estimate:
    """By how much the share of authentic pictures is lower than among unseen ones; interval by Agresti and Caffo 2000.

    Flags of one drawing are alike: they count as as many independent ones as vary as much.
    """
    value, variance = float(theirs.mean() - ours.mean()), 0.0
    for flags, drawings in ((ours, our_drawings), (theirs, their_drawings)):
        n = len(flags) if drawings is None else effective_number(flags.astype(float), drawings)
        share = (float(flags.mean()) * n + 1) / (n + 2)
        variance += share * (1 - share) / (n + 2)
    reach = NORMAL * float(np.sqrt(variance))
    return Estimate(value, value - reach, value + reach, len(ours))


def _duplicates(data: Any, accepted: float) -> Finding:
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


def _prompted_first(subject: Subject, findings: Sequence[Finding], accepted: float, effect: float) -> list[Finding]:
    """All findings; where training captions are answered with their pictures, that is said before anything else."""
    prompted = _prompted(subject, accepted, effect)
    copies = findings[0]
    limit = (copies.limit or 0.0) + 0.05
    if prompted.estimate is None or prompted.estimate.low <= limit:
        return [*findings, prompted]
    said = f"Asked for its training captions, it reproduces {prompted.estimate.value:.0%} of their pictures almost as they are. Asked for held-out captions: {copies.claim[0].lower()}{copies.claim[1:]}"
    return [replace(copies, claim=said), *findings[1:], prompted]


def _prompted(subject: Subject, accepted: float, effect: float) -> Finding:
    """Asked for training captions, how often does it draw the very picture? Reported apart: most captions name one picture."""
    train = subject.data.train
    generator = to_prompt(subject.generator)
    known = [i for i, caption in enumerate(train.captions) if generator.knows(caption)]
    chosen = np.random.default_rng([subject.seed, 5]).permutation(known)[: max(LEAST, subject.n // 10)]
    samples = subject.drawn([train.captions[i] for i in chosen], subject.seed + 70_000, "training captions")
    scaled, own = samples.astype(np.float32) / 255, train.images[chosen].astype(np.float32) / 255
    distance = np.sqrt(((scaled - own) ** 2).mean(axis=(1, 2, 3)))
    near = distance / nearness(samples, train.images).others < NEAR[PLAIN][1]
    exhibits = [
        {
            "prompt": train.captions[chosen[i]],
            "training": int(chosen[i]),
            "seed": subject.seed + 70_000 + int(i),
            "distance": float(distance[i]),
            "pictures": _pngs(samples[i], train.images[chosen[i]]),
        }
        for i in np.argsort(distance, kind="stable")[:SHOWN]
    ]
    n, estimate = len(near), clopper_pearson(int(near.sum()), len(near))
    claim = f"It reproduces {estimate.value:.0%} of its training captions almost picture for picture ({estimate.low:.0%} to {estimate.high:.0%}; {n} captions asked for)."

    rates = _rates_of_share(n, accepted, effect, "reproduce {} of their captions")
    return judge(
        "memorisation",
        claim,
        estimate,
        limit=accepted,
        effect=effect,
        remedy=REMEDY,
        exhibits=exhibits,
        part="prompted",
        error_rates=rates,
        question="Does it draw a training picture when asked for its caption?",
    )


def _seeds(subject: Subject, accepted: float, effect: float) -> Finding:
    """How different are the pictures that four seeds give of one training caption?"""
    generator = to_prompt(subject.generator)
    captions = [caption for caption in dict.fromkeys(subject.data.train.captions) if generator.knows(caption)]
    chosen = [captions[i] for i in np.random.default_rng([subject.seed, 6]).permutation(len(captions))[:PROMPTS]]
    drawn = subject.drawn(
        [caption for caption in chosen for _ in range(SEEDS)], subject.seed + 80_000, "seeds of one caption"
    )
    drawn = drawn.reshape(len(chosen), SEEDS, *drawn.shape[1:])
    spread = spread_over_seeds(drawn)
    alike = spread < ALIKE
    estimate, n = clopper_pearson(int(alike.sum()), len(alike)), len(alike)
    claim = (
        f"Of {n} training captions {alike.sum()} get nearly the same picture from {SEEDS} seeds ({estimate.low:.0%} to {estimate.high:.0%} of captions);"
        f" pictures of one caption lie {np.median(spread):.0%} as far apart as those of different ones (median)."
    )
    exhibits = [
        {"prompt": chosen[i], "spread": float(spread[i]), "pictures": _pngs(*drawn[i])} for i in range(min(n, SHOWN))
    ]
    return judge(
        "memorisation",
        claim,
        estimate,
        limit=accepted,
        effect=effect,
        remedy=REMEDY,
        exhibits=exhibits,
        part="seeds",
        error_rates=_rates_of_share(n, accepted, effect, "answer {} of their captions alike"),
        question="Do several seeds of one caption give different pictures?",
    )


def _rates_of_share(n: int, accepted: float, effect: float, says: str) -> Mapping[str, Any]:
    """The error rates of a share of captions; `says` tells what models do to such a share."""
    if accepted >= 1:
        return unknown_rates("this check can't fail: every share is accepted")
    most = min(1.0, accepted + effect)
    shares = (
        (0.0, False, False),
        (accepted, False, False),
        ((accepted + most) / 2, True, False),
        (most, True, False),
        (1.0, True, True),
    )
    cases = [
        (Case(says.format(f"{share:.0%}"), guilty, share - accepted if guilty else 0.0, crude), share)
        for share, guilty, crude in shares
    ]
    return exactly(n, cases, lambda k: verdict_of(clopper_pearson(k, n), limit=accepted, effect=effect))


def _different(pictures: np.ndarray) -> int:
    return len({picture.tobytes() for picture in pictures})


def closest_pairs(found: Nearness, samples: np.ndarray, data: Any) -> list[Mapping[str, Any]]:
    """The samples relatively nearest to a training picture: indices, distance, relative, both pictures as PNG (base64)."""
    captions = data.train.captions
    return [
        {
            "sample": int(i),
            "training": int(found.index[i]),
            "distance": float(found.distance[i]),
            "relative": float(found.relative[i]),
            "caption": captions[found.index[i]] if captions else "",
            "pictures": _pngs(samples[i], data.train.images[found.index[i]]),
        }
        for i in np.argsort(found.relative, kind="stable")[:SHOWN]
    ]


def _pairs(found: Matches, kind: str, samples: np.ndarray, data: Any) -> list[Mapping[str, Any]]:
    """The samples that are most surely such copies, with their originals and what was done to them."""
    captions, rows = data.train.captions, looked_at(len(samples))
    return [
        {
            "sample": int(number),
            "training": int(found.index[i]),
            "other": int(found.other[i]),
            "relative": float(found.score[i]),
            "how": found.how(kind, i),
            "caption": ": ".join([found.how(kind, i), *([captions[found.index[i]]] if captions else [])]),
            "pictures": _pngs(samples[number], data.train.images[found.index[i]]),
        }
        for i, number in ((i, rows[i]) for i in np.argsort(found.score, kind="stable")[:SHOWN])
    ]


def _pngs(*pictures: np.ndarray) -> list[str]:
    return [base64.b64encode(png_bytes(picture)).decode() for picture in pictures]
