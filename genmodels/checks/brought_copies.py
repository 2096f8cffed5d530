"""How many outputs are near-copies of the training pictures that were brought, beyond what chance makes alike.

Chance is counted on pictures that nobody copied: held-out ones where they were brought, else training pictures against
the others, of which only equal ones are set apart, so that variants of one drawing are granted. One half of their
families finds below what distance a picture counts as a copy, the other half says how often that happens by chance.
Copies in their colours and recoloured ones (near by their lines alone) are two questions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.checks.copied_pairs import SHOWN, pngs
from genmodels.checks.copying import TAIL, independent_counts, share_of_copies
from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.estimates.ranks import at_least
from genmodels.estimates.splits import COPY, copies, families
from genmodels.kinds.image.copied_ways import RECOLOURED, WAYS, changed
from genmodels.kinds.image.features import averaged
from genmodels.kinds.image.line_maps import blocks
from genmodels.kinds.image.near_at_any_size import BOTH, Near, Originals
from genmodels.subjects.outputs import Outputs, Reference

KINDS = ("copies", "recoloured")
MEASURE = {"copies": BOTH, "recoloured": "lines"}
DISTANCES = tuple(np.round(np.geomspace(0.03, 0.6, 14), 4).tolist())  # among which the one is found that counts
ENOUGH = 8.0  # standard deviations of chance, above which the distance that catches more is better
SURELY = 0.03  # distance of a copy where nothing says what chance does
LOOKED = 2000  # pictures that nobody copied, at most
PLANTED = 40  # training pictures that are copied in each way
LEAST_TRAINING, LEAST_FAMILIES = 50, 30
VARIANT = 0.3  # distance below which pictures that are nearest to one training picture are of one family
FAMILY = ("role", "family", "drawing")  # columns that say what a picture is a variant of

Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Scores:
    """How far off n pictures are by each kind of copy (n,), and the family of the training picture each is nearest to."""

    far: Mapping[str, np.ndarray]
    hits: np.ndarray

    def take(self, rows: np.ndarray) -> Scores:
        """Some of them."""
        return Scores({kind: each[rows] for kind, each in self.far.items()}, self.hits[rows])

    def beside(self, other: Scores) -> Scores:
        """These, and others behind them."""
        far = {kind: np.concatenate([each, other.far[kind]]) for kind, each in self.far.items()}
        return Scores(far, np.concatenate([self.hits, other.hits]))


class Brought:
    """Outputs held against the training pictures that were brought with them, and pictures that nobody copied too."""

    def __init__(self, subject: Outputs) -> None:
        training, pictures = subject.training, subject.pictures
        assert training is not None and training.pictures is not None and pictures is not None
        self.subject, self.training = subject, training.pictures
        self.originals = Originals(training.pictures.small)
        self.same = copies(_averaged(training.pictures.small))
        self.drawings = families(captions_of(training), self.same)
        self.near = self._look("outputs", pictures.small)
        self.ours = self.scores(self.near)
        self.left_out = 0  # held-out pictures that are training pictures
        self.unseen, self.families = self._unseen()
        self.plants = self._plants()

    def scores(self, near: Near) -> Scores:
        """What was found, as it is judged."""
        return Scores({kind: near.relative(MEASURE[kind]) for kind in KINDS}, self.drawings[near.index])

    def enough(self) -> bool:
        """Whether there are pictures enough that nobody copied to say what chance does."""
        return len(np.unique(self.families)) >= LEAST_FAMILIES

    def _look(self, what: str, small: np.ndarray, apart: tuple[np.ndarray, np.ndarray] | None = None) -> Near:
        return self.originals.nearest(small, apart, lambda done, of: self.subject.report(what, done, of))

    def _unseen(self) -> tuple[Scores, np.ndarray]:
        """Pictures that nobody copied and their families (m,)."""
        held_out = self.subject.held_out
        rng = np.random.default_rng([self.subject.seed, 41])
        if held_out is not None and held_out.pictures is not None:
            rows = np.sort(rng.permutation(len(held_out))[:LOOKED])
            small = held_out.pictures.small[rows]
            near = self._look("held-out pictures", small)
            unlike = _apart(small, self.training.small[near.index])
            self.left_out = int((~unlike).sum())
            captions = captions_of(held_out)
            names = [captions[row] for row in rows]
        else:
            rows = np.sort(rng.permutation(len(self.training))[:LOOKED])
            small, unlike = self.training.small[rows], np.ones(len(rows), bool)
            near = self._look("training pictures against the others", small, (self.same[rows], self.same))
            names = self.drawings[rows].tolist()
        variant = np.where(near.far["colours"] < VARIANT, self.drawings[near.index], -1)
        alike = families(names, copies(_averaged(small)), [each if each >= 0 else None for each in variant.tolist()])
        return self.scores(near).take(np.flatnonzero(unlike)), alike[unlike]

    def _plants(self) -> dict[str, Scores]:
        """Training pictures copied in every way, as the search finds them."""
        seed = self.subject.seed
        chosen = np.random.default_rng([seed, 42]).permutation(len(self.training))[:PLANTED]
        small = self.training.small[np.sort(chosen)]
        near = self._look("planted copies", np.concatenate([changed(small, way, seed) for way in WAYS]))
        rows = np.split(np.arange(len(near.index)), len(WAYS))
        return {way: self.scores(near).take(each) for way, each in zip(WAYS, rows, strict=True)}


@dataclass(frozen=True)
class Held:
    """Outputs (n,) and pictures that nobody copied (m,) with their families: distances as shares of the one that counts.

    `distances` are those that counted, each found on one half of the families and undercut by chance in the other.
    """

    ours: np.ndarray
    hits: np.ndarray
    others: np.ndarray
    names: np.ndarray
    distances: tuple[float, float]

    @property
    def share(self) -> Estimate:
        """The share of outputs that are copies beyond chance, with its 99 % interval."""
        return share_of_copies(self.ours, self.hits, self.others, self.names, (1.0,), 1)

    @property
    def by_chance(self) -> tuple[int, int]:
        """How many of how many pictures that nobody copied are near."""
        return int((self.others < 1).sum()), len(self.others)

    def verdict(self, limit: float, effect: float) -> str:
        """The verdict that the share would get, without the share."""
        near = self.ours < 1
        codes = [np.unique(each, return_inverse=True)[1] for each in (self.hits, self.names)]
        counts = independent_counts(near, codes[0], self.others < 1, codes[1])
        if counts[0] * counts[3] > counts[2] * counts[1] and at_least(*counts, limit) < TAIL:
            return "fail"
        high = clopper_pearson(int(near.sum()), len(near), 1 - 2 * TAIL).high
        return "not measured" if high > limit + effect else "pass"


@dataclass(frozen=True)
class Rule:
    """How pictures that nobody copied (m,), of which those of one name are alike, say what a copy is: half of them for half of the outputs.

    The half `first` (m,) finds one distance and the other half another; each half says how often the other's is undercut.
    """

    kind: str
    unseen: Scores
    names: np.ndarray
    first: np.ndarray
    distances: tuple[float, float]

    @classmethod
    def of(
        cls,
        kind: str,
        unseen: Scores,
        names: np.ndarray,
        plants: Mapping[str, Scores],
        n: int,
        effect: float,
        rng: np.random.Generator,
    ) -> Rule:
        """The rule for n outputs of which a share of `effect` may be copies as `plants` are."""
        each = np.unique(names)
        first = np.isin(names, rng.permutation(each)[: len(each) // 2])
        planted = np.concatenate([plants[way].far[kind] for way in ways_of(kind)])
        one, other = (
            distance_of(unseen.far[kind][flags], names[flags], planted, n, effect) for flags in (first, ~first)
        )
        return cls(kind, unseen, names, first, (one, other))

    def held(self, ours: Scores) -> Held:
        """Outputs (n,), judged by either distance in turn."""
        one, other = self.distances
        turns = np.where(np.random.default_rng(len(ours.hits)).permutation(len(ours.hits)) % 2 == 0, one, other)
        others = self.unseen.far[self.kind] / np.where(self.first, other, one)
        return Held(ours.far[self.kind] / turns, ours.hits, others, self.names, self.distances)


def ways_of(kind: str) -> list[str]:
    """The ways in which copies of that kind are made."""
    return [way for way in WAYS if (way in RECOLOURED) == (kind == "recoloured")]


def distance_of(unseen: np.ndarray, names: np.ndarray, planted: np.ndarray, n: int, effect: float) -> float:
    """Below what distance a picture counts as a copy: the greatest at which a share `effect` of copies stands out enough.

    It stands out by as many standard deviations as chance varies by among n outputs, given what these pictures that nobody
    copied (m,) do, of which those of one name are alike. Where it never stands out enough, the distance at which it does most.
    """
    codes, out = np.unique(names, return_inverse=True)[1], []
    for distance in DISTANCES:
        near = unseen < distance
        _, _, k, m = independent_counts(near[:1], codes[:1], near, codes)
        by_chance = (k + 0.5) / (m + 1)
        out.append(effect * float((planted < distance).mean()) / np.sqrt(by_chance / n + by_chance / m))
    wanted = min(max(out), ENOUGH)
    return max(distance for distance, found in zip(DISTANCES, out, strict=True) if found >= 0.9 * wanted)


def pairs(brought: Brought, kind: str, distance: float) -> list[Mapping[str, Any]]:
    """The outputs that are most surely such copies, with their originals and what was done to them."""
    near, pictures, training = brought.near, brought.subject.pictures, brought.training
    assert pictures is not None
    far = near.relative(MEASURE[kind])
    shown = [int(i) for i in np.argsort(far, kind="stable")[:SHOWN] if far[i] < distance]
    return [
        {
            "sample": pictures.names[i],
            "training": training.names[near.index[i]],
            "distance": float(far[i]),
            "how": how(near, i, kind),
            "caption": f"{pictures.names[i]}: {training.names[near.index[i]]}, {how(near, i, kind)}",
            "pictures": pngs(pictures.small[i], training.small[near.index[i]]),
        }
        for i in shown
    ]


def how(near: Near, i: int, kind: str) -> str:
    """In words, what was done to the training picture: "mirrored, cropped to 80 % of its width and 81 % of its height"."""
    down, height, across, width = (float(each) for each in near.place[i])
    words = ["mirrored"] if near.mirrored[i] else []
    if min(height, width) < 0.97:
        words.append(f"cropped to {width:.0%} of its width and {height:.0%} of its height")
    elif max(abs(down), abs(across)) > 0.02:
        words.append("moved")
    if kind == "recoloured":
        words.append("recoloured")
    return ", ".join(words) or (
        "as it is" if near.far["colours"][i] < 0.01 else "as it is but for light or compression"
    )


def captions_of(reference: Reference) -> list[str | None]:
    """What each picture is a variant of: its role, else its caption up to the first comma; None where nothing says it.

    Captions that only name the class of a picture (few for many pictures) name no drawing.
    """
    pictures = reference.pictures
    assert pictures is not None
    roles = [next((row[key] for key in FAMILY if row.get(key)), "") for row in pictures.rows]
    prompts = [told.prompt for told in pictures.told]
    if len(set(prompts)) <= max(len(prompts) / 10, 1):
        prompts = [""] * len(prompts)
    return [
        role or prompt.split(",")[0].strip().casefold() or None for role, prompt in zip(roles, prompts, strict=True)
    ]


def _apart(small: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Whether each picture (n,) differs from the other one, pixel by pixel."""
    far = [((small[p] / 255.0 - others[p] / 255.0) ** 2).mean(axis=(1, 2, 3)) for p in blocks(len(small), 256)]
    return np.asarray(np.concatenate(far) >= COPY**2)


def _averaged(small: np.ndarray) -> np.ndarray:
    """Small copies at 16 pixels, uint8."""
    parts: Sequence[np.ndarray] = [averaged(small[p].astype(np.float32), 16) for p in blocks(len(small), 256)]
    return np.round(np.concatenate(parts)).astype(np.uint8)
