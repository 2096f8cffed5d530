"""People as several hands draw them, and pictures of nobody: what the readers of groups learn from and are tested on.

A reader must read what models draw, which is never as clean as a drawing. So it learns from every drawing as it is, worn
at random, and redrawn by a network (OpenMoji's: through `vae-openmoji`). It must know when there is nobody to be read:
objects, blots, noise and paper are a class of their own, where shapes are read (of colours alone nothing tells them from
people). Some hands are held out whole; their drawings, and OpenMoji's held-out ones, are what its errors are counted on.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genmodels.data import DATA, Dataset, Examples, dataset
from genmodels.emoji_names import GENDERS, TONES
from genmodels.gallery import weights_of
from genmodels.nobody import nobody
from genmodels.rasters import drawn_once
from genmodels.recipe import Knobs, Spec, knob
from genmodels.splits import copies, families, whole_families
from genmodels.wear import recoloured, worn

UNSEEN = ("twemoji", "emojione")  # hands that no reader learns from
HELD_OUT, SEED = 0.4, 0  # of OpenMoji's drawings that are not held out anyway, where tones are read
CLASSES = {"woman or man": (*GENDERS[:2], "nobody"), "tone or none": (*TONES, "none"), "somebody or nobody": ("somebody", "nobody")}
TONED = 1800  # pictures of other hands to learn tones from, each of which has tones of its own
OBJECTS, BLANKS = 1200, 1500  # most of OpenMoji's (a third as many of each other hand); of blots, noise and paper
NO_ADULT = re.compile(r"\b(baby|boy|girl|child|family|couple|kiss|people|men|women|twins)\b")  # captions of who is neither one adult nor nobody
Parts = dict[str, list[Examples]]


@dataset("people")
@dataclass(frozen=True, kw_only=True)
class People(Knobs):
    """People of OpenMoji and of other hands, as drawn, worn and redrawn, and pictures of nobody, at 32x32."""

    label: str = knob("woman or man", choices=tuple(CLASSES), help="What a reader is told: woman, man or nobody; or the skin tone of people, or none where they are yellow; or whether there is an adult at all, of any gender or none")
    times: int = knob(2, 0, 10, "Worn copies of every picture in the training split")

    kind: ClassVar[str] = "image"
    offline: ClassVar[bool] = True
    captioned: ClassVar[bool] = False
    licence: ClassVar[str] = "as openmoji (CC BY-SA 4.0) and hands (Apache-2.0, CC BY 4.0, MIT)"
    source: ClassVar[str] = "the data sets openmoji and hands, the run vae-openmoji of the gallery"

    def load(self) -> Dataset:
        """Images are uint8 (n, 32, 32, 3); groups are "gender", "skin tone", "role" and "hand" ("" for what nobody drew).

        Held out are pictures as drawn: OpenMoji's by combination of role, gender and tone where the gender is read, by
        whole drawings where the tone is; and whole hands.
        """
        arrays = drawn_once("people", {"label": self.label, "times": self.times, "autoencoder": weights_of("vae-openmoji"), "version": VERSION}, self._drawn)
        names = ("gender", "skin tone", "role", "hand")
        parts = {
            split: Examples(arrays[f"{split}.images"], arrays[f"{split}.labels"], groups={name: arrays[f"{split}.{name}"].astype(object) for name in names})
            for split in ("train", "test")
        }
        classes = CLASSES[self.label]
        return Dataset(
            name="people", train=parts["train"], test=parts["test"], spec=Spec("image", (32, 32, 3), len(classes), classes),
            licence=self.licence, source=self.source, credit=DATA["openmoji"].credit,
        )  # fmt: skip

    def _drawn(self) -> dict[str, np.ndarray]:
        rng = np.random.default_rng([SEED, 1])
        parts: Parts = {"train": [], "test": []}
        for split, examples in zip(parts, emoji_people(self.label), strict=True):
            parts[split].append(_with_hand(examples))
        drawn = len(parts["train"][0])
        for split, examples in zip(parts, other_hands(self.label, rng), strict=True):
            parts[split].append(_with_hand(examples))
        known, unknown = (_joined(parts[split]) for split in parts)
        again = self._again(known, drawn, rng)
        if self.label != "tone or none":
            empty, seen_empty = emptiness(known.images, self.label, rng)
            half = rng.random(len(empty)) < 0.5
            again.append(_changed(empty, np.stack([worn(image, rng) if each else image for image, each in zip(empty.images, half, strict=True)])))
            if self.label == "somebody or nobody":
                again.append(_changed(empty, np.stack([recoloured(image, rng) for image in empty.images])))
            unknown = _joined([unknown, seen_empty])
        arrays: dict[str, np.ndarray] = {}
        for split, whole in (("train", _joined(again)), ("test", unknown)):
            if split == "train":
                held_out = {image.tobytes() for image in unknown.images}
                whole = whole.take(np.flatnonzero([image.tobytes() not in held_out and image.min() < image.max() for image in whole.images]))
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
            some = again[rng.integers(len(again))] if self.label != "tone or none" else known.take(np.arange(drawn)) if number else known
            ways = [recoloured, worn] if self.label == "somebody or nobody" else [worn]  # in grey there is somebody too
            again.append(_changed(some, np.stack([functools.reduce(lambda seen, way: way(seen, rng), ways, image) for image in some.images])))
        return [*again, _changed(known.take(toned), redrawn(known.images[toned]))]


VERSION = 4


def emoji_people(label: str) -> tuple[Examples, Examples]:
    """OpenMoji's people with labels, as a reader learns from them and as it is tested on them."""
    if label == "woman or man":
        data = DATA["openmoji"].from_dict({"subset": "all", "label": label, "split": "combination"}).load()
        return data.train, data.test
    if label == "somebody or nobody":
        return _somebody()
    data = DATA["openmoji"].from_dict({"subset": "all", "label": label}).load()
    more = whole_families(families(data.train.groups["role"], copies(data.train.images)), HELD_OUT, SEED)
    return data.train.take(np.flatnonzero(~more)), _joined([data.test, data.train.take(np.flatnonzero(more))])


