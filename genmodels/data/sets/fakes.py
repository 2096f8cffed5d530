"""Real drawings and what our own models draw, to learn to tell them apart: every family of generators is there. With its
default knobs the set ships (`data/drawn`), drawn by the weights that ship.

Each picture is worn at random in the same way whatever it is (JPEG, size, noise, blur, paper, colours), so that neither
format nor size gives anything away. Half of the emoji are drawn large and shrunk, as what somebody brings is, and as what
was upscaled is. A third label is for what none of our generators learned to draw: emoji of other hands, and pages drawn by
rule.

Held out are whole drawings, whole hands and whole kinds of pages, in two parts that share none of these (group "use"): "fit",
on which a threshold is found, and "count", on which it is counted how often that is wrong. Of OpenMoji and of the icons a
quarter of the drawings of the training side is for "fit", and the held-out side for "count"; icons that begin with one
word ("arrow") are one drawing between the first two, and as the data set icons splits them for the third.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from genmodels.cache import drawn_once
from genmodels.data.dataset import DATA, Dataset, dataset
from genmodels.data.drawers import DRAWERS
from genmodels.data.emoji_examples import drawings
from genmodels.data.pages_by_rule import pages
from genmodels.gallery import weights_of
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.image.files import fitted, to_picture
from genmodels.kinds.image.near_copies import drawings_of
from genmodels.kinds.image.resizing import in_colour
from genmodels.kinds.image.wear_in_use import worn
from genmodels.kinds.spec import Spec
from genmodels.knobs import Knobs, knob

FAMILIES = ("vae", "gan", "diffusion", "upscaled", "interpolated")
SEED, STEP = 900_000, 100_000  # of samples: the first seed, and how far apart those of each third are
SIZE, LARGE, REAL = 32, 128, "real"
LABELS = (REAL, "generated", "other")  # other: what none of our generators learned to draw
USES = ("train", "fit", "count")
HANDS = {"train": ("twemoji", "fluent"), "fit": ("emojione",), "count": ("noto", "noto-v1")}
PAPERS = {
    "train": (
        "table",
        "bars",
        "lines",
        "points",
        "text",
        "window",
        "map",
        "blank",
        "noise",
        "gradient",
        "shapes",
        "strokes",
        "scene",
    ),
    "fit": ("pie", "formula"),
    "count": ("diagram", "squares"),
}
DRAWN_BY = {
    "vae": ("vae-openmoji",),
    "gan": ("gan-openmoji", "gan-prompts"),
    "diffusion": ("diffusion-openmoji", "diffusion-icons"),
    "upscaled": ("upscaler", "gan-prompts", "diffusion-openmoji"),
    "interpolated": ("vae-openmoji", "gan-openmoji"),
}


@dataset("fakes")
@dataclass(frozen=True, kw_only=True)
class Fakes(Knobs):
    """Real emoji and icons, what the gallery's models draw, emoji of other hands, and pages drawn by rule, at 32x32."""

    n: int = knob(60, 20, 5000, "Pictures of each family of generators, a third of them held out; as many of each hand")
    left_out: str = knob("none", choices=("none", *FAMILIES), help="Family of generators that training never sees")
    wear: bool = knob(True, help="Degrade every picture at random by JPEG, size, noise, blur, paper or colours")
    times: int = knob(1, 1, 20, "How often each training picture is there, each time degraded in another way")

    kind: ClassVar[str] = "image"
    title: ClassVar[str] = "Drawn by people or by models"
    offline: ClassVar[bool] = True
    captioned: ClassVar[bool] = False
    licence: ClassVar[str] = (
        "OpenMoji: CC BY-SA 4.0; Material Design Icons, Noto Emoji: Apache-2.0; other hands as in the data set hands"
    )
    source: ClassVar[str] = (
        "the data sets openmoji, icons and hands, pages drawn by rule, and the runs of the gallery that draw"
    )

    def load(self) -> Dataset:
        """Images are uint8 (n, 32, 32, 3); labels 0 real, 1 generated, 2 other; groups: use, family, role, gender, skin tone.

        "use" is what the picture is for: train, fit or count. "family" is "real", a family of generators, a hand, or a kind of
        page; pictures that share a "role" are variants of one drawing.
        """
        arrays = drawn_once("fakes", self.facts(), self.drawn)
        trained = arrays["use"] == "train"
        named = {"use": "use", "family": "family", "drawing": "role", "gender": "gender", "tone": "skin tone"}
        groups = {group: arrays[name].astype(object) for name, group in named.items()}
        examples = Examples(arrays["images"], arrays["labels"].astype(np.int64), groups=groups)
        return Dataset(
            name="fakes",
            train=examples.take(np.flatnonzero(trained & (arrays["family"] != self.left_out))),
            test=examples.take(np.flatnonzero(~trained)),
            spec=Spec("image", (SIZE, SIZE, 3), len(LABELS), LABELS),
            licence=self.licence,
            source=self.source,
            credit="; ".join(DATA[name].credit for name in ("openmoji", "hands")),
        )

    def facts(self) -> dict[str, Any]:
        """All that decides what is drawn, the digests of the weights that draw among it."""
        weights = {name: weights_of(name) for names in DRAWN_BY.values() for name in names}
        return {
            "n": self.n,
            "apart": [HANDS, PAPERS],
            "wear": self.wear,
            "times": self.times,
            "weights": weights,
            "version": 5,
        }

    def drawn(self) -> dict[str, np.ndarray]:
        """All pictures, drawn now: images, labels, use, family, drawing, gender and tone, in one order."""
        rows: list[Shown] = []
        images: list[np.ndarray] = []
        for number, use in enumerate(USES):
            rng = np.random.default_rng([SEED, number])
            own = [*_own(use, self.n, rng), *_generated(use, self.n), *_other(use, self.n, rng)] * (
                self.times if use == "train" else 1
            )
            images += [seen(worn(each.picture, rng)) if self.wear else seen(each.picture) for each in own]
            rows += own
        arrays = {
            name: np.array([getattr(each, name) for each in rows])
            for name in ("use", "family", "drawing", "gender", "tone")
        }
        return arrays | {"images": np.stack(images), "labels": np.array([LABELS.index(each.label) for each in rows])}


