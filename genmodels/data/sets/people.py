"""People as several hands draw them, and pictures of nobody: what the readers of groups learn from and are tested on.

A reader must read what models draw, which is never as clean as a drawing. So it learns from every drawing as it is, worn
at random, and redrawn by a network (OpenMoji's: through `vae-openmoji`). It must know when there is nobody to be read:
objects, blots, noise and paper are a class of their own, where shapes are read (of colours alone nothing tells them from
people). Some hands are held out whole; their drawings, and OpenMoji's held-out ones, are what its errors are counted on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genmodels.cache import drawn_once
from genmodels.data.dataset import DATA, Dataset, dataset
from genmodels.data.drawers import DRAWERS
from genmodels.data.emoji_names import GENDERS, TONES
from genmodels.data.nobody import nobody
from genmodels.estimates.splits import copies, families, whole_families
from genmodels.gallery import weights_of
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.image.wear import worn
from genmodels.kinds.spec import Spec
from genmodels.knobs import Knobs, knob

UNSEEN = ("twemoji", "emojione")  # hands that no reader learns from
HELD_OUT, SEED = 0.4, 0  # of OpenMoji's drawings that are not held out anyway, where tones are read
CLASSES = {"woman or man": (*GENDERS[:2], "nobody"), "tone or none": (*TONES, "none")}
TONED = 1800  # pictures of other hands to learn tones from, each of which has tones of its own
OBJECTS, BLANKS = 1200, 1500  # most of OpenMoji's (a third as many of each other hand); of blots, noise and paper
Parts = dict[str, list[Examples]]


@dataset("people")
@dataclass(frozen=True, kw_only=True)
class People(Knobs):
    """People of OpenMoji and of other hands, as drawn, worn and redrawn, and pictures of nobody, at 32x32."""

    label: str = knob(
        "woman or man",
        choices=tuple(CLASSES),
        help="What a reader learns to read: woman, man or nobody; or the skin tone of people, or none where they are yellow",
    )
    times: int = knob(2, 0, 10, "Degraded copies of every picture in the training split")

    kind: ClassVar[str] = "image"
    title: ClassVar[str] = "People in many drawing styles"
    offline: ClassVar[bool] = True
    captioned: ClassVar[bool] = False
    licence: ClassVar[str] = "as openmoji (CC BY-SA 4.0) and hands (Apache-2.0, CC BY 4.0, MIT)"
    source: ClassVar[str] = "the data sets openmoji and hands, the run vae-openmoji of the gallery"

    def load(self) -> Dataset:
        """Images are uint8 (n, 32, 32, 3); groups are "gender", "skin tone", "role" and "hand" ("" for what nobody drew).

        Held out are pictures as drawn: OpenMoji's by combination of role, gender and tone where the gender is read, by
        whole drawings where the tone is; and whole hands.
        """
        arrays = drawn_once(
            "people",
            {"label": self.label, "times": self.times, "autoencoder": weights_of("vae-openmoji"), "version": VERSION},
            self._drawn,
        )
        names = ("gender", "skin tone", "role", "hand")
        parts = {
            split: Examples(
                arrays[f"{split}.images"],
                arrays[f"{split}.labels"],
                groups={name: arrays[f"{split}.{name}"].astype(object) for name in names},
            )
            for split in ("train", "test")
        }
        classes = CLASSES[self.label]
        return Dataset(
            name="people",
            train=parts["train"],
            test=parts["test"],
            spec=Spec("image", (32, 32, 3), len(classes), classes),
            licence=self.licence,
            source=self.source,
            credit=DATA["openmoji"].credit,
        )

    def _drawn(self) -> dict[str, np.ndarray]:
        rng = np.random.default_rng([SEED, 1])
        parts: Parts = {"train": [], "test": []}
        for split, examples in zip(parts, emoji_people(self.label), strict=True):
            parts[split].append(_with_hand(examples))
        drawn = len(parts["train"][0])
        for split, examples in zip(parts, other_hands(self.label, rng), strict=True):
            parts[split].append(_with_hand(examples))
        known, unknown = (_joined(parts[split]) for split in parts)
        empty, seen_empty = emptiness(known.images, self.label, rng) if self.label != "tone or none" else (None, None)
        again = self._again(known, drawn, rng)
        if empty is not None and seen_empty is not None:
            half = rng.random(len(empty)) < 0.5
            again.append(
                _changed(
                    empty,
                    np.stack(
                        [worn(image, rng) if each else image for image, each in zip(empty.images, half, strict=True)]
                    ),
                )
            )
            unknown = _joined([unknown, seen_empty])
        arrays: dict[str, np.ndarray] = {}
        for split, whole in (("train", _joined(again)), ("test", unknown)):
            if split == "train":
                held_out = {image.tobytes() for image in unknown.images}
                whole = whole.take(
                    np.flatnonzero(
                        [image.tobytes() not in held_out and image.min() < image.max() for image in whole.images]
                    )
                )
            assert whole.labels is not None
            arrays |= {f"{split}.images": whole.images, f"{split}.labels": whole.labels}
            arrays |= {f"{split}.{name}": values.astype(str) for name, values in whole.groups.items()}
        return arrays

    def _again(self, known: Examples, drawn: int, rng: np.random.Generator) -> list[Examples]:
        """What is learned from people: as drawn, in a mirror, worn and redrawn; the first `drawn` are OpenMoji's."""
        if self.label == "tone or none":  # colours have no left or right, and the autoencoder knows no yellow people
            again, toned = [known], np.flatnonzero((np.arange(len(known)) < drawn) & (known.groups["skin tone"] != ""))
        else:
            again, toned = [known, known.with_mirrored().take(np.arange(len(known), 2 * len(known)))], np.arange(drawn)
        for number in range(self.times):
            some = (
                again[rng.integers(len(again))]
                if self.label != "tone or none"
                else known.take(np.arange(drawn))
                if number
                else known
            )
            again.append(_changed(some, np.stack([worn(image, rng) for image in some.images])))
        return [*again, _changed(known.take(toned), DRAWERS["redrawn"](known.images[toned]))]


