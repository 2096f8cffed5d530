"""Real drawings and what our own models draw, to learn to tell them apart: every family of generators is there.

Each picture is worn at random in the same way whatever it is (JPEG, size, noise, blur), so that neither format nor size
gives anything away. Half of the emoji are drawn large and shrunk, as what somebody brings is, and as what was upscaled is.
"""

from __future__ import annotations

import functools
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from PIL import Image, ImageFilter

from genmodels.data import DATA, Dataset, Examples, dataset
from genmodels.pictures import fitted, to_picture
from genmodels.rasters import drawn_once
from genmodels.recipe import Knobs, Spec, knob

FAMILIES = ("vae", "gan", "diffusion", "upscaled", "interpolated")
SEEDS = {"train": 500_000, "test": 900_000}  # of samples; apart, so that no picture is in both
SIZE, LARGE, REAL = 32, 128, "real"
DRAWN_BY = {
    "vae": ("vae-openmoji",), "gan": ("gan-openmoji", "gan-prompts"), "diffusion": ("diffusion-openmoji", "diffusion-icons"),
    "upscaled": ("upscaler", "gan-prompts", "diffusion-openmoji"), "interpolated": ("vae-openmoji", "gan-openmoji"),
}  # fmt: skip


@dataset("fakes")
@dataclass(frozen=True, kw_only=True)
class Fakes(Knobs):
    """Real emoji and icons and what the gallery's models draw, labelled real or generated, at 32x32."""

    n: int = knob(60, 20, 5000, "Pictures of each generator in the training split, and half as many held out")
    left_out: str = knob("none", choices=("none", *FAMILIES), help="Family of generators that training never sees")
    wear: bool = knob(True, help="Wear every picture at random by JPEG, size, noise or blur")

    kind: ClassVar[str] = "image"
    offline: ClassVar[bool] = True
    captioned: ClassVar[bool] = False
    licence: ClassVar[str] = "as emblems: CC BY-SA 4.0 (OpenMoji), Apache-2.0 (Material Design Icons)"
    source: ClassVar[str] = "the data sets openmoji and icons, and the runs of the gallery that draw"

    def load(self) -> Dataset:
        """Images are uint8 (n, 32, 32, 3) on white; labels 0 real, 1 generated; groups: family, gender, skin tone."""
        facts = {"n": self.n, "wear": self.wear, "version": 3}
        arrays = drawn_once("fakes", facts, self._drawn)
        parts = {}
        for split in SEEDS:
            images, family, gender, tone = (arrays[f"{split}.{name}"] for name in ("images", "family", "gender", "tone"))
            kept = np.flatnonzero(family != self.left_out) if split == "train" else np.arange(len(images))
            examples = Examples(images, (family != REAL).astype(np.int64), groups={"family": family.astype(object), "gender": gender.astype(object), "skin tone": tone.astype(object)})
            parts[split] = examples.take(kept)
        return Dataset(
            name="fakes", train=parts["train"], test=parts["test"], spec=Spec("image", (SIZE, SIZE, 3), 2, (REAL, "generated")),
            licence=self.licence, source=self.source, credit=DATA["openmoji"].credit,
        )  # fmt: skip

    def _drawn(self) -> dict[str, np.ndarray]:
        emoji, large = (DATA["openmoji"].from_dict({"subset": "all", "size": size}).load() for size in (SIZE, LARGE))
        icons = DATA["icons"].from_dict({"size": SIZE}).load()
        arrays: dict[str, np.ndarray] = {}
        for split, seed in SEEDS.items():
            own, drawn = (getattr(emoji, split), getattr(icons, split)) if split == "test" else (emoji.train, icons.train)
            n = self.n if split == "train" else max(10, self.n // 2)
            most = len(own) + len(drawn) if split == "test" else 4 * n
            rng = np.random.default_rng([seed, 1])
            first, second = rng.permutation(len(own))[: most // 2 if split == "train" else most], rng.permutation(len(drawn))[: most // 2 if split == "train" else most]
            shrunk = [fitted(to_picture(getattr(large, split).images[i]), SIZE) if rng.random() < 0.5 else own.images[i] for i in first]
            real = [np.stack(shrunk), np.repeat(255 - drawn.images[second], 3, axis=-1)]
            groups = {name: np.concatenate([np.asarray(own.groups[name], str)[first], np.full(len(second), "")]) for name in ("gender", "skin tone")}
            made = {family: draw(n, seed) for family, draw in generators().items()}
            images = np.concatenate([*real, *made.values()])
            count = sum(map(len, real))
            none = np.full(len(images) - count, "")
            arrays |= {
                f"{split}.images": np.stack([worn(image, rng) for image in images]) if self.wear else images,
                f"{split}.family": np.concatenate([np.full(count, REAL), *(np.full(len(each), family) for family, each in made.items())]),
                f"{split}.gender": np.concatenate([groups["gender"], none]), f"{split}.tone": np.concatenate([groups["skin tone"], none]),
            }  # fmt: skip
        return arrays


def made(family: str, n: int, seed: int) -> np.ndarray:
    """n pictures of a family, uint8 (n, 32, 32, 3), drawn once by the weights that are in the gallery now, and kept."""
    facts = {"family": family, "n": n, "seed": seed, "weights": {name: weights_of(name) for name in DRAWN_BY[family]}, "version": 4}
    return drawn_once("fakes", facts, lambda: {"images": generators()[family](n, seed)})["images"]


def weights_of(name: str) -> dict[str, str]:
    """SHA-256 of each file of the last weights of a run of the gallery, as its manifest says."""
    from genmodels.gallery import GALLERY

    manifests = (GALLERY / name / "epochs").glob("*/manifest.json")
    newest = max(manifests, key=lambda file: int(file.parent.name))
    return dict(json.loads(newest.read_text())["sha256"])


def generators() -> dict[str, Callable[[int, int], np.ndarray]]:
    """Family to what draws n pictures, uint8 (n, 32, 32, 3), from a seed."""
    from genmodels.runs import RunStore

    store = RunStore.default()
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
    """A picture as it comes back from use: as it was, or through JPEG, another size, noise, or blur."""
    way, amount = int(rng.integers(5)), float(rng.random())
    picture = Image.fromarray(image)
    if way == 1:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=round(30 + 65 * amount))
        picture = Image.open(buffer)
    elif way == 2:
        other = round(picture.width * (0.6 + 1.4 * amount))
        picture = picture.resize((other, other), Image.Resampling.BICUBIC).resize(picture.size, Image.Resampling.LANCZOS)
    elif way == 3:
        noisy = np.asarray(picture) + 8 * amount * rng.standard_normal(image.shape)
        return np.clip(np.round(noisy), 0, 255).astype(np.uint8)
    elif way == 4:
        picture = picture.filter(ImageFilter.GaussianBlur(0.7 * amount))
    return np.asarray(picture.convert("RGB"))
