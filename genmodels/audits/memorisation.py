"""Does it copy its training pictures? Nearest training pictures of samples against those of pictures it never saw.

Papers: Meehan, Chaudhuri and Dasgupta 2020, arXiv 2004.05675 (C_T: rank samples and unseen pictures together by their
distance to the nearest training picture; samples that come first too often are copies); Carlini et al. 2023, arXiv
2301.13188 (divide that distance by the mean distance to the 50 next training pictures); Alaa et al. 2022, arXiv
2102.08921 (authenticity: a sample is no copy where its nearest training picture has a nearer neighbour in training).

A distance (`genmodels.nearness`) is divided as Carlini et al. do, because a blurred picture is near to everything.

What chance does is counted on pictures that nobody copied: held-out ones, and training pictures against the others. Where
whole roles were held out, a training picture is not compared with its own role; where combinations were, it is (and only
roles with a held-out combination are taken), since then a held-out picture too has the same drawing in another tone in
training, and that is no copying. Variants of one drawing are alike, so it is drawings that count, on both sides (Korn and
Graubard 1998). Three limits of the relative distance are tried, each at a third of the error rate of 2.5 %: equal, nearly
equal, and with noise.

Where this differs: C_T is computed in one cell (no partition), and stands beside P(nearer), the probability that a
sample is relatively nearer than an unseen picture, which, unlike C_T, does not grow with n. Blur alone moves that too: so
above 0.5 it warns, and only from 0.8 fails.

Known limits: recoloured, mirrored or partly copied pictures are far; a few copies with noise hide among pictures that
are near by chance; copies of a training picture that has 50 near twins don't stand out.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from genmodels.audits import audit
from genmodels.findings import Estimate, Finding, clopper_pearson, judge
from genmodels.nearness import Nearness, authentic, duplicates_of, families_of, nearness, unseen
from genmodels.ranks import data_copying_score, excess, probability_lower
from genmodels.reading_groups import effective_number
from genmodels.refusal import Refusal
from genmodels.subject import Subject

NEAR = (0.02, 0.1, 0.25)  # relative distances below which a picture counts as a copy
TAIL = 0.005  # of each side of an interval of copies, 99 %: at 2.5 % more than 5 % of innocents were accused, since accidents come in families
RESOLUTION = 0.05  # a pass excludes a share of copies above this
LEAST = 20  # pictures of each kind
SHOWN = 8  # closest pairs kept as exhibits
REMEDY = "Look at the pairs; train for fewer epochs, on more or more varied pictures, or with a smaller model."


@audit("memorisation", question="Does it copy its training pictures?")
def memorisation(subject: Subject, *, copies: float = 0.0, nearer: float = 0.8, inauthentic: float = 0.2,
                 duplicates: float = 0.1, reproduced: float = 1.0) -> list[Finding]:  # fmt: skip
    """Compares how near samples and unseen pictures come to training pictures.

    `copies` is the share of copies that is accepted, `nearer` the accepted P(nearer), `inauthentic` how much less
    authentic than unseen pictures samples may be, `duplicates` the accepted share of training pictures that are there
    twice, `reproduced` the accepted share of training captions whose own picture is drawn again (by default all: most
    captions name one picture). Raises `Refusal` where there are fewer than 20 samples, or fewer than 20 different
    held-out or training pictures.
    """
    train, held_out, samples = subject.data.train.images, subject.data.test.images, subject.samples
    different = {"training": _different(train), "held-out": _different(held_out), "generated": len(samples)}
    for what, count in different.items():
        if count < LEAST:
            raise Refusal(
                f"There are {count} different {what} pictures; at least {LEAST} are needed to tell copies from chance."
            )
    ours = nearness(samples, train)
    theirs, families = unseen(subject.data)
    exhibits = closest_pairs(ours, samples, subject.data)
    score = data_copying_score(ours.relative, theirs)
    findings = [
        judge(
            "memorisation", "No more samples are near-copies of training pictures than chance would have it (share of copies, 99 % interval)",
            share_of_copies(ours.relative, families_of(subject.data.train)[ours.index], theirs, families), limit=copies, effect=RESOLUTION, remedy=REMEDY, exhibits=exhibits, part="copies",
        ),
        judge(
            "memorisation", f"Samples are no nearer to training pictures than unseen pictures are (P(nearer); C_T = {score:.1f})",
            probability_lower(ours.relative, theirs), limit=nearer, warn=0.5, remedy=REMEDY, exhibits=exhibits, part="nearer",
        ),
        _authenticity(samples, held_out, train, inauthentic, exhibits),
        _duplicates(subject.data, duplicates),
    ]  # fmt: skip
    if subject.prompts:
        findings.append(_prompted(subject, reproduced))
    return findings


def _authenticity(samples: np.ndarray, held_out: np.ndarray, train: np.ndarray, accepted: float, exhibits: Sequence[Mapping[str, Any]]) -> Finding:
    ours, theirs = authentic(samples, train), authentic(held_out, train)
    claim = f"Samples are as authentic as held-out pictures ({ours.mean():.0%} beside {theirs.mean():.0%}): what is lost"
    return judge("memorisation", claim, less_authentic(ours, theirs), limit=accepted, remedy=REMEDY, exhibits=exhibits, part="authenticity")


def less_authentic(ours: np.ndarray, theirs: np.ndarray) -> Estimate:
    """By how much the share of authentic pictures is lower than among unseen ones; interval by Agresti and Caffo 2000."""
    value, variance = float(theirs.mean() - ours.mean()), 0.0
    for flags in (ours, theirs):
        share = (flags.sum() + 1) / (len(flags) + 2)
        variance += share * (1 - share) / (len(flags) + 2)
    reach = 1.959964 * float(np.sqrt(variance))
    return Estimate(value, value - reach, value + reach, len(ours))


def _duplicates(data: Any, accepted: float) -> Finding:
    pairs = duplicates_of(data.train.images)
    captions = data.train.captions
    named = [{"training": int(i), "duplicate": int(j), **({"captions": [captions[i], captions[j]]} if captions else {})} for i, j in pairs]
    claim = f"The training split holds no picture twice: {len(pairs)} of {len(data.train)} are equal to an earlier one"
    estimate = clopper_pearson(len(pairs), len(data.train))
    return judge("memorisation", claim, estimate, limit=accepted, effect=1.0, remedy="Leave one of each pair out, or give both the caption of either.", exhibits=named, part="duplicates")


def _prompted(subject: Subject, accepted: float) -> Finding:
    """Asked for training captions, how often does it draw the very picture? Reported apart: most captions name one picture."""
    train = subject.data.train
    known = [i for i, caption in enumerate(train.captions) if subject.generator.knows(caption)]  # type: ignore[attr-defined]
    chosen = np.random.default_rng([subject.seed, 5]).permutation(known)[: max(LEAST, subject.n // 10)]
    samples = subject.drawn([train.captions[i] for i in chosen], subject.seed + 70_000, "training captions")
    scaled, own = samples.astype(np.float32) / 255, train.images[chosen].astype(np.float32) / 255
    distance = np.sqrt(((scaled - own) ** 2).mean(axis=(1, 2, 3)))
    near = distance / nearness(samples, train.images).others < NEAR[1]
    exhibits = [{"prompt": train.captions[chosen[i]], "training": int(chosen[i]), "seed": subject.seed + 70_000 + int(i), "distance": float(distance[i]),
                 "pictures": _pngs(samples[i], train.images[chosen[i]])}
                for i in np.argsort(distance, kind="stable")[:SHOWN]]  # fmt: skip
    claim = f"Prompted reproduction, reported apart: share of {len(chosen)} training captions that are answered with almost the picture they name"
    return judge("memorisation", claim, clopper_pearson(int(near.sum()), len(near)), limit=accepted, remedy=REMEDY, exhibits=exhibits, part="prompted")


def share_of_copies(samples: np.ndarray, hits: np.ndarray, unseen: np.ndarray, families: np.ndarray) -> Estimate:
    """The share of samples (n,) that are nearer than chance explains, by the limit that shows more of them.

    `hits` (n,) is the drawing that each sample came nearest to: samples near to variants of one drawing may be one
    accident, and count together (Korn and Graubard 1998). Chance is counted on `unseen` pictures (m,), of which those of one family are
    alike. The interval, 99 %, is simultaneous over the three limits; its upper end is that of the share of near samples.
    """
    estimates = []
    for limit in NEAR:
        near, chance = (samples < limit).astype(float), (unseen < limit).astype(float)
        n, m = max(1, round(effective_number(near, hits))), effective_number(chance, families)
        low = excess(round(float(near.mean()) * n), n, float(chance.mean()) * m, m, TAIL / len(NEAR)).low
        high = clopper_pearson(int(near.sum()), len(near), 1 - 2 * TAIL / len(NEAR)).high
        value = max(low, (near.mean() - chance.mean()) / (1 - chance.mean()))
        estimates.append(Estimate(value, low, max(high, value), len(samples)))
    return max(estimates, key=lambda estimate: (estimate.low, -estimate.high))


def _different(pictures: np.ndarray) -> int:
    return len({picture.tobytes() for picture in pictures})


def closest_pairs(found: Nearness, samples: np.ndarray, data: Any) -> list[Mapping[str, Any]]:
    """The samples relatively nearest to a training picture: indices, distance, relative, both pictures as PNG (base64)."""
    captions = data.train.captions
    return [
        {
            "sample": int(i), "training": int(found.index[i]), "distance": float(found.distance[i]), "relative": float(found.relative[i]),
            "caption": captions[found.index[i]] if captions else "", "pictures": _pngs(samples[i], data.train.images[found.index[i]]),
        }
        for i in np.argsort(found.relative, kind="stable")[:SHOWN]
    ]  # fmt: skip


def _pngs(*pictures: np.ndarray) -> list[str]:
    from genmodels.pictures import png_bytes

    return [base64.b64encode(png_bytes(picture)).decode() for picture in pictures]