@dataclass(frozen=True)
class Shown:
    """One picture, uint8 (height, width, 3), what it is for, and what is known of it."""

    picture: np.ndarray
    use: str
    label: str
    family: str
    drawing: str = ""
    gender: str = ""
    tone: str = ""


def seen(image: np.ndarray) -> np.ndarray:
    """The middle square of a picture as the detector sees it, uint8 (32, 32, 3)."""
    return image if image.shape == (SIZE, SIZE, 3) else fitted(to_picture(image), SIZE)


def _own(use: str, n: int, rng: np.random.Generator) -> list[Shown]:
    """Real emoji, half of them drawn large, and icons: what our generators learned from. At most n of each, to count on: all."""
    side = "test" if use == "count" else "train"
    small, large = (
        getattr(DATA["openmoji"].from_dict({"subset": "all", "size": size}).load(), side) for size in (SIZE, LARGE)
    )
    icons = getattr(DATA["icons"].from_dict({"size": SIZE}).load(), side)
    names, icon_names = (
        np.asarray(drawings_of(small), str),
        np.array([caption.split(" ")[0] for caption in icons.captions]),
    )
    genders, tones = (np.asarray(small.groups[name], str) for name in ("gender", "skin tone"))
    rows = []
    for i in _chosen(names, use, n, rng):
        rows.append(
            Shown((large if rng.random() < 0.5 else small).images[i], use, REAL, REAL, names[i], genders[i], tones[i])
        )
    for i in _chosen(icon_names, use, n, rng):
        rows.append(Shown(in_colour(icons.images[i : i + 1])[0], use, REAL, REAL, icon_names[i]))
    return rows


def _chosen(names: np.ndarray, use: str, n: int, rng: np.random.Generator) -> np.ndarray:
    """Indices, in random order, of the pictures for this use: whole drawings, a quarter of which are for "fit"."""
    if use == "count":
        return rng.permutation(len(names))
    each, own = np.unique(names, return_inverse=True)
    fit = (np.random.default_rng(4).random(len(each)) < 0.25)[own]
    return rng.permutation(np.flatnonzero(fit == (use == "fit")))[:n]


def _generated(use: str, n: int) -> list[Shown]:
    """What each family of generators drew: two thirds to train on, half of the last to fit and half to count on."""
    rows = []
    for family in FAMILIES:
        for part in (0, 1) if use == "train" else (2,):
            images = made(family, n // 3, SEED + STEP * part)
            order = np.random.default_rng(3).permutation(len(images))
            half = len(order) // 2
            for i in {"train": order, "fit": order[:half], "count": order[half:]}[use]:
                rows.append(Shown(images[i], use, "generated", family, f"{family} {part} {i}"))
    return rows


def _other(use: str, n: int, rng: np.random.Generator) -> list[Shown]:
    """At most n emoji of each other hand, half as many to fit and to count on, and pages drawn by rule."""
    rows = []
    for hand in HANDS[use]:
        drawn = drawings(hand)
        names = np.asarray(drawn.groups["drawing"], str)
        for i in rng.permutation(len(drawn))[: n if use == "train" else n // 2]:
            rows.append(Shown(drawn.images[i], use, "other", hand, f"{hand} {names[i]}"))
    count = max(4, n // (16 if use == "train" else 8))
    for kind in PAPERS[use]:
        rows += [
            Shown(np.asarray(page), use, "other", kind, f"{kind} {i}")
            for i, page in enumerate(pages(kind, count, SEED, LARGE * 3))
        ]
    return rows


def made(family: str, n: int, seed: int) -> np.ndarray:
    """n pictures of a family, uint8 (n, 32, 32, 3), drawn once by the weights that are in the gallery now, and kept."""
    facts = {
        "family": family,
        "n": n,
        "seed": seed,
        "weights": {name: weights_of(name) for name in DRAWN_BY[family]},
        "version": 4,
    }
    return drawn_once("fakes", facts, lambda: {"images": DRAWERS["generated"](family, n, seed)})["images"]
