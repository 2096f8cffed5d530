"""Does it copy its training pictures? Nearest training pictures of samples against those of pictures it never saw.

Papers: Meehan, Chaudhuri and Dasgupta 2020, arXiv 2004.05675 (C_T: rank samples and unseen pictures together by their
distance to the nearest training picture; samples that come first too often are copies); Carlini et al. 2023, arXiv
2301.13188 (divide that distance by the mean distance to the 50 next training pictures); Alaa et al. 2022, arXiv
2102.08921 (authenticity: a sample is no copy where its nearest training picture has a nearer neighbour in training).

A distance is the root mean square difference of pixels, 0 to 1, the least over shifts of up to two pixels, between a
picture and the ten training pictures that look most like it when both are averaged over an 8 x 8 grid. It is divided as
Carlini et al. do, because a blurred picture is near to everything.

What chance does is counted on pictures that nobody copied: held-out ones, and training pictures against the others. Where
whole roles were held out, a training picture is not compared with its own role; where combinations were, it is (and only
roles with a held-out combination are taken), since then a held-out picture too has the same drawing in another tone in
training, and that is no copying. Pictures of one role
are alike, so it is roles that count (Korn and Graubard 1998). Three limits of the relative distance are tried, each at a
third of the error rate of 2.5 %: equal, nearly equal, and with noise.

Where this differs: C_T is computed in one cell (no partition), and stands beside P(nearer), the probability that a
sample is relatively nearer than an unseen picture, which, unlike C_T, does not grow with n. Blur alone moves that too: so
above 0.5 it warns, and only from 0.8 fails.

Known limits: recoloured, mirrored or partly copied pictures are far; a few copies with noise hide among pictures that
are near by chance; copies of a training picture that has 50 near twins don't stand out.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.audits import audit
from genmodels.findings import Estimate, Finding, clopper_pearson, judge
from genmodels.metrics import averaged
from genmodels.neighbours import squared_distances
from genmodels.ranks import data_copying_score, excess, probability_lower
from genmodels.reading_groups import effective_number
from genmodels.refusal import Refusal
from genmodels.subject import Subject

NEXT = 50  # training pictures that a distance is compared with (Carlini et al. 2023)
CANDIDATES, CELLS = 10, 8  # training pictures that are compared pixel by pixel; the grid by which they are found
NEAR = (0.02, 0.1, 0.25)  # relative distances below which a picture counts as a copy
ACCIDENTS = (0.0, 0.01, 0.03)  # shares of near pictures by which innocent sets of drawings differed from one another
EQUAL = 0.005  # root mean square: a copy pixel for pixel, but for rounding
REFERENCES = 2000  # training pictures that are compared with the others
MANY = 10_000  # pictures, above which only byte for byte equal ones are found twice
TAIL = 0.025  # of each side of an interval
RESOLUTION = 0.05  # a pass excludes a share of copies above this
LEAST = 20  # pictures of each kind
SHOWN = 8  # closest pairs kept as exhibits
REMEDY = "Look at the pairs; train for fewer epochs, on more or more varied pictures, or with a smaller model."


@dataclass(frozen=True)
class Nearness:
    """For n pictures: the nearest training picture, its distance (0 to 1), and the mean distance to the 50 next ones."""

    index: np.ndarray
    distance: np.ndarray
    others: np.ndarray

    @property
    def relative(self) -> np.ndarray:
        """The distance as a share of that to the next ones, (n,)."""
        return self.distance / self.others


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
            "memorisation", "No more samples are near-copies of training pictures than chance would have it (share of copies)",
            share_of_copies(ours.relative, ours.index, theirs, families), limit=copies, resolution=RESOLUTION, remedy=REMEDY, exhibits=exhibits, part="copies",
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


def authentic(pictures: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Whether the nearest training picture (on the grid) of each picture (n,) has a training picture nearer to it (Alaa et al. 2022)."""
    queries, reference = _averages(pictures), _averages(train)
    own = np.empty(len(train))
    for part, squared in squared_distances(reference, reference):
        squared[np.arange(len(squared)), np.arange(part.start, part.stop)] = np.inf
        own[part] = squared.min(axis=1)
    found = np.empty(len(pictures), bool)
    for part, squared in squared_distances(queries, reference):
        nearest = squared.argmin(axis=1)
        found[part] = squared[np.arange(len(squared)), nearest] > own[nearest]
    return found


def _duplicates(data: Any, accepted: float) -> Finding:
    pairs = duplicates_of(data.train.images)
    captions = data.train.captions
    named = [{"training": int(i), "duplicate": int(j), **({"captions": [captions[i], captions[j]]} if captions else {})} for i, j in pairs]
    claim = f"The training split holds no picture twice: {len(pairs)} of {len(data.train)} are equal to an earlier one"
    estimate = clopper_pearson(len(pairs), len(data.train))
    return judge("memorisation", claim, estimate, limit=accepted, resolution=1.0, remedy="Leave one of each pair out, or give both the caption of either.", exhibits=named, part="duplicates")


def duplicates_of(images: np.ndarray) -> list[tuple[int, int]]:
    """(earlier, later) indices of pictures that are equal (root mean square below 0.005); each later one once.

    Among more than 10,000 pictures only those that are equal byte for byte are looked for.
    """
    from genmodels.splits import copies

    keys: Any = copies(images).tolist() if len(images) <= MANY else [picture.tobytes() for picture in images]
    seen: dict[Any, int] = {}
    return [(first, i) for i, key in enumerate(keys) if (first := seen.setdefault(key, i)) != i]


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


