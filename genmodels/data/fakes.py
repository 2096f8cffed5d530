"""Real drawings and what our own models draw, to learn to tell them apart: every family of generators is there.

Each picture is worn at random in the same way whatever it is (JPEG, size, noise, blur, paper, colours), so that neither
format nor size gives anything away. Half of the emoji are drawn large and shrunk, as what somebody brings is, and as what
was upscaled is. A third label is for what none of our generators learned to draw: emoji of other hands, and pages drawn by
rule. Held out are whole drawings, whole hands and whole kinds of pages.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from PIL import Image, ImageFilter

from genmodels.data import DATA, Dataset, Examples, dataset
from genmodels.gallery import weights_of
from genmodels.pages import pages
from genmodels.pictures import fitted, to_picture
from genmodels.provenance.attacks import screenshot, unchanged
from genmodels.rasters import drawn_once
from genmodels.recipe import Knobs, Spec, knob

FAMILIES = ("vae", "gan", "diffusion", "upscaled", "interpolated")
SEED = 900_000  # of samples; training and held-out pictures are of different ones
SIZE, LARGE, REAL = 32, 128, "real"
LABELS = (REAL, "generated", "other")  # other: what none of our generators learned to draw
HANDS = {"train": ("twemoji", "fluent"), "test": ("emojione", "noto", "noto-v1")}
PAPERS = {
    "train": ("table", "bars", "lines", "points", "text", "window", "map", "blank", "noise", "gradient", "shapes", "strokes", "scene"),
    "test": ("pie", "formula", "diagram", "squares"),
}  # fmt: skip
FITTED = ("emojione", "pie", "formula")  # held out from training, but thresholds are found on them
DRAWN_BY = {
    "vae": ("vae-openmoji",), "gan": ("gan-openmoji", "gan-prompts"), "diffusion": ("diffusion-openmoji", "diffusion-icons"),
    "upscaled": ("upscaler", "gan-prompts", "diffusion-openmoji"), "interpolated": ("vae-openmoji", "gan-openmoji"),
}  # fmt: skip


@dataset("fakes")
@dataclass(frozen=True, kw_only=True)
class Fakes(Knobs):
    """Real emoji and icons, what the gallery's models draw, emoji of other hands, and pages drawn by rule, at 32x32."""

    n: int = knob(60, 20, 5000, "Pictures of each family of generators, half of them held out; as many of each hand")
    left_out: str = knob("none", choices=("none", *FAMILIES), help="Family of generators that training never sees")
    wear: bool = knob(True, help="Wear every picture at random by JPEG, size, noise, blur, paper or colours")
    times: int = knob(1, 1, 20, "How often each training picture is there, each time worn anew")

    kind: ClassVar[str] = "image"
    offline: ClassVar[bool] = True
    captioned: ClassVar[bool] = False
    licence: ClassVar[str] = "OpenMoji: CC BY-SA 4.0; Material Design Icons, Noto Emoji: Apache-2.0; other hands as in the data set hands"
    source: ClassVar[str] = "the data sets openmoji, icons and hands, pages drawn by rule, and the runs of the gallery that draw"

    def load(self) -> Dataset:
        """Images are uint8 (n, 32, 32, 3); labels 0 real, 1 generated, 2 other; groups: family, role, gender, skin tone.

        "family" is "real", a family of generators, a hand, or a kind of page; pictures that share a "role" are variants of one
        drawing.
        """
        facts = {"n": self.n, "apart": [HANDS, PAPERS], "wear": self.wear, "times": self.times, "weights": {name: weights_of(name) for names in DRAWN_BY.values() for name in names}, "version": 4}
        arrays = drawn_once("fakes", facts, self._drawn)
        parts = {}
        for split in HANDS:
            own = {name: arrays[f"{split}.{name}"] for name in ("images", "labels", "family", "drawing", "gender", "tone")}
            named = {"family": "family", "drawing": "role", "gender": "gender", "tone": "skin tone"}
            groups = {group: own[name].astype(object) for name, group in named.items()}
            examples = Examples(own["images"], own["labels"].astype(np.int64), groups=groups)
            parts[split] = examples.take(np.flatnonzero(own["family"] != self.left_out)) if split == "train" else examples
        return Dataset(
            name="fakes", train=parts["train"], test=parts["test"], spec=Spec("image", (SIZE, SIZE, 3), len(LABELS), LABELS),
            licence=self.licence, source=self.source, credit="; ".join(DATA[name].credit for name in ("openmoji", "hands")),
        )  # fmt: skip

    def _drawn(self) -> dict[str, np.ndarray]:
        arrays: dict[str, np.ndarray] = {}
        for number, split in enumerate(HANDS):
            rng = np.random.default_rng([SEED, number])
            rows = [*_own(split, self.n, rng), *_generated(split, self.n), *_other(split, self.n, rng)]
            rows = rows * (self.times if split == "train" else 1)
            images = [each.picture for each in rows]
            arrays[f"{split}.images"] = np.stack([seen(worn(image, rng)) if self.wear else seen(image) for image in images])
            arrays[f"{split}.labels"] = np.array([LABELS.index(each.label) for each in rows])
            for name in ("family", "drawing", "gender", "tone"):
                arrays[f"{split}.{name}"] = np.array([getattr(each, name) for each in rows])
        return arrays


