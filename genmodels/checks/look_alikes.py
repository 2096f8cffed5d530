"""Does a design look like an icon that is known? Held against the icons of four families, in any colour, mirrored or moved.

An icon is framed (its ink fills the picture, whatever its size and place, and light on dark is turned round), and described
by its lines as near copies are (`line_maps`, averaged over a grid) and by its blurred ink; what is near by both looks alike.
The search for copies itself (`near_at_any_size`) judges the worst part of a picture, so that an icon that is smaller or has
heavier strokes is none to it: of such it found 0 of 60. From which distance on something counts as a look-alike, and how
often that is wrong, was counted on planted look-alikes and on icons of another family and another meaning
(`look_alikes_rates`); what was counted ships as `look_alikes.json`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from genmodels.cache import drawn_once
from genmodels.data.dataset import DATA
from genmodels.data.sets.icons import FONTS, drawings, style_of
from genmodels.estimates.estimate import Estimate
from genmodels.kinds.image.line_maps import line_maps, mirrored_maps, softened
from genmodels.kinds.image.near_at_any_size import VIEWS, descriptors

SIDE, CELLS = 64, 16  # pixels at which icons are compared by their lines, and by their ink
DRAWN = 32  # at which known ones are drawn
MARGIN, INK = 1.15, 0.3  # the frame by the longer side of what is ink; the share of full ink from which on it is
ALSO = {"phosphor": ("", "fill")}  # of a family whose weights are drawings of one icon: the styles that are searched
OWN = "your own icons"
DESCRIBED = 1  # the way in which icons are described; another one is another number
COUNTED = Path(__file__).with_name("look_alikes.json")
LEGAL = (
    "Not legal advice. Whether a sign may be used as a mark is decided by registers and courts: by how similar signs look, sound and "
    "what they mean to the public, for which goods and services, and which right is older. Here icons of four free families are "
    "searched, and no register of marks is."
)


@dataclass(frozen=True)
class Known:
    """n known icons: names, which family each is of, its drawing (n,), and icons uint8 (n, 32, 32, 1), 255 is ink."""

    names: tuple[str, ...]
    family: tuple[str, ...]
    drawing: np.ndarray
    icons: np.ndarray

    def take(self, index: np.ndarray) -> Known:
        """Some of them."""
        chosen = [int(i) for i in index]
        return Known(
            tuple(self.names[i] for i in chosen),
            tuple(self.family[i] for i in chosen),
            self.drawing[index],
            self.icons[index],
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
    return Known(tuple(told), tuple(family), drawing, np.concatenate(images))


def of_set(names: Sequence[str], icons: np.ndarray) -> Known:
    """A user's own icons (n, 32, 32, 1), as known ones."""
    return Known(tuple(names), (OWN,) * len(names), np.arange(len(names)), icons)


def framed(icons: np.ndarray) -> np.ndarray:
    """Icons (n, side, side, 1) with their ink filling the picture, as black on white, uint8 (n, 64, 64, 3)."""
    return np.stack([_framed(each[..., 0].astype(np.float64) / 255) for each in icons])


def _framed(ink: np.ndarray) -> np.ndarray:
    border = np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
    ink = 1 - ink if np.median(border) > 0.5 else ink
    ink = ink / max(float(ink.max()), 0.1)
    down, across = (np.flatnonzero((ink > INK).any(axis=axis)) for axis in (1, 0))
    if not len(down):
        return np.full((SIDE, SIDE, 3), 255, np.uint8)
    middle = [(each[0] + each[-1] + 1) / 2 for each in (across, down)]
    half = MARGIN * max(each[-1] - each[0] + 1 for each in (down, across)) / 2
    box = (middle[0] - half, middle[1] - half, middle[0] + half, middle[1] + half)
    picture = Image.fromarray(np.round(ink * 255).astype(np.uint8))
    seen = picture.transform((SIDE, SIDE), Image.Transform.EXTENT, box, Image.Resampling.BILINEAR)
    return np.repeat(255 - np.asarray(seen)[..., None], 3, axis=-1)


def _described(small: np.ndarray, mirror: bool = False) -> np.ndarray:
    """Framed icons (n, 64, 64, 3), mirrored or not, as rows (n, 448) of unit length: lines, and blurred ink."""
    maps = line_maps(small)
    lines = descriptors(mirrored_maps(maps) if mirror else maps, VIEWS[0])
    ink = 1 - small[..., :1].astype(np.float32) / 255
    cells = softened(ink.reshape(len(ink), CELLS, SIDE // CELLS, CELLS, SIDE // CELLS, 1).mean(axis=(2, 4)))
    flat = (cells[:, :, ::-1] if mirror else cells).reshape(len(ink), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
    return np.concatenate([lines, flat], axis=1) / np.sqrt(2)


class LookAlikes:
    """Known icons, searched for what designs look like; `rows` describe them where that was done before."""

    def __init__(self, known: Known, rows: np.ndarray | None = None) -> None:
        self.known, self.rows = known, _described(framed(known.icons)) if rows is None else rows

    @classmethod
    def of_all_families(cls) -> LookAlikes:
        """The icons of the four families, described once a machine."""
        known = known_icons()
        facts = {"icons": hashlib.sha256(known.icons.tobytes()).hexdigest(), "described": DESCRIBED}
        found = drawn_once("look-alikes", facts, lambda: {"rows": _described(framed(known.icons)).astype(np.float32)})
        return cls(known, found["rows"])

    def far(self, icons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How far designs (n, side, side, 1) are from every known icon, (n, known), 0 for the same, about 1 for any other; and
        whether each is nearer when it is mirrored."""
        small = framed(icons)
        straight, turned = (1 - _described(small, mirror) @ self.rows.T for mirror in (False, True))
        return np.minimum(straight, turned), turned < straight - 1e-6

    def of(self, icons: np.ndarray, limit: float | None) -> list[Like]:
        """The known icon that each design comes nearest to."""
        far, turned = self.far(icons)
        found = []
        for i, number in enumerate(far.argmin(axis=1).tolist()):
            least = float(far[i, number])
            alike = None if limit is None else least < limit
            name, family = self.known.names[number], self.known.family[number]
            found.append(Like(name, family, number, least, alike, bool(turned[i, number])))
        return found


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
