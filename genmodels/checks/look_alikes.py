"""Does a design look like an icon that is known? Held against the icons of four families, in any colour, mirrored or moved.

The search is that of near copies (`near_at_any_size`): by lines alone, so that colours say nothing. From which distance on
something counts as a look-alike, and how often that is wrong, was counted on planted look-alikes and on icons of another
family and another meaning (`look_alikes_rates`); what was counted ships as `look_alikes.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from genmodels.data.dataset import DATA
from genmodels.data.sets.icons import FONTS, drawings, style_of
from genmodels.estimates.estimate import Estimate
from genmodels.kinds.image.files import to_picture
from genmodels.kinds.image.near_at_any_size import Near, Originals

SIDE = 64  # pixels at which icons are compared
DRAWN = 32  # at which known ones are drawn
ALSO = {"phosphor": ("", "fill")}  # of a family whose weights are drawings of one icon: the styles that are searched
COUNTED = Path(__file__).with_name("look_alikes.json")
LEGAL = (
    "Not legal advice. Whether a sign may be used as a mark is decided by registers and courts: by how similar signs look, sound and "
    "what they mean to the public, for which goods and services, and which right is older. Here icons of four free families are "
    "searched, and no register of marks is."
)


@dataclass(frozen=True)
class Known:
    """n known icons: names, which family each is of, its drawing (n,), and small copies uint8 (n, 64, 64, 3), black on white."""

    names: tuple[str, ...]
    family: tuple[str, ...]
    drawing: np.ndarray
    small: np.ndarray

    def take(self, index: np.ndarray) -> Known:
        """Some of them."""
        chosen = [int(i) for i in index]
        return Known(
            tuple(self.names[i] for i in chosen),
            tuple(self.family[i] for i in chosen),
            self.drawing[index],
            self.small[index],
        )


@dataclass(frozen=True)
class Like:
    """The known icon that a design comes nearest to: how far off it is (0: the same lines), whether as a look-alike (None: no limit
    is known), and how it lies."""

    name: str
    family: str
    number: int
    far: float
    alike: bool | None
    mirrored: bool


@dataclass(frozen=True)
class Counted:
    """From which distance on a design counts as a look-alike, and how often that is wrong, by way of changing an icon."""

    limit: float
    false_alarms: Estimate
    found: dict[str, Estimate]
    seed: int
    known: int  # icons that were searched
    same_meaning: Estimate  # icons of another family and the same meaning that are look-alikes: true ones

    @property
    def least(self) -> tuple[str, Estimate]:
        """The way of changing an icon after which it is found least."""
        return min(self.found.items(), key=lambda each: each[1].value)


def known_icons(names: Sequence[str] = tuple(FONTS)) -> Known:
    """The icons of these families, each drawing of a family numbered."""
    told: list[str] = []
    family: list[str] = []
    groups: list[tuple[str, str]] = []
    images: list[np.ndarray] = []
    for name in names:
        data = DATA["icons"].from_dict({"family": name, "size": DRAWN}).load()
        captions = [each.replace(" ", "-") for each in (*data.train.captions, *data.test.captions)]
        styles = FONTS[name].styles
        kept = [i for i, each in enumerate(captions) if style_of(each, styles) in ALSO.get(name, (*styles, ""))]
        told += [captions[i].replace("-", " ") for i in kept]
        family += [FONTS[name].title] * len(kept)
        groups += [(name, each) for each in drawings([captions[i] for i in kept], styles)]
        images.append(np.concatenate([data.train.images, data.test.images])[kept])
    drawing = np.unique([f"{a} {b}" for a, b in groups], return_inverse=True)[1]
    return Known(tuple(told), tuple(family), drawing, small_copies(np.concatenate(images)))


def small_copies(icons: np.ndarray) -> np.ndarray:
    """Icons (n, side, side, 1), 255 is ink, as black on white, uint8 (n, 64, 64, 3)."""
    scaled = [np.asarray(to_picture(255 - each).resize((SIDE, SIDE), Image.Resampling.BILINEAR)) for each in icons]
    return np.repeat(np.stack(scaled)[..., None], 3, axis=-1)


class LookAlikes:
    """Known icons, searched for what designs look like."""

    def __init__(self, known: Known) -> None:
        self.known, self.originals = known, Originals(known.small)

    def near(self, icons: np.ndarray, apart: tuple[np.ndarray, np.ndarray] | None = None) -> Near:
        """What designs (n, side, side, 1) come nearest to; those of equal keys in `apart` are not compared."""
        return self.originals.nearest(small_copies(icons), apart)

    def of(self, icons: np.ndarray, limit: float | None) -> list[Like]:
        """The known icon that each design comes nearest to."""
        near, best = self.near(icons), []
        for i, far in enumerate(near.far["lines"]):
            at = int(np.argmin(far))
            number = int(near.index[i, at])
            best.append(
                Like(
                    self.known.names[number],
                    self.known.family[number],
                    number,
                    float(far[at]),
                    None if limit is None else bool(far[at] < limit),
                    bool(near.mirrored[i, at]),
                )
            )
        return best


@lru_cache
def counted() -> Counted | None:
    """What was counted and ships; None where it does not (`python -m genmodels.bench.icons look-alikes` counts it)."""
    try:
        told: dict[str, Any] = json.loads(COUNTED.read_text())
    except FileNotFoundError:
        return None
    return of_document(told)


def of_document(told: Mapping[str, Any]) -> Counted:
    """What is counted, from its document: each estimate as value, low, high and n."""

    def estimate(row: Sequence[float]) -> Estimate:
        return Estimate(float(row[0]), float(row[1]), float(row[2]), int(row[3]))

    return Counted(
        float(told["limit"]),
        estimate(told["false_alarms"]),
        {way: estimate(row) for way, row in told["found"].items()},
        int(told["seed"]),
        int(told["known"]),
        estimate(told["same_meaning"]),
    )
