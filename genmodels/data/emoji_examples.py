"""Pictures of emoji as examples to train on: which are chosen, their labels and groups, and changed shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from genmodels.data.emoji_names import GENDERS, TONES, Named, every_emoji, takes_tones
from genmodels.data.hand_sheets import sheet
from genmodels.estimates.raking import read_shares, skewed
from genmodels.kinds.image.examples import Examples

if TYPE_CHECKING:
    from genmodels.kinds.image.examples import Examples

SUBSETS = ("people", "all")
LABELS = ("none", "tone", "gender", "woman or man", "tone or none")
LABEL_HELP = (
    "What a conditional model is asked for; woman or man leaves out who is drawn as neither, or as both alike;"
    " tone or none takes adults only, in one tone or in none"
)


def chosen(pictures: Sequence[Named], copy: np.ndarray, subset: str, label: str) -> np.ndarray:
    """Mask (n,) of the pictures that a data set takes with these knobs; `copy` (n,) numbers drawings that are one."""
    mask = np.array([each.is_person for each in pictures]) if subset == "people" else np.ones(len(pictures), bool)
    if label == "woman or man":
        alike = coinciding(pictures, copy)
        mask &= np.array(
            [each.gender in GENDERS[:2] and each.combination not in alike for each in pictures]
        )  # in any tone
    if label == "tone or none":
        mask &= np.array([bool(each.gender) for each in pictures])
    return mask


def coinciding(pictures: Sequence[Named], copy: np.ndarray) -> set[tuple[str, str, str]]:
    """The combinations of role, gender and tone whose drawing is, pixel for pixel, also that of another gender."""
    genders: dict[int, set[str]] = {}
    for each, family in zip(pictures, copy, strict=True):
        if each.gender:
            genders.setdefault(int(family), set()).add(each.gender)
    return {
        each.combination
        for each, family in zip(pictures, copy, strict=True)
        if each.gender and len(genders[int(family)]) > 1
    }


def classes_of(label: str, subset: str) -> tuple[str, ...]:
    """The classes that `label` tells apart, in the order of the labels."""
    classes = {"none": (), "tone": TONES, "gender": GENDERS, "woman or man": GENDERS[:2], "tone or none": TONES}[label]
    return classes + (("none",) if label == "tone or none" or (label in ("tone", "gender") and subset == "all") else ())


def examples_of(pictures: Sequence[Named], images: np.ndarray, label: str, **groupings: Sequence[str]) -> Examples:
    """All `images` (n, height, width, 3) with labels, captions and the groups gender, skin tone and role; and more groups."""
    groups = {
        **{name: np.array(values) for name, values in groupings.items()},
        "gender": np.array([each.gender for each in pictures]),
        "skin tone": np.array([each.tone for each in pictures]),
        "role": np.array([each.role for each in pictures]),
    }
    labels = None
    if label != "none":
        names = TONES if label.startswith("tone") else GENDERS
        index = {name: i for i, name in enumerate(names)}
        values = groups["skin tone" if label.startswith("tone") else "gender"]
        labels = np.array([index.get(value, len(names)) for value in values], np.int32)
    return Examples(images, labels, tuple(each.caption for each in pictures), groups)


def changed(train: Examples, shares: str, most: int, seed: int) -> Examples:
    """These with the shares of groups asked for, then only `most` of them (0: all), both drawn by `seed`."""
    if shares:
        by: Mapping[str, np.ndarray] = {name: train.groups[name] for name in ("gender", "skin tone")}
        train = train.take(skewed(by, read_shares(shares, GENDERS + TONES), seed))
    if most:
        train = train.take(np.sort(np.random.default_rng(seed).permutation(len(train))[:most]))
    return train


def drawings(hand: str) -> Examples:
    """All pictures of one hand, uint8 (n, 32, 32, 3) on white, with captions; read in about a third of a second.

    Groups are those of the data set and two more: "drawing" (one text for a drawing in all its tones and genders: what
    is resampled together) and "shows": "adult" (one adult, toned or not), "somebody" (a part of a body, a child, or
    several people), or "nobody" (an object, an animal, a flag, a face). Toned are those with a "skin tone".
    """
    arrays = sheet(hand)
    pictures, bodies = named_codes(arrays["codes"]), takes_tones()
    points = ["-".join(f"{point:X}" for point in each.drawing) for each in pictures]
    shown = ["adult" if each.gender else "somebody" if bodies & set(each.drawing) else "nobody" for each in pictures]
    return examples_of(pictures, arrays["images"], "none", hand=[hand] * len(pictures), drawing=points, shows=shown)


def named_codes(codes: np.ndarray) -> list[Named]:
    """The pictures of those code points, as texts, that have a name."""
    names = every_emoji()
    return [names[code] for code in codes.tolist() if code in names]