VERSION = 3


def emoji_people(label: str) -> tuple[Examples, Examples]:
    """OpenMoji's people with labels, as a reader learns from them and as it is tested on them."""
    if label == "woman or man":
        data = DATA["openmoji"].from_dict({"subset": "all", "label": label, "split": "combination"}).load()
        return data.train, data.test
    data = DATA["openmoji"].from_dict({"subset": "all", "label": label}).load()
    more = whole_families(families(data.train.groups["role"], copies(data.train.images)), HELD_OUT, SEED)
    return data.train.take(np.flatnonzero(~more)), _joined([data.test, data.train.take(np.flatnonzero(more))])


def other_hands(label: str, rng: np.random.Generator) -> tuple[Examples, Examples]:
    """The other hands' people with labels, those learned from and the unseen.

    Where the gender is read two of each role and gender, in tones drawn at random, since it is read in grey.
    """
    data = DATA["hands"].from_dict({"held_out": ", ".join(UNSEEN), "subset": "all", "label": label}).load()
    if label != "woman or man":
        return data.train.take(np.sort(rng.permutation(len(data.train))[:TONED])), data.test
    return _two_of_each(data.train, rng), _two_of_each(data.test, rng)


def _two_of_each(people: Examples, rng: np.random.Generator) -> Examples:
    names = zip(*(people.groups[name] for name in ("hand", "role", "gender")), strict=True)
    combination = np.unique(["|".join(each) for each in names], return_inverse=True)[1]
    order = rng.permutation(len(people))
    first = [own for each in range(combination.max() + 1) for own in order[combination[order] == each][:2]]
    return people.take(np.sort(np.array(first)))


def emptiness(people: np.ndarray, label: str, rng: np.random.Generator) -> tuple[Examples, Examples]:
    """Pictures without a person to learn from and to test on: objects of every hand, and paper, noise, text and blots."""
    last = len(CLASSES[label]) - 1
    emoji = DATA["openmoji"].from_dict({"subset": "all"}).load()
    found: Parts = {"train": [], "test": []}
    for split in found:
        part = getattr(emoji, split)
        objects = rng.permutation(np.flatnonzero(part.groups["gender"] == ""))[:OBJECTS]
        found[split].append(_with_hand(_labelled(part.take(objects), last)))
    hands = DATA["hands"].from_dict({"held_out": ", ".join(UNSEEN), "subset": "all"}).load()
    for split in found:
        part = getattr(hands, split)
        for hand in np.unique(part.groups["hand"]):
            objects = rng.permutation(np.flatnonzero((part.groups["gender"] == "") & (part.groups["hand"] == hand)))[
                : OBJECTS // 3
            ]
            found[split].append(_with_hand(_labelled(part.take(objects), last)))
    images = nobody(BLANKS, people, rng)
    found["train"].append(
        Examples(
            images,
            np.full(BLANKS, last, np.int32),
            groups={name: np.full(BLANKS, "") for name in ("gender", "skin tone", "role", "hand")},
        )
    )
    return _joined(found["train"]), _joined(found["test"])


def _labelled(examples: Examples, label: int) -> Examples:
    return Examples(examples.images, np.full(len(examples), label, np.int32), groups=examples.groups)


def _with_hand(examples: Examples) -> Examples:
    hand = examples.groups.get("hand", np.full(len(examples), "openmoji"))
    groups = {name: np.asarray(examples.groups[name]) for name in ("gender", "skin tone", "role")} | {"hand": hand}
    return Examples(examples.images, examples.labels, groups=groups)


def _changed(examples: Examples, images: np.ndarray) -> Examples:
    return Examples(images, examples.labels, groups=examples.groups)


def _joined(parts: list[Examples]) -> Examples:
    assert all(each.labels is not None for each in parts) or all(each.labels is None for each in parts)
    labels = None if parts[0].labels is None else np.concatenate([each.labels for each in parts])
    groups = {name: np.concatenate([each.groups[name] for each in parts]) for name in parts[0].groups}
    captions = tuple(caption for each in parts for caption in each.captions)
    return Examples(np.concatenate([each.images for each in parts]), labels, captions, groups)