def unseen(data: Any) -> tuple[np.ndarray, np.ndarray]:
    """How near (m,) pictures come to training pictures that nobody copied, and which of them are alike (m,)."""
    train, test = data.train, data.test
    own, other = _families(train), _families(test)
    shared = np.intersect1d(own[own >= 0], other[other >= 0])
    whole = len(shared) == 0  # roles were held out whole
    fit = np.arange(len(train)) if whole else np.flatnonzero(np.isin(own, shared))  # others have no drawing in another tone
    chosen = np.sort(np.random.default_rng(0).permutation(fit)[:REFERENCES])
    held_out = nearness(test.images, train.images).relative
    others = nearness(train.images[chosen], train.images, (own[chosen], own) if whole else (np.full(len(chosen), -1), own)).relative
    number = np.concatenate([np.where(other >= 0, other, -1), np.where(own[chosen] >= 0, own[chosen], -1)])
    return np.concatenate([held_out, others]), np.where(number >= 0, number, number.max() + 1 + np.arange(len(number)))


def _families(examples: Any) -> np.ndarray:
    """A number (n,) for the drawing that each picture is a variant of, else -1; the same in every split."""
    import zlib

    return np.array([zlib.crc32(name.encode()) if name else -1 for name in drawings_of(examples)], np.int64)


def families_of(examples: Any) -> np.ndarray:
    """A number (n,) that variants of one drawing share, and pictures that are equal; every other picture has its own."""
    from genmodels.splits import copies, families

    return families([name or None for name in drawings_of(examples)], copies(examples.images))


def drawings_of(examples: Any) -> list[str]:
    """What each picture is a variant of: its role, else its caption up to the first comma (tones come after it), else ""."""
    roles = examples.groups.get("role", np.full(len(examples), "")).tolist()
    captions = examples.captions or [""] * len(examples)
    return [str(role) or caption.split(",")[0] for role, caption in zip(roles, captions, strict=True)]


def nearness(pictures: np.ndarray, train: np.ndarray, apart: tuple[np.ndarray, np.ndarray] | None = None) -> Nearness:
    """How near pictures come to training pictures, both uint8 (n, height, width, channels).

    `apart` is for training pictures themselves: the families of `pictures` and of `train`. A picture is then compared
    with none of its family (of 0 or more) and with none that is equal to it.
    """
    queries, reference = _averages(pictures), _averages(train)
    margin = min(2, train.shape[1] // 16)
    n = len(pictures)
    index, distance, others = np.empty(n, np.intp), np.empty(n), np.empty(n)
    for part, squared in squared_distances(queries, reference):
        if apart is not None:
            squared[(apart[0][part, None] == apart[1][None]) & (apart[0][part, None] >= 0)] = np.inf
            squared[squared <= EQUAL**2 * reference.shape[1]] = np.inf
        k = min(NEXT + 1, len(train) - 1)
        near = np.argpartition(squared, k - 1, axis=1)[:, :k]
        near = np.take_along_axis(near, np.argsort(np.take_along_axis(squared, near, 1), axis=1, kind="stable"), 1)
        for row, number in enumerate(range(part.start, part.stop)):
            picture = pictures[number].astype(np.float32) / 255
            around = train[near[row]].astype(np.float32) / 255
            straight = np.sqrt(((around - picture) ** 2).mean(axis=(1, 2, 3)))
            best = np.minimum(straight[:CANDIDATES], _shifted(picture, around[:CANDIDATES], margin))
            nearest = int(best.argmin())
            others[number] = np.delete(straight, nearest).mean()
            if not others[number]:
                raise Refusal(
                    "More than 50 training pictures are alike, so that nothing can be told from the distance to them."
                )
            index[number], distance[number] = near[row, nearest], best[nearest]
    return Nearness(index, distance, others)


def _shifted(picture: np.ndarray, others: np.ndarray, margin: int) -> np.ndarray:
    """The least distance (n,) to each of n pictures over shifts by up to `margin` pixels, of the part that both show."""
    height, width = picture.shape[:2]
    inner = others[:, margin : height - margin, margin : width - margin]
    least = np.full(len(others), np.inf)
    for down in range(2 * margin + 1):
        for across in range(2 * margin + 1):
            seen = picture[down : down + height - 2 * margin, across : across + width - 2 * margin]
            least = np.minimum(least, ((inner - seen) ** 2).mean(axis=(1, 2, 3)))
    return np.sqrt(least)


def _averages(images: np.ndarray) -> np.ndarray:
    """Pictures averaged over a grid of 8 x 8 cells, float32 (n, 64 channels) from 0 to 1."""
    parts = [averaged(images[i : i + 256].astype(np.float32) / 255, CELLS) for i in range(0, len(images), 256)]
    return np.concatenate(parts).reshape(len(images), -1)


def share_of_copies(samples: np.ndarray, hits: np.ndarray, unseen: np.ndarray, families: np.ndarray) -> Estimate:
    """The share of samples (n,) that are nearer than chance explains, by the limit that shows more of them.

    `hits` (n,) is what each sample came nearest to: samples near to one training picture may be one accident, and count
    together (Korn and Graubard 1998). Chance is counted on `unseen` pictures (m,), of which those of one family are
    alike. The interval is simultaneous over the three limits; its lower end grants what sets of innocent drawings differ by.
    """
    estimates = []
    for limit, accidents in zip(NEAR, ACCIDENTS, strict=True):
        near, chance = (samples < limit).astype(float), (unseen < limit).astype(float)
        n, m = max(1, round(effective_number(near, hits))), effective_number(chance, families)
        found = excess(round(float(near.mean()) * n), n, float(chance.mean()) * m, m, TAIL / len(NEAR))
        estimates.append(Estimate(found.value, max(0.0, found.low - accidents), found.high, len(samples)))
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
