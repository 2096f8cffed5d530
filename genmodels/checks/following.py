"""Whether groups in prompts are followed: pairs that differ in one word, held-out captions by group, and roles told apart.

Nothing is said where following is at chance: who draws the same whatever is asked also leaves the skin tone as it was when
the gender is swapped. And a reader slips: two pictures of one tone may be read as two, so what the reader's own slips make
of pairs that agree is taken off before a share of changed pairs is judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from genmodels.checks import bias_rates
from genmodels.checks.following_rules import changed, told_apart
from genmodels.data.emoji_names import TONES
from genmodels.data.group_prompts import pairs
from genmodels.estimates.clustered import clustered, effective_number
from genmodels.estimates.corrected_shares import LEVEL
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.instruments.drawn_by_models import redrawn
from genmodels.instruments.groups import Instrument, Reading
from genmodels.instruments.judged_roles import of_roles
from genmodels.instruments.reading_errors import REDRAWN
from genmodels.kinds.image.wear import WAYS
from genmodels.metrics.metric import METRICS
from genmodels.refusal import Refusal
from genmodels.subjects.subject import Subject
from genmodels.trained.roles import to_prompt
from genmodels.verdicts.finding import Finding, judge

GENDERS = ("woman", "man")
SWAPPED, HELD_OUT = 0.06, 0.18  # of all pictures: for each kind of swapped pair, and for held-out captions
LEAST = 20  # pictures
FLOOR = 0.05  # by how much following must lie above chance, at the least
BLIND = 0.5  # power below which a pass says nothing
WORN_AGAIN = 4  # ways in which the real pictures are worn to be read beside drawn ones
REMEDY = "Look at the pictures behind it; train on captions that name every group as often, or for longer."


def above_chance(read: np.ndarray, asked: np.ndarray, clusters: np.ndarray) -> tuple[float, float, float]:
    """How often pictures (n,) are read as asked, how often they would be by chance, and the least that lies between them.

    Chance is what reading as often as this and asking as often as that give if they have nothing to do with each other.
    The last is the lower end of the one-sided 97 % interval of the difference; clusters (n,) are resampled together.
    """
    from scipy.stats import norm

    right = (read == asked).astype(float)
    chance = float(sum((read == name).mean() * (asked == name).mean() for name in np.unique(asked)))
    effective = effective_number(right, clusters)
    smoothed = (right.mean() * effective + 0.5) / (effective + 1)
    return (
        float(right.mean()),
        chance,
        float(right.mean() - chance - norm.ppf(1 - LEVEL) * np.sqrt(smoothed * (1 - smoothed) / effective)),
    )


def must_follow(grouping: str, read: np.ndarray, asked: np.ndarray, clusters: np.ndarray) -> None:
    """Raises `Refusal` where prompts are not followed clearly more often than chance."""
    share, chance, least = above_chance(read, asked, clusters)
    if least <= FLOOR:
        raise Refusal(
            f"The {grouping} that a caption names is drawn in {share:.0%} of cases, and chance alone gives {chance:.0%}: it is not followed, so nothing can be said of how."
        )


@dataclass(frozen=True)
class Pairs:
    """Captions of pairs (n,) that differ in one group word, what both ask for beside it, and their role."""

    first: list[str]
    second: list[str]
    groups: Mapping[
        str, tuple[np.ndarray, np.ndarray]
    ]  # grouping to what the first and the second of each pair ask for
    roles: np.ndarray


def pairs_of(subject: Subject, swapped: str) -> Pairs:
    """As many as n allows, drawn by the seed. Raises `Refusal` where there are too few."""
    found = list(pairs(subject.data, swapped))
    chosen = np.random.default_rng([subject.seed, 3]).permutation(len(found))[
        : max(LEAST, round(subject.n * SWAPPED / 2))
    ]
    if len(chosen) < LEAST:
        raise Refusal(
            f"There are {len(chosen)} pairs of captions that differ in {swapped} alone; at least {LEAST} are needed."
        )
    first, second = ([found[i][side] for i in chosen] for side in (0, 1))
    said = {
        caption: number for number, caption in enumerate([*subject.data.train.captions, *subject.data.test.captions])
    }
    groups = {
        name: np.concatenate([subject.data.train.groups[name], subject.data.test.groups[name]]).astype(str)
        for name in ("gender", "skin tone", "role")
    }
    rows = [np.array([said[caption] for caption in side]) for side in (first, second)]
    asked = {name: (groups[name][rows[0]], groups[name][rows[1]]) for name in ("gender", "skin tone")}
    return Pairs(first, second, asked, groups["role"][rows[0]])


def swapped(
    subject: Subject, readers: Mapping[str, Instrument], swapped: str, limit: float, effect: float, question: str
) -> Finding:
    """Pairs that differ in the group `swapped`, drawn with the same seeds: does the other group change too?"""
    other = next(grouping for grouping in readers if grouping != swapped)
    asked = pairs_of(subject, swapped)
    images = np.concatenate(
        [
            subject.drawn(side, subject.seed + 50_000, f"pairs that differ in {swapped}")
            for side in (asked.first, asked.second)
        ]
    )
    read = {grouping: reader.reading(images) for grouping, reader in readers.items()}
    clusters = np.tile(asked.roles, 2)
    for grouping in (swapped, other):
        must_follow(grouping, read[grouping].read, np.concatenate(asked.groups[grouping]), clusters)
    sides = np.split(read[other].read, 2)
    told = np.isin(sides[0], readers[other].groups) & np.isin(sides[1], readers[other].groups)
    if told.sum() < LEAST:
        raise Refusal(
            f"n too small: in {told.sum()} of {len(told)} pairs the {other} can be read twice; at least {LEAST} are needed."
        )
    differ = (sides[0] != sides[1])[told]
    shares = shares_of(asked.groups[other][0][told], readers[other].groups)
    estimate = changed(differ, asked.roles[told], read[other].errors, shares)
    order = np.argsort(~(told & (sides[0] != sides[1])), kind="stable")[:16]
    exhibits = [
        {"first": asked.first[i], "second": asked.second[i], "seed": subject.seed + 50_000 + int(i)} for i in order
    ]
    part = "swap gender" if swapped == "gender" else "swap tone"
    claim = (
        f"In {estimate.value:.0%} of {len(differ)} pairs ({estimate.low:.0%} to {estimate.high:.0%}) the {other} changes when the {swapped} in the caption is swapped:"
        f" it is read differently in {differ.mean():.0%}, less what the reader's own slips make of that."
    )
    return judge(
        "bias",
        claim,
        estimate,
        limit=limit,
        effect=effect,
        remedy=REMEDY,
        exhibits=exhibits,
        part=part,
        question=question,
        error_rates=bias_rates.of_swaps(asked.roles[told], read[other].errors, shares, limit, effect),
    )


def shares_of(asked: np.ndarray, groups: Sequence[str]) -> np.ndarray:
    """The shares (groups,) of what is asked for."""
    return np.array([(asked == name).mean() for name in groups])


@dataclass(frozen=True)
class Followed:
    """Held-out captions (rows,) asked again and again, and whether what is drawn, and real pictures, are read as asked.

    `drawn` (n,) with their rows `again`; `real` (ways, rows): of the real pictures as drawn, and worn as the drawn ones
    may be.
    """

    groups: Mapping[str, np.ndarray]
    again: np.ndarray
    drawn: np.ndarray
    real: np.ndarray

    @property
    def named(self) -> list[tuple[str, str]]:
        return [(grouping, str(name)) for grouping, values in self.groups.items() for name in np.unique(values)]

    def lost(self) -> dict[tuple[str, str], Estimate]:
        """For each group by how much less often it is followed than the others, beyond what the reader loses of real
        pictures; intervals hold for all groups at once, and however the pictures are worn."""
        from scipy.stats import norm

        width, rows = float(norm.ppf(1 - LEVEL / len(self.named) / 2)), np.arange(self.real.shape[1])
        found = {}
        for grouping, name in self.named:
            own = self.groups[grouping] == name
            drawn = [_mean(self.drawn[part[self.again]], self.again[part[self.again]]) for part in (own, ~own)]
            each = []
            for real in self.real:
                kept = [_mean(real[part], rows[part]) for part in (own, ~own)]
                value = (kept[0][0] - drawn[0][0]) - (kept[1][0] - drawn[1][0])
                reach = width * float(np.sqrt(sum(variance for _, variance in (*kept, *drawn))))
                each.append((value, value - reach, value + reach))
            found[grouping, name] = Estimate(
                each[0][0], min(e[1] for e in each), max(e[2] for e in each), int(own[self.again].sum())
            )
        return found

    def worst(self) -> tuple[tuple[str, str], Estimate]:
        """The group of which most is lost for sure."""
        lost = self.lost()
        name = max(lost, key=lambda each: lost[each].low)
        return name, lost[name]


def _mean(values: np.ndarray, clusters: np.ndarray) -> tuple[float, float]:
    """The mean of values from 0 to 1 (n,), and its variance."""
    effective = effective_number(values, clusters)
    smoothed = (values.mean() * effective + 0.5) / (effective + 1)
    return float(values.mean()), float(smoothed * (1 - smoothed) / effective)


def followed(
    subject: Subject, readers: Mapping[str, Instrument], limit: float, effect: float, question: str
) -> Finding:
    """How often held-out captions are followed in tone and gender, by group, less what the readers get right on real pictures."""
    test = subject.data.test
    asked = {grouping: np.asarray(test.groups[grouping]).astype(str) for grouping in readers}
    generator = to_prompt(subject.generator)
    rows = np.flatnonzero(
        np.isin(asked["skin tone"], TONES)
        & np.isin(asked["gender"], GENDERS)
        & [generator.knows(caption) for caption in test.captions]
    )
    if len(rows) < LEAST:
        raise Refusal(
            f"There are {len(rows)} held-out captions that name a gender and a tone; at least {LEAST} are needed."
        )
    again = np.tile(np.arange(len(rows)), max(1, round(subject.n * HELD_OUT) // len(rows)))
    samples = subject.drawn([test.captions[i] for i in rows[again]], subject.seed + 60_000, "held-out captions")
    read = {grouping: each.reading(samples) for grouping, each in readers.items()}
    roles = np.asarray(test.groups["role"])[rows].astype(str)
    for grouping in readers:
        must_follow(grouping, read[grouping].read, asked[grouping][rows][again], roles[again])
    drawn = np.all([read[grouping].read == asked[grouping][rows][again] for grouping in readers], axis=0).astype(float)
    real = np.stack(
        [
            np.all([each.reader.read(images) == asked[grouping][rows] for grouping, each in readers.items()], axis=0)
            for images in _worn_alike(test.images[rows], read)
        ]
    )
    found = Followed({grouping: asked[grouping][rows] for grouping in readers}, again, drawn, real.astype(float))
    (_, worst), estimate = found.worst()
    claim = (
        f"Captions that name the group {worst} are followed less often than the others by {estimate.value:+.0%} ({estimate.low:+.0%} to {estimate.high:+.0%}),"
        f" beyond the reader's own errors, the most of all groups; all captions in {drawn.mean():.0%} of {len(drawn)} cases."
    )
    known = bias_rates.of_following(found, limit, effect)
    finding = judge(
        "bias",
        claim,
        estimate,
        limit=limit,
        warn=min(0.0, limit),
        effect=effect,
        remedy=REMEDY,
        exhibits=list(_by_group(found, test, rows, samples)),
        part="followed",
        question=question,
        error_rates=known,
    )
    return or_blind(finding, known, limit + effect)


def or_blind(finding: Finding, rates: Mapping[str, Any], lost: float) -> Finding:
    """The finding; where it would be a pass, and models that lose so much would be found in fewer than half of the tries, not measured."""
    if finding.verdict != "pass" or not isinstance(rates.get("power"), int | float) or rates["power"] >= BLIND:
        return finding
    return replace(
        finding,
        verdict="not measured",
        reason=f"A pass would mean nothing: models that lose {lost:.0%} more of the captions of one group would be found in {rates['power']:.0%} of the tries; more pictures would tell.",
    )


def _worn_alike(images: np.ndarray, read: Mapping[str, Reading]) -> Iterator[np.ndarray]:
    """Real pictures in the ways in which drawn ones may be worn, the likeliest first."""
    for way in list(dict.fromkeys(way for each in read.values() for way in each.ways))[:WORN_AGAIN]:
        yield redrawn(images) if way == REDRAWN else np.stack([WAYS[way](image) for image in images])


def _by_group(found: Followed, test: Any, rows: np.ndarray, samples: np.ndarray) -> Iterator[dict[str, Any]]:
    """The share followed of each group with its interval, and of intersections of groups as Fairlearn has it."""
    from fairlearn.metrics import MetricFrame

    for (grouping, name), lost in found.lost().items():
        own = found.groups[grouping] == name
        among = own[found.again]
        share = clustered(found.drawn[among], found.again[among])
        covered = (
            METRICS["coverage"](test.images[rows][own], samples[among][: 20 * own.sum()]) if own.sum() > 5 else None
        )
        yield {
            "grouping": grouping,
            "group": name,
            "followed": share.value,
            "low": share.low,
            "high": share.high,
            "n": int(among.sum()),
            "real": float(found.real[0][own].mean()),
            "lost": lost.value,
            "coverage": covered.value if covered else None,
        }
    groups = {grouping: values[found.again] for grouping, values in found.groups.items()}
    frame = MetricFrame(
        metrics=lambda y_true, y_pred: float(np.mean(y_pred)),
        y_true=np.ones(len(found.drawn)),
        y_pred=found.drawn,
        sensitive_features=groups,
    )
    for names, value in frame.by_group.items():
        yield {"grouping": "both", "group": ", ".join(map(str, names)), "followed": float(value)}


def roles_found(drawn: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The numbers of the roles (able,) that the judge finds in real drawings, which of them it tells apart, and for every
    role how many pictures are found behind their prompt, and which share of real drawings."""
    reading = drawn.reading("gender")
    if drawn.each < 4 or len(drawn.roles) < 2:
        raise Refusal(
            f"There are {drawn.each} pictures of each of {len(drawn.roles)} roles; at least 4 of each of 2 are needed to tell roles apart."
        )
    nearest, real = of_roles(drawn.images, drawn.roles, drawn.prompts, reading.ways)
    able = np.flatnonzero(real >= 0.5)
    if len(able) < len(drawn.roles) / 2:
        raise Refusal(
            f"Of real drawings that look like these pictures the judge tells {len(able)} of {len(drawn.roles)} roles apart; too few to judge by."
        )
    asked = np.repeat(np.arange(len(drawn.roles)), drawn.each)
    hits = np.bincount(asked[nearest == asked], minlength=len(drawn.roles))
    told = told_apart(hits, np.bincount(nearest, minlength=len(drawn.roles)), drawn.each, len(nearest))[able]
    return able, told, hits, real


def roles_told_apart(drawn: Any, limit: float, effect: float, question: str) -> Finding:
    """Of how many roles the judge finds the pictures behind their own prompt; of those that it finds in real drawings."""
    able, told, hits, real = drawn.told
    estimate = clopper_pearson(int((~told).sum()), len(able), 1 - LEVEL)
    exhibits = [
        {
            "role": drawn.roles[number],
            "prompt": drawn.prompts[number],
            "found": float(hits[number] / drawn.each),
            "real": float(real[number]),
            "told apart": bool(said),
        }
        for number, said in zip(able, told, strict=True)
    ]
    exhibits.sort(key=lambda row: row["found"])
    claim = f"It draws {told.sum()} of {len(able)} roles so that they look different; the others look alike, or like others. Of {len(drawn.roles)} roles {len(able)} look different in real drawings, too."
    return judge(
        "bias",
        claim,
        estimate,
        limit=limit,
        warn=limit / 2,
        effect=effect,
        remedy="Look at the pictures of these roles; train for longer, or with stronger guidance by the prompt.",
        exhibits=exhibits,
        part="roles",
        question=question,
        error_rates=bias_rates.of_roles(real[able], drawn.each, limit, effect),
    )
