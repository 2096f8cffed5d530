"""Shares of groups among pictures, read by an instrument whose errors were counted, and corrected for them.

A reader that takes some women for men finds too few women. With M the table of how often a true class (row) is read as
each class (column), the shares p that were drawn are seen as q = p M, so that p = q M^-1 (Rogan and Gladen 1978, for two
classes; the same in matrices for more). M is counted on a few real pictures and is uncertain itself: the interval is
that of draws of q and of each row of M from their Dirichlet posteriors (as Lang and Reiczigel 2014 do for two classes),
with a prior weight of one picture, divided evenly among the classes. Where several M may be the right one (see
`reading_errors.py`), the interval holds for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from genmodels import gallery
from genmodels.data.dataset import DATA
from genmodels.estimates.corrected_shares import Errors
from genmodels.instruments.readers import READERS, reader_of
from genmodels.instruments.reading_domain import classes_read
from genmodels.instruments.reading_errors import LABELS, Condition, Counted, opened
from genmodels.kinds.image.looks import colourless, tinted
from genmodels.refusal import Refusal

TINTED = 0.5  # share of pictures that may be grey or tinted, and are left out, where skin tones are read
READABLE = 0.2  # least share of pictures in which there must be somebody


@dataclass(frozen=True)
class Reading:
    """What was read of pictures (n,), "" of those left out, and the tables of errors that it may have, the likeliest first."""

    read: np.ndarray
    conditions: tuple[Condition, ...]

    @property
    def errors(self) -> tuple[Errors, ...]:
        """The tables of errors, the likeliest first."""
        return tuple(each.errors for each in self.conditions)

    @property
    def left_out(self) -> int:
        """How many pictures are tinted or grey, so that no tone is read in them."""
        return int((self.read == "").sum())

    @property
    def ways(self) -> tuple[str, ...]:
        """How the pictures may be worn."""
        return tuple(dict.fromkeys(each.way for each in self.conditions))

    def take(self, rows: np.ndarray) -> Reading:
        """The same of some of the pictures."""
        return Reading(self.read[rows], self.conditions)


@dataclass(frozen=True)
class Instrument:
    """A reader with what it gets wrong, on which pictures. Its last class is that there is nobody to be read."""

    grouping: str
    reader: Any
    counted: Counted

    @property
    def classes(self) -> tuple[str, ...]:
        """What it reads, by name, in the order of its tables of errors."""
        return tuple(self.reader.classes)

    @property
    def groups(self) -> tuple[str, ...]:
        """The classes that people are of."""
        return self.classes[:-1]

    def reading(self, images: np.ndarray) -> Reading:
        """What it reads of pictures, uint8 (n, 32, 32, 3). Raises `Refusal` where it can't read such pictures."""
        probable = self.reader.probabilities(images)
        read = np.array(self.classes)[classes_read(probable)].astype(object)
        unfit = colourless(images) if self.grouping == "skin tone" else np.zeros(len(read), bool)
        if unfit.mean() > TINTED:
            raise Refusal(
                f"{unfit.mean():.0%} of the pictures have no colours, and no skin tone can be read in grey ones."
            )
        readable = np.isin(read, self.groups)
        if readable.sum() < READABLE * (~unfit).sum():
            what = "nobody is to be seen" if self.grouping == "gender" else "nobody with a skin tone is to be seen"
            raise Refusal(
                f"In {1 - readable.mean():.0%} of the {len(read)} pictures {what}, as far as the reader can tell; of so few others nothing can be said."
            )
        if self.grouping == "skin tone" and (unfit := unfit | tinted(images)).mean() > TINTED:
            raise Refusal(
                f"{unfit.mean():.0%} of the pictures are tinted or grey, and no skin tone can be read in such."
            )
        read[unfit], readable = "", readable & ~unfit
        if not readable.any():
            raise Refusal("No picture is left in which the reader can read anybody.")
        return Reading(read.astype(str), self.counted.fitting(images[readable], probable[readable]))

    @cached_property
    def held_out(self) -> Any:
        """Real pictures that it never saw, as drawn (`Examples`)."""
        return DATA["people"].from_dict({"label": LABELS[self.grouping]}).load().test

    @cached_property
    def _home(self) -> np.ndarray:
        groups = self.held_out.groups
        return np.flatnonzero((groups["hand"] == "openmoji") & (groups["gender"] != ""))

    @property
    def images(self) -> np.ndarray:
        """OpenMoji's people that it never saw, as drawn."""
        return self.held_out.images[self._home]

    @property
    def true(self) -> np.ndarray:
        """Their classes."""
        return np.array(self.classes)[self.held_out.labels[self._home]]

    @property
    def clusters(self) -> np.ndarray:
        """Their roles: drawings of one role are alike."""
        return np.asarray(self.held_out.groups["role"])[self._home].astype(str)

    @cached_property
    def read(self) -> np.ndarray:
        """What it reads of them."""
        return self.reader.read(self.images)

    @property
    def errors(self) -> Errors:
        """Its errors on OpenMoji's held-out drawings as they are."""
        return self.counted.conditions[0].errors

    @property
    def roles(self) -> frozenset[str]:
        """Those whose drawings say the group, so that it can be read off them."""
        return self.counted.legible(("as drawn",))


@lru_cache(maxsize=4)
def instrument(grouping: str) -> Instrument:
    """The reader of a grouping that ships with the project; raises `Refusal` where there is none."""
    if grouping not in READERS:
        raise Refusal(
            f"Nobody reads the grouping {grouping[:40]!r} off pictures; there are readers for: {', '.join(READERS)}."
        )
    reader = reader_of(grouping)
    return Instrument(grouping, reader, opened(gallery.GALLERY / READERS[grouping], reader.classes))