def _somebody() -> tuple[Examples, Examples]:
    """Adults, neutral ones too: those of the roles that are held out everywhere to be tested on; to learn from all others
    but those on which woman or man is tested. (Of the roles on which tones are tested it knows those that are not the former.)"""
    data = DATA["openmoji"].from_dict({"subset": "all", "label": "tone or none"}).load()
    tested = {image.tobytes() for image in emoji_people("woman or man")[1].images}
    return _labelled(data.train.take(np.flatnonzero([image.tobytes() not in tested for image in data.train.images])), 0), _labelled(data.test, 0)


def other_hands(label: str, rng: np.random.Generator) -> tuple[Examples, Examples]:
    """The other hands' people with labels, those learned from and the unseen.

    Where the gender is read two of each role and gender, in tones drawn at random, since it is read in grey; and so
    where it is read whether anybody is there.
    """
    groups = label if label != "somebody or nobody" else "tone or none"
    data = DATA["hands"].from_dict({"held_out": ", ".join(UNSEEN), "subset": "all", "label": groups}).load()
    if label == "somebody or nobody":
        return _of_each(_labelled(data.train, 0), 2, rng), _labelled(data.test, 0)
    if label != "woman or man":
        return data.train.take(np.sort(rng.permutation(len(data.train))[:TONED])), data.test
    return _of_each(data.train, 2, rng), _of_each(data.test, 2, rng)


def _of_each(people: Examples, most: int, rng: np.random.Generator) -> Examples:
    names = zip(*(people.groups[name] for name in ("hand", "role", "gender")), strict=True)
    combination = np.unique(["|".join(each) for each in names], return_inverse=True)[1]
    order = rng.permutation(len(people))
    first = [own for each in range(combination.max() + 1) for own in order[combination[order] == each][:most]]
    return people.take(np.sort(np.array(first)))


def emptiness(people: np.ndarray, label: str, rng: np.random.Generator) -> tuple[Examples, Examples]:
    """Pictures without a person to learn from and to test on: objects of every hand, and paper, noise, text and blots."""
    last = len(CLASSES[label]) - 1
    emoji = DATA["openmoji"].from_dict({"subset": "all"}).load()
    others = OBJECTS if label == "somebody or nobody" else OBJECTS // 3
    found: Parts = {"train": [], "test": []}
    for split in found:
        part = getattr(emoji, split)
        objects = rng.permutation(_objects(part, label))[:OBJECTS]
        found[split].append(_with_hand(_labelled(part.take(objects), last)))
    hands = DATA["hands"].from_dict({"held_out": ", ".join(UNSEEN), "subset": "all"}).load()
    for split in found:
        part = getattr(hands, split)
        for hand in np.unique(part.groups["hand"]):
            objects = rng.permutation(np.intersect1d(_objects(part, label), np.flatnonzero(part.groups["hand"] == hand)))[:others]
            found[split].append(_with_hand(_labelled(part.take(objects), last)))
    images = nobody(BLANKS, people, rng)
    found["train"].append(Examples(images, np.full(BLANKS, last, np.int32), groups={name: np.full(BLANKS, "") for name in ("gender", "skin tone", "role", "hand")}))
    return _joined(found["train"]), _joined(found["test"])


def _objects(part: Examples, label: str) -> np.ndarray:
    """The numbers of the pictures that show no adult; where just that is asked no children and no groups of people either."""
    shown = np.array([label == "somebody or nobody" and bool(NO_ADULT.search(caption)) for caption in part.captions])
    return np.flatnonzero((part.groups["gender"] == "") & ~shown)


def redrawn(images: np.ndarray) -> np.ndarray:
    """Pictures (n, 32, 32, 3) encoded and decoded by the autoencoder of the gallery: as a network draws them."""
    from genmodels.gallery import GALLERY
    from genmodels.runs import RunStore

    autoencoder = RunStore(GALLERY)["vae-openmoji"].generator()
    return np.asarray(autoencoder.decode(autoencoder.encode(images)))


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