@dataclass(frozen=True)
class Shown:
    """One picture, uint8 (height, width, 3), and what is known of it."""

    picture: np.ndarray
    label: str
    family: str
    drawing: str = ""
    gender: str = ""
    tone: str = ""


def seen(image: np.ndarray) -> np.ndarray:
    """The middle square of a picture as the detector sees it, uint8 (32, 32, 3)."""
    return image if image.shape == (SIZE, SIZE, 3) else fitted(to_picture(image), SIZE)


def _own(split: str, n: int, rng: np.random.Generator) -> list[Shown]:
    """Real emoji, half of them drawn large, and icons: what our generators learned from."""
    from genmodels.nearness import drawings_of

    small, large = (getattr(DATA["openmoji"].from_dict({"subset": "all", "size": size}).load(), split) for size in (SIZE, LARGE))
    icons = getattr(DATA["icons"].from_dict({"size": SIZE}).load(), split)
    names, most = drawings_of(small), n if split == "train" else max(len(small), len(icons))
    genders, tones = (np.asarray(small.groups[name], str) for name in ("gender", "skin tone"))
    emoji = [
        Shown((large if rng.random() < 0.5 else small).images[i], REAL, REAL, names[i], genders[i], tones[i])
        for i in rng.permutation(len(small))[:most]
    ]  # fmt: skip
    return emoji + [Shown(in_colour(icons.images[i : i + 1])[0], REAL, REAL, icons.captions[i].split(" ")[0]) for i in rng.permutation(len(icons))[:most]]


