"""Brought outputs held against the training pictures that were brought with them, and against pictures that nobody copied.

Those are held-out pictures where they were brought, which are searched together with the training pictures; else training
pictures against the others, of which only equal ones are set apart, so that variants of one drawing are granted. What is
found is judged by `genmodels.checks.brought_copies_rule`. Copies in their colours and recoloured ones (near by their lines
or their light alone) are two questions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from genmodels.checks.brought_copies_rule import KINDS, MEASURE, Nearest, Scores
from genmodels.checks.copied_pairs import SHOWN, pngs
from genmodels.estimates.splits import COPY, components, copies, families
from genmodels.kinds.image.copied_ways import WAYS, changed
from genmodels.kinds.image.features import averaged
from genmodels.kinds.image.line_maps import blocks
from genmodels.kinds.image.near_at_any_size import Near, Originals
from genmodels.subjects.outputs import Outputs, Reference

SURELY = 0.03  # distance of a copy where nothing says what chance does
LOOKED = 2000  # pictures that nobody copied, at most
PLANTED = 60  # training pictures that are copied in each way
LARGEST = 256  # pixels at which copies are planted, at most
LEAST_FAMILIES = 30
VARIANT = 0.2  # distance below which pictures that are nearest to one other picture are of one family
FAMILY = ("role", "family", "drawing")  # columns that say what a picture is a variant of
PLAIN = 2 / 255  # standard deviation of the colours of a picture in which there is nothing to compare

Report = Callable[[int, int], None]


class Searched:
    """Small copies of training pictures (n, 64, 64, 3) and of pictures that nobody copied (m, 64, 64, 3), searched together.

    `drawings` (n,) and `names` (m,), whole numbers from 0, say which of either are variants of one drawing. Without pictures
    that nobody copied, training pictures are held against the others, those of the same number in `same` (n,) being set
    apart; then `unseen` are at most `LOOKED` of them.
    """

    def __init__(
        self,
        training: np.ndarray,
        drawings: np.ndarray,
        same: np.ndarray,
        unseen: np.ndarray | None,
        named: Sequence[str | None],
        seed: int,
        report: Callable[[str, int, int], None] = lambda what, done, of: None,
    ) -> None:
        self.report, self.drawings, self.count = report, drawings, int(drawings.max()) + 1
        self.held_out = unseen is not None
        if unseen is None:
            rows = np.sort(np.random.default_rng([seed, 41]).permutation(len(training))[:LOOKED])
            unseen, apart, named = training[rows], (same[rows], same), drawings[rows].tolist()
            self.originals = Originals(training)
            self.families = np.zeros(0, int)
        else:
            self.families = families(named, copies(averages(unseen)))
            apart = (self.families, np.concatenate([np.full(len(training), -1), self.families]))
            self.originals = Originals(np.concatenate([training, unseen]))
        near = self.look("pictures that nobody copied", unseen, apart)
        self.names = self._joined(near, families(named, copies(averages(unseen))))
        if self.held_out:
            self.families = self.names
        self.unseen = self.scores(near)

    def look(self, what: str, small: np.ndarray, apart: tuple[np.ndarray, np.ndarray] | None = None) -> Near:
        """What each of the pictures (k, 64, 64, 3) is nearest to, but for those of equal keys in `apart`."""
        return self.originals.nearest(small, apart, lambda done, of: self.report(what, done, of))

    def scores(self, near: Near) -> Scores:
        """What was found, as it is judged."""
        codes = np.concatenate([self.drawings, self.count + self.families])
        return Scores({kind: near.relative(MEASURE[kind]) for kind in KINDS}, codes[near.index], self.count)

    def honest(self, rows: np.ndarray, known: np.ndarray) -> Nearest:
        """Some of the pictures that nobody copied, by what each is nearest to but for its own family, of those in families `known`."""
        return self.unseen.take(rows).nearest(known, self.names[rows] if self.held_out else None)

    def odds(self, known: np.ndarray) -> float:
        """How many training pictures there are to each of those of the families `known`, or families to each family; 0 where these are not searched."""
        count = int(np.isin(self.families, known).sum())
        return max(len(self.drawings) / count, self.count / len(known)) if count else 0.0

    def _joined(self, near: Near, names: np.ndarray) -> np.ndarray:
        """The families (m,) of which those are one that are nearest to variants of one drawing, or to each other."""
        n, keys = len(self.drawings), [names]
        for column in range(near.index.shape[1]):
            index, like = near.index[:, column], near.far["colours"][:, column] < VARIANT
            hit = np.where(like & (index < n), self.drawings[np.minimum(index, n - 1)], -1)
            keys.append(np.array([each if each >= 0 else None for each in hit.tolist()], object))
            pairs = np.stack([np.flatnonzero(like & (index >= n)), index[like & (index >= n)] - n], axis=1)
            keys.append(components(len(names), pairs))
        return families(*keys)


class Brought:
    """Outputs held against the training pictures that were brought with them, and pictures that nobody copied too.

    `compared` are the numbers of the outputs that are not too plain; `plain` says how many outputs and training pictures are.
    """

    def __init__(self, subject: Outputs) -> None:
        training, pictures = subject.training, subject.pictures
        assert training is not None and training.pictures is not None and pictures is not None
        self.subject, self.training = subject, training.pictures
        small = training.pictures.small
        self.compared = np.flatnonzero(~too_plain(pictures.small))
        self.plain = (subject.n - len(self.compared), int(too_plain(small).sum()))
        same = copies(averages(small))
        self.left_out = 0  # held-out pictures that are training pictures
        unseen, named = self._unseen(small)
        drawings = families(captions_of(training), same)
        self.searched = Searched(small, drawings, same, unseen, named, subject.seed, subject.report)
        self.near = self.searched.look("outputs", pictures.small[self.compared])
        self.ours = self.searched.scores(self.near).nearest(self.known)
        self.plants = self._plants()

    @property
    def n(self) -> int:
        """How many outputs are compared."""
        return len(self.compared)

    @cached_property
    def known(self) -> np.ndarray:
        """The families of pictures that nobody copied."""
        return np.unique(self.searched.names)

    def _unseen(self, training: np.ndarray) -> tuple[np.ndarray | None, list[str | None]]:
        """Held-out pictures that are no training pictures, and what each is a variant of; None where none were brought."""
        held_out = self.subject.held_out
        if held_out is None or held_out.pictures is None:
            return None, []
        rows = np.sort(np.random.default_rng([self.subject.seed, 41]).permutation(len(held_out))[:LOOKED])
        apart = rows[_apart(held_out.pictures.small[rows], training)]
        self.left_out = len(rows) - len(apart)
        if not len(apart):
            return None, []
        captions = captions_of(held_out)
        return held_out.pictures.small[apart], [captions[row] for row in apart]

    def _plants(self) -> dict[str, Scores]:
        """Training pictures copied in every way at about the size of the outputs, as the search finds them."""
        seed, pictures = self.subject.seed, self.subject.pictures
        assert pictures is not None
        chosen = np.random.default_rng([seed, 42]).permutation(len(self.training))[:PLANTED]
        small, side = self.training.small[np.sort(chosen)], min(int(np.median(pictures.sizes.min(axis=1))), LARGEST)
        near = self.searched.look("planted copies", np.concatenate([changed(small, way, seed, side) for way in WAYS]))
        rows = np.split(np.arange(len(near.index)), len(WAYS))
        return {way: self.searched.scores(near).take(each) for way, each in zip(WAYS, rows, strict=True)}


def pairs(brought: Brought, kind: str, distance: float) -> list[Mapping[str, Any]]:
    """The outputs that are most surely such copies, with their originals and what was done to them."""
    near, pictures, training = brought.near, brought.subject.pictures, brought.training
    assert pictures is not None
    far, found = np.where(brought.ours.training, brought.ours.far[kind], np.inf), list[Mapping[str, Any]]()
    for i in (int(i) for i in np.argsort(far, kind="stable")[:SHOWN] if far[i] < distance):
        number, original, done = int(brought.compared[i]), int(near.index[i, 0]), how(near, i, kind)
        found.append(
            {
                "sample": pictures.names[number],
                "training": training.names[original],
                "distance": float(far[i]),
                "how": done,
                "caption": f"{pictures.names[number]}: {training.names[original]}, {done}",
                "pictures": pngs(pictures.small[number], training.small[original]),
            }
        )
    return found


def how(near: Near, i: int, kind: str) -> str:
    """In words, what was done to the training picture: "mirrored, cropped to 80 % of its width and 81 % of its height"."""
    down, height, across, width = (float(each) for each in near.place[i, 0])
    words = ["mirrored"] if near.mirrored[i, 0] else []
    if min(height, width) < 0.97:
        words.append(f"cropped to {width:.0%} of its width and {height:.0%} of its height")
    elif max(abs(down), abs(across)) > 0.02:
        words.append("moved")
    if kind == "recoloured":
        words.append("recoloured")
    return ", ".join(words) or (
        "as it is" if near.far["colours"][i, 0] < 0.01 else "as it is but for light or compression"
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


def too_plain(small: np.ndarray) -> np.ndarray:
    """Whether there is nothing to compare in each of the pictures (n, 64, 64, 3)."""
    varied = [small[part].reshape(-1, 64 * 64, 3).std(axis=1).max(axis=1) for part in blocks(len(small), 256)]
    return np.asarray(np.concatenate(varied) < 255 * PLAIN)


def averages(small: np.ndarray) -> np.ndarray:
    """Small copies at 16 pixels, uint8."""
    parts: Sequence[np.ndarray] = [averaged(small[p].astype(np.float32), 16) for p in blocks(len(small), 256)]
    return np.round(np.concatenate(parts)).astype(np.uint8)


def _apart(small: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Whether each of the pictures (n, 64, 64, 3) differs from each of the others (m, 64, 64, 3)."""
    a, b = (averages(each).reshape(len(each), -1).astype(np.float32) / 255 for each in (small, others))
    far = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    return np.asarray(far.min(axis=1) >= COPY**2 * a.shape[1])
