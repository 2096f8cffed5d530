"""What a reader of groups gets wrong, counted way by way: on drawings it never saw, on those it knows, on other hands'.

A reader is right of clean drawings and less so of worn ones, and nobody says how the pictures of a model were worn. So
its errors are counted once (`count`, kept beside its weights) on real drawings as drawn, worn in each of `WAYS`, and
redrawn by a network; each such condition has its looks. Pictures that are to be read are held against those: the
conditions that look like them are the ones whose errors they may have, and what holds under all of them is what is said.
Pictures that look like none can't be read. What a model draws lies between drawings that the reader knows and drawings
that it does not, so both count.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from genmodels.estimates.corrected_shares import Errors, errors_of
from genmodels.instruments.readers import NONE
from genmodels.instruments.reading_domain import Limits, Sight, classes_read, sight
from genmodels.kinds.image.looks import LOOKS, colourless, looks
from genmodels.refusal import Refusal

KEPT = "errors.npz"
HOME, KNOWN, OTHERS = "OpenMoji's, held out", "OpenMoji's, known", "other hands', never seen"
AS_DRAWN, REDRAWN, GREY = "as drawn", "redrawn", "grey"  # ways with a part of their own
TONELESS = (GREY, "sepia")  # nobody has a tone in these
FEW = 12  # drawings
LABELS = {"gender": "woman or man", "skin tone": "tone or none"}  # of the data set people
NARROW = 0.04  # least spread of a look, so that what all drawings have alike does not decide alone
LEGIBLE = 0.9  # share of a role's own drawings that must be read right: what is meant by legible, not fitted


@dataclass(frozen=True)
class Condition:
    """Drawings of one kind (`HOME`, `KNOWN`, `OTHERS`) in one way of wear: how they look, how sure the reader is, what it gets wrong."""

    kind: str
    way: str
    look: np.ndarray  # (2, 6): of all, and of the quarter that looks least like clean drawings
    sure: np.ndarray  # (2,): of all, and of the least sure quarter
    rows: np.ndarray
    errors: Errors


@dataclass(frozen=True)
class Counted:
    """All conditions of a reader of `classes`: `true`, `role`, `kind`, `cluster` (n,), and per way what was `read` (ways, n).

    `read` is -1 where a picture has no such way. `looks` (ways, kinds, 2, 6), `sure` (ways, kinds, 2); `centre` and
    `spread` (6,) are those of single drawings as drawn; `limits` are those of `reading_domain.Limits`.
    """

    classes: tuple[str, ...]
    ways: tuple[str, ...]
    arrays: dict[str, np.ndarray]

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Every kind of pictures in every way of being degraded, with its table of errors."""
        found = []
        for number, way in enumerate(self.ways):
            for place, kind in enumerate((HOME, KNOWN, OTHERS)):
                read = self.arrays["read"][number]
                objects = (
                    (self.arrays["kind"] == HOME) & (self.arrays["role"] == "") & (kind == KNOWN)
                )  # nobody is known or not
                rows = np.flatnonzero(((self.arrays["kind"] == kind) | objects) & (read >= 0))
                if len(rows) and not (way in TONELESS and NONE in self.classes):
                    found.append(
                        Condition(
                            kind,
                            way,
                            self.arrays["looks"][number, place],
                            self.arrays["sure"][number, place],
                            rows,
                            self._errors(number, rows),
                        )
                    )
        return tuple(found)

    def _errors(self, way: int, rows: np.ndarray) -> Errors:
        names = np.array(self.classes)
        true, read = names[self.arrays["true"][rows]], names[self.arrays["read"][way, rows]]
        return self._of_few(errors_of(true, read, self.arrays["cluster"][rows], self.classes), self.ways[way])

    def _of_few(self, errors: Errors, way: str) -> Errors:
        """Tones are misread in some drawings and not in others, those of worn ones above all, so of pictures of a few
        drawings the errors may be far from the mean: they count as if so few had been counted too."""
        if NONE not in self.classes:
            return errors
        n, few = errors.counts.sum(axis=1, keepdims=True), FEW if way != AS_DRAWN else 2 * FEW
        return Errors(errors.classes, errors.counts * few / (n + few))

    def again(self, condition: Condition, rng: np.random.Generator) -> Errors:
        """The errors of a condition as whole drawings drawn anew give them (as many, with replacement)."""
        clusters = self.arrays["cluster"][condition.rows]
        order = np.argsort(clusters, kind="stable")
        members = np.split(condition.rows[order], np.flatnonzero(np.diff(clusters[order])) + 1)
        way = self.ways.index(condition.way)
        names = np.array(self.classes)
        while True:
            chosen = [members[i] for i in rng.integers(len(members), size=len(members))]
            rows, which = np.concatenate(chosen), np.repeat(np.arange(len(chosen)), [len(each) for each in chosen])
            if len(np.unique(self.arrays["true"][rows])) == len(self.classes):
                return self._of_few(
                    errors_of(
                        names[self.arrays["true"][rows]], names[self.arrays["read"][way, rows]], which, self.classes
                    ),
                    condition.way,
                )

    @cached_property
    def limits(self) -> Limits:
        """How far from all conditions pictures may lie and still be read (see `reading_domain.py`)."""
        return Limits(*map(float, self.arrays["limits"]))

    def fitting(self, images: np.ndarray, probable: np.ndarray) -> tuple[Condition, ...]:
        """The conditions that pictures uint8 (n, height, width, 3) look like, the nearest first.

        `probable` (n, classes) is what the reader makes of them. Raises `Refusal` where they, or the quarter of them that
        looks least like clean drawings, look like none; or where the reader is far less sure of them than of any.
        """
        grey = colourless(images).mean() > 0.5
        return self.fitting_sight(sight(looks(images), probable, self.arrays["centre"], self.arrays["spread"]), grey)

    def fitting_sight(self, seen: Sight, grey: bool = False) -> tuple[Condition, ...]:
        """The same of pictures of which this was seen."""
        away = self.away(seen, grey)
        nearest, limits = away.min(axis=1), self.limits
        if nearest.max() > limits.strange:
            near = self.conditions[int(np.argmin(away[nearest.argmax()]))]
            raise Refusal(
                f"{'These pictures' if nearest[0] > limits.strange else 'A quarter of these pictures'} look unlike all that the reader's errors were counted on, so what it reads of them may be wrong;"
                f" the nearest are drawings {near.way} ({nearest.max():.1f} spreads away, {limits.strange:.1f} are allowed). Give pictures as the model drew them."
            )
        order = np.argsort(away[0], kind="stable")
        fitting = tuple(self.conditions[i] for i in order if (away[:, i] <= nearest + limits.alike).any())
        least = np.min([each.sure for each in fitting], axis=0) - seen.sure
        if (least > limits.unsure).any():
            part = int(np.argmax(least - limits.unsure))
            raise Refusal(
                f"The reader is unsure of these pictures ({seen.sure[part]:.0%} of {('all', 'the least sure quarter')[part]}, {least[part] + seen.sure[part]:.0%} of real ones that look alike); it can't read them."
            )
        if least[0] > 0:  # worn in a way that nobody named: as hard as what is as hard to read
            fitting += tuple(
                each
                for each in self.conditions
                if each.kind == HOME
                and each not in fitting
                and abs(each.sure[0] - seen.sure[0]) <= limits.unsure[0] / 2
                and each.way != GREY
            )
        known = tuple(
            each
            for each in self.conditions
            if each.kind in (HOME, KNOWN)
            and each not in fitting
            and any(each.way == other.way and other.kind in (HOME, KNOWN) for other in fitting)
        )
        return fitting + known

    def away(self, seen: Sight, grey: bool = False) -> np.ndarray:
        """How many spreads of single drawings pictures lie from each condition (2, conditions): all, and the strangest quarter."""
        apart = np.maximum(
            np.abs(seen.looks[:, None] - np.stack([each.look for each in self.conditions], axis=1))
            - 2 * seen.stray[:, None],
            0,
        )
        away = np.sqrt(((apart / self.arrays["spread"]) ** 2).sum(axis=-1))
        if NONE not in self.classes:  # only pictures without colours can be drawings without colours
            away[:, [(each.way == GREY) != grey for each in self.conditions]] = np.inf
        return away

    def legible(self, ways: Sequence[str]) -> frozenset[str]:
        """The roles whose OpenMoji drawings of every group are read right in each of these ways; nobody has none."""
        roles, true = self.arrays["role"], self.arrays["true"]
        numbers = [self.ways.index(way) for way in ways]
        own = np.isin(self.arrays["kind"], (HOME, KNOWN)) & (roles != "")
        groups = range(len(self.classes) - 1)

        def read_right(role: str, group: int) -> bool:
            rows = np.flatnonzero(own & (roles == role) & (true == group))
            read = [self.arrays["read"][number, rows] for number in numbers]  # -1 where a picture has no such form
            return len(rows) > 0 and all(
                (each >= 0).any() and (each[each >= 0] == group).mean() >= LEGIBLE for each in read
            )

        return frozenset(
            str(role) for role in np.unique(roles[own]) if all(read_right(str(role), group) for group in groups)
        )