def _generated(split: str, n: int) -> list[Shown]:
    """Half of what each family of generators drew."""
    rows = []
    for family in FAMILIES:
        images = made(family, n, SEED)
        order = np.random.default_rng(3).permutation(n)
        for i in order[: n // 2] if split == "train" else order[n // 2 :]:
            rows.append(Shown(images[i], "generated", family, f"{family} {i}"))
    return rows


def _other(split: str, n: int, rng: np.random.Generator) -> list[Shown]:
    """Emoji of other hands, and pages drawn by rule."""
    from genmodels.emoji_examples import drawings

    rows = []
    for hand in HANDS[split]:
        drawn = drawings(hand)
        names = np.asarray(drawn.groups["drawing"], str)
        rows += [Shown(drawn.images[i], "other", hand, f"{hand} {names[i]}") for i in rng.permutation(len(drawn))[:n]]
    for kind in PAPERS[split]:
        rows += [Shown(np.asarray(page), "other", kind, f"{kind} {i}") for i, page in enumerate(pages(kind, max(4, n // 16), SEED, LARGE * 3))]
    return rows


def made(family: str, n: int, seed: int) -> np.ndarray:
    """n pictures of a family, uint8 (n, 32, 32, 3), drawn once by the weights that are in the gallery now, and kept."""
    facts = {"family": family, "n": n, "seed": seed, "weights": {name: weights_of(name) for name in DRAWN_BY[family]}, "version": 4}
    return drawn_once("fakes", facts, lambda: {"images": generators()[family](n, seed)})["images"]


def generators() -> dict[str, Callable[[int, int], np.ndarray]]:
    """Family to what draws n pictures, uint8 (n, 32, 32, 3), from a seed."""
    from genmodels.gallery import GALLERY
    from genmodels.runs import RunStore

    store = RunStore(GALLERY)
    of = functools.cache(lambda name: store[name].generator())

    def prompted(name: str, n: int, seed: int, **settings: Any) -> np.ndarray:
        from genmodels.drawing import Drawing

        captions = DATA[store[name].experiment.data].from_dict(store[name].experiment.source).load().train.captions
        captions = tuple(filter(of(name).knows, captions))
        chosen = np.random.default_rng([seed, 2]).integers(len(captions), size=n)
        return in_colour(of(name).sample(n, seed=seed, given=[captions[i] for i in chosen], drawing=Drawing(**settings)))

    def halves(n: int, *draws: Callable[[int], np.ndarray]) -> np.ndarray:
        return np.concatenate([draw(n // len(draws) + (number < n % len(draws))) for number, draw in enumerate(draws)])

    def diffusion(n: int, seed: int) -> np.ndarray:
        return halves(n, lambda k: prompted("diffusion-openmoji", k, seed, steps=10), lambda k: prompted("diffusion-icons", k, seed, steps=10))

    def gan(n: int, seed: int) -> np.ndarray:
        return halves(n, lambda k: of("gan-openmoji").sample(k, seed=seed), lambda k: prompted("gan-prompts", k, seed))

    def upscaled(n: int, seed: int) -> np.ndarray:
        large = of("upscaler").upscale(halves(n, lambda k: prompted("gan-prompts", k, seed + 50_000), lambda k: prompted("diffusion-openmoji", k, seed + 50_000, steps=10)))
        return np.stack([np.asarray(Image.fromarray(each).resize((SIZE, SIZE), Image.Resampling.LANCZOS)) for each in large])

    def interpolated(n: int, seed: int) -> np.ndarray:
        def between(name: str, k: int) -> np.ndarray:
            from genmodels.explore.latent import walk_seeds

            walks = [walk_seeds(of(name), [seed + 2 * i, seed + 2 * i + 1], frames=3, kind="spherical").images[1] for i in range(k)]
            return np.stack(walks) if walks else np.zeros((0, SIZE, SIZE, 3), np.uint8)

        return halves(n, lambda k: between("vae-openmoji", k), lambda k: between("gan-openmoji", k))

    return {"vae": lambda n, seed: of("vae-openmoji").sample(n, seed=seed), "gan": gan, "diffusion": diffusion, "upscaled": upscaled, "interpolated": interpolated}


def in_colour(images: np.ndarray) -> np.ndarray:
    """Grey ones, white ink on black, as black on white in three channels."""
    return np.repeat(255 - images, 3, axis=-1) if images.shape[-1] == 1 else images


def worn(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A picture, uint8 (height, width, 3), as it comes back from use: as it was, or worn in one way or in two."""
    picture = Image.fromarray(image)
    for _ in range(1 if rng.random() < 0.75 else 2):
        picture = WAYS[int(rng.choice(len(WAYS), p=OFTEN))](picture, rng)
    return np.asarray(picture.convert("RGB"))


def compressed(picture: Image.Image, rng: np.random.Generator, quality: int = 0) -> Image.Image:
    """Through JPEG, of any quality from 20 to 95 where none is given."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality or int(rng.integers(20, 96)))
    return Image.open(buffer).convert("RGB")


def and_back(picture: Image.Image, rng: np.random.Generator, side: int = 0) -> Image.Image:
    """Brought to another size, 0.6 to 2 times as large where none is given, and back."""
    way = Image.Resampling.BICUBIC if side or rng.random() < 0.5 else Image.Resampling.BILINEAR
    scale = side / picture.width if side else rng.uniform(0.6, 2)
    other = max(8, round(picture.width * scale)), max(8, round(picture.height * scale))
    return picture.resize(other, way).resize(picture.size, Image.Resampling.LANCZOS if rng.random() < 0.5 else Image.Resampling.BICUBIC)


def noisy(picture: Image.Image, rng: np.random.Generator, deviation: float = 0.0) -> Image.Image:
    """With normal noise of up to 8 grey levels."""
    array = np.asarray(picture, np.float64) + (deviation or 8 * rng.random()) * rng.standard_normal((picture.height, picture.width, 3))
    return Image.fromarray(np.clip(np.round(array), 0, 255).astype(np.uint8))


def softened(picture: Image.Image, rng: np.random.Generator, radius: float = 0.0) -> Image.Image:
    """Blurred by up to 1.2 pixels."""
    return picture.filter(ImageFilter.GaussianBlur(radius or 1.2 * rng.random()))


def papered(picture: Image.Image, rng: np.random.Generator, colour: tuple[int, ...] = ()) -> Image.Image:
    """Printed on light paper of any colour."""
    paper = np.array(colour or rng.integers(215, 256, size=3), np.float32) / 255
    return Image.fromarray(np.round(np.asarray(picture, np.float32) * paper).astype(np.uint8))


def few_colours(picture: Image.Image, rng: np.random.Generator, colours: int = 0) -> Image.Image:
    """With a palette of 6 to 64 colours."""
    return picture.quantize(colours or int(rng.integers(6, 65)), dither=Image.Dither.NONE).convert("RGB")


def sharpened(picture: Image.Image, rng: np.random.Generator, radius: float = 0.0) -> Image.Image:
    """Through an unsharp mask."""
    return picture.filter(ImageFilter.UnsharpMask(radius or float(rng.uniform(0.5, 1.5)), 150 if radius else int(rng.uniform(50, 250)), 0))


Wear = Callable[..., Image.Image]
WAYS: tuple[Wear, ...] = (unchanged, compressed, and_back, noisy, softened, papered, few_colours, sharpened, screenshot)
OFTEN = (0.2, 0.25, 0.15, 0.07, 0.13, 0.07, 0.06, 0.04, 0.03)
WEARS: dict[str, Callable[[Image.Image, np.random.Generator], Image.Image]] = {
    "as it was": unchanged, "JPEG 85": functools.partial(compressed, quality=85), "JPEG 60": functools.partial(compressed, quality=60),
    "JPEG 30": functools.partial(compressed, quality=30), "screenshot": screenshot, "24 pixels and back": functools.partial(and_back, side=24),
    "blur of 0.8 pixels": functools.partial(softened, radius=0.8), "cream paper": functools.partial(papered, colour=(250, 240, 215)),
    "16 colours": functools.partial(few_colours, colours=16), "sharpened": functools.partial(sharpened, radius=1.0), "noise of 4 levels": functools.partial(noisy, deviation=4.0),
}  # fmt: skip