def opened(folder: Path, classes: Sequence[str]) -> Counted:
    """What was counted of the reader in that folder of the gallery."""
    try:
        with np.load(io.BytesIO((folder / KEPT).read_bytes()), allow_pickle=False) as file:
            arrays = dict(file)
    except (OSError, ValueError):
        raise Refusal(
            f"What the reader {folder.name} gets wrong was not counted ({KEPT} is missing); make it with: python -m genmodels.commands.make_gallery {folder.name}"
        ) from None
    ways = tuple(map(str, arrays.pop("ways")))
    return Counted(tuple(classes), ways, arrays)


def summed(measured: dict[str, np.ndarray], chosen: np.ndarray) -> dict[str, np.ndarray]:
    """The arrays of `Counted`, but for its limits, of the drawings chosen (n,) among those measured."""
    each = {name: measured[name][chosen] for name in ("true", "role", "kind", "redrawable", "cluster")}
    seen, probable = measured["seen"][:, chosen], measured["probable"][:, chosen]
    people, there = each["true"] < probable.shape[-1] - 1, ~np.isnan(seen[:, :, 0])
    home = seen[0, (each["kind"] == HOME) & people]
    centre, spread = home.mean(axis=0), np.maximum(home.std(axis=0), NARROW)
    read = np.where(there, [classes_read(way) for way in probable], -1).astype(np.int8)
    looked, sure = np.full((len(seen), 3, 2, len(LOOKS)), np.inf, np.float32), np.ones((len(seen), 3, 2), np.float32)
    for number, (place, kind) in itertools.product(range(len(seen)), enumerate((HOME, KNOWN, OTHERS))):
        own = there[number] & (each["kind"] == kind) & people
        if own.any():
            sighted = sight(seen[number, own], probable[number, own], centre, spread)
            looked[number, place], sure[number, place] = sighted.looks, sighted.sure
    return each | {
        "ways": measured["ways"],
        "read": read,
        "looks": looked,
        "sure": sure,
        "centre": centre,
        "spread": spread,
    }
