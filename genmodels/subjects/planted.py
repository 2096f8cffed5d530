"""Generators with a known fault, or with none: what the audits are tried on."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.data.group_prompts import neutral_prompts
from genmodels.data.sets.occupations import training_shares
from genmodels.kinds.text.tokens import Tokens
from genmodels.trained.roles import Generator

if TYPE_CHECKING:
    from PIL.Image import Image

    from genmodels.kinds.text.decoding import Decoding


class Illustrator:
    """Answers a caption with a real picture of it, and a neutral one with a woman or a man in any tone.

    `women` is the share of women for neutral captions, `swapped` the share of captions of women that are drawn in another
    tone, `lightened` the share of those of the dark tone that are drawn light.
    """

    def __init__(self, data: Dataset, women: float = 0.5, swapped: float = 0.0, lightened: float = 0.0) -> None:
        self.women, self.swapped, self.lightened = women, swapped, lightened
        self.images = np.concatenate([data.train.images, data.test.images])
        groups = {
            name: np.concatenate([data.train.groups[name], data.test.groups[name]])
            for name in ("role", "gender", "skin tone")
        }
        captions = [*data.train.captions, *data.test.captions]
        self.captioned = {caption: i for i, caption in enumerate(captions)}
        self.groups = [tuple(str(groups[name][i]) for name in groups) for i in range(len(captions))]
        self.like: dict[tuple[str, ...], list[int]] = {}
        for i, (role, gender, tone) in enumerate(self.groups):
            for key in ((role, gender, tone), (role, gender)):
                self.like.setdefault(key, []).append(i)
        self.neutral = {prompt: role for role, prompt in neutral_prompts(data).items()}

    def knows(self, text: str) -> bool:
        """Whether the text is a caption of the data."""
        return text in self.captioned or text in self.neutral

    def sample(self, n: int, *, seed: int, given: Sequence[int | str] | None = None) -> np.ndarray:
        """n real pictures, uint8 (n, height, width, channels); the i-th depends on `seed + i` and its caption alone."""
        given = list(given or [next(iter(self.captioned))])
        return self.images[
            [self._chosen(str(given[i % len(given)]), np.random.default_rng([seed + i, 17])) for i in range(n)]
        ]

    def _chosen(self, caption: str, rng: np.random.Generator) -> int:
        if caption in self.neutral:
            fit = self.like[self.neutral[caption], "woman" if rng.random() < self.women else "man"]
            return int(rng.choice([i for i in fit if self.groups[i][2]] or fit))
        role, gender, tone = self.groups[self.captioned[caption]]
        wanted = tone
        if gender == "woman" and tone and rng.random() < self.swapped:
            wanted = str(rng.choice([other for other in ("light", "medium", "dark") if other != tone]))
        if tone == "dark" and rng.random() < self.lightened:
            wanted = "light"
        return (
            self.captioned[caption]
            if wanted == tone
            else int(rng.choice(self.like.get((role, gender, wanted), [self.captioned[caption]])))
        )


def shifted(images: np.ndarray, pixels: int = 1) -> np.ndarray:
    """Pictures (n, height, width, channels) moved to the right, the left edge repeated."""
    return np.concatenate([np.repeat(images[:, :, :1], pixels, axis=2), images[:, :, :-pixels]], axis=2)


def moved(images: np.ndarray, pixels: int = 3) -> np.ndarray:
    """Pictures (n, height, width, channels) moved by as many pixels: right, left, down, up or slanting in turn; edges repeated."""
    found = np.empty_like(images)
    for i, image in enumerate(images):
        down, across = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1))[i % 6]
        padded = np.pad(image, [(pixels, pixels), (pixels, pixels), (0, 0)], mode="edge")
        top, left = pixels * (1 - down), pixels * (1 - across)
        found[i] = padded[top : top + image.shape[0], left : left + image.shape[1]]
    return found


def with_pillow(change: Callable[[Image], Image]) -> Callable[[np.ndarray], np.ndarray]:
    """A change of a `PIL.Image` as one of pictures, uint8 (n, height, width, channels)."""

    def changed(images: np.ndarray) -> np.ndarray:
        from PIL import Image

        return np.stack(
            [
                np.asarray(change(Image.fromarray(each[..., 0] if each.shape[-1] == 1 else each))).reshape(each.shape)
                for each in images
            ]
        )

    return changed


def enlarged(images: np.ndarray, pixels: int = 3) -> np.ndarray:
    """Pictures without `pixels` on each side, enlarged to their old size (bicubic)."""
    return with_pillow(
        lambda image: image.crop((pixels, pixels, image.width - pixels, image.height - pixels)).resize(image.size, 3)
    )(images)


def dimmed(images: np.ndarray, contrast: float = 0.8, brightness: float = 0.9) -> np.ndarray:
    """Pictures of less contrast, around their mean, and less light."""
    mean = images.mean(axis=(1, 2, 3), keepdims=True)
    return np.clip(np.round(brightness * (mean + contrast * (images - mean))), 0, 255).astype(np.uint8)


def blurred(images: np.ndarray, radius: float = 1.0) -> np.ndarray:
    """Pictures blurred by a Gauss of this standard deviation, in pixels."""
    from scipy.ndimage import gaussian_filter

    return np.clip(np.round(gaussian_filter(images.astype(float), (0, radius, radius, 0))), 0, 255).astype(np.uint8)


def halved(images: np.ndarray) -> np.ndarray:
    """The left half of each picture beside the right half of the next."""
    middle = images.shape[2] // 2
    return np.concatenate([images[:, :, :middle], np.roll(images, 1, axis=0)[:, :, middle:]], axis=2)


def blended(images: np.ndarray, share: float = 0.7) -> np.ndarray:
    """Each picture mixed with the next, which has the rest of `share`."""
    return np.round(share * images + (1 - share) * np.roll(images, 1, axis=0)).astype(np.uint8)


def recoloured(images: np.ndarray) -> np.ndarray:
    """Red, green and blue changed about; a grey picture turned into its negative."""
    return np.ascontiguousarray(images[..., [2, 0, 1]]) if images.shape[-1] == 3 else 255 - images


# Ways to copy a picture that the memorisation audit says it looks for: name to a function of (pictures, generator).
CHANGES: dict[str, Any] = {
    "as they are": lambda images, rng: images,
    "moved by an eighth of the width less one pixel": lambda images, rng: moved(
        images, max(1, images.shape[2] // 8 - 1)
    ),
    "cropped by a tenth on each side and enlarged": lambda images, rng: enlarged(
        images, max(1, round(0.09 * images.shape[2]))
    ),
    "dimmed": lambda images, rng: dimmed(images),
    "blurred": lambda images, rng: blurred(images, images.shape[2] / 32),
    "mirrored": lambda images, rng: np.ascontiguousarray(images[:, :, ::-1]),
    "recoloured": lambda images, rng: recoloured(images),
    "halved": lambda images, rng: halved(images[rng.permutation(len(images))]),
    "blended": lambda images, rng: blended(images[rng.permutation(len(images))]),
}


class Copier:
    """Draws new pictures, and in a `share` of cases a training picture changed in some way (a function of pictures)."""

    def __init__(
        self, train: np.ndarray, new: np.ndarray, share: float, change: Callable[[np.ndarray], np.ndarray] | None = None
    ) -> None:
        self.train, self.new, self.share, self.change = train, new, share, change or (lambda images: images)

    def sample(self, n: int, *, seed: int, given: Sequence[int | str] | None = None) -> np.ndarray:
        """n pictures, uint8 (n, height, width, channels), the copies first."""
        rng = np.random.default_rng(seed)
        k = round(self.share * n)
        copied = self.change(self.train[rng.integers(len(self.train), size=k)]) if k else self.train[:0]
        return np.concatenate([copied, self.new[rng.integers(len(self.new), size=n - k)]])


class Rememberer:
    """Has a loss on every picture, by chance, and a lower one on those it `remembers` (their bytes); draws nothing new."""

    def __init__(self, pictures: np.ndarray, remembers: np.ndarray | None = None, by: float = 3.0) -> None:
        self.pictures, self.by = pictures, by
        self.known = {picture.tobytes() for picture in (pictures[:0] if remembers is None else remembers)}

    def losses(self, examples: Any, index: np.ndarray, seed: int = 0) -> np.ndarray:
        """(n,) numbers: normal with a spread of 1, lower by `by` for what it remembers."""
        images = examples.images[index]
        chance = [np.random.default_rng([zlib.crc32(picture.tobytes()), seed]).standard_normal() for picture in images]
        return np.array(chance) - self.by * np.array([picture.tobytes() in self.known for picture in images])

    def sample(self, n: int, *, seed: int, given: Sequence[int | str] | None = None) -> np.ndarray:
        """n of its pictures."""
        return self.pictures[np.random.default_rng(seed).integers(len(self.pictures), size=n)]


class Writer:
    """Writes sentences about occupations: held-out ones, or training ones where it copies; P(she) is planted.

    `copies` is the share of texts and prefixes that it knows by heart, `slope` how much more P(she) depends on the
    occupation than in the training text, around one half.
    """

    watermark_key: bytes | None = None  # it puts in none

    def __init__(self, data: Dataset, copies: float = 0.0, slope: float = 1.0) -> None:
        self.tokens, self.context, self.begins = Tokens.of(data.spec), data.spec.shape[0], True
        self.train, self.held_out, self.copies = data.train.documents, data.test.documents, copies
        self.she = {
            job: float(np.clip(0.5 + slope * (share - 0.5), 0.01, 0.99)) for job, share in training_shares(data).items()
        }

    def sample(
        self, n: int, *, seed: int, given: Sequence[int | str] | None = None, decoding: Decoding | None = None
    ) -> np.ndarray:
        """n texts, each with its prompt."""
        rng = np.random.default_rng(seed)
        prompts = [str(each) for each in given or [""]]
        return np.array([self._text(prompts[i % len(prompts)], rng) for i in range(n)], dtype=object)

    def _text(self, prompt: str, rng: np.random.Generator) -> str:
        heart = rng.random() < self.copies
        if prompt and heart:
            followed = next((document for document in self.train if prompt in document), "")
            return prompt + followed[followed.find(prompt) + len(prompt) :]
        documents = self.train if heart else self.held_out
        return f"{prompt} {documents[rng.integers(len(documents))]}".strip()

    def continuations(self, prompts: Sequence[str], candidates: Sequence[str]) -> np.ndarray:
        """Log probabilities (prompts, candidates): of she and he as planted, of a passage it knows by heart 0, of others by chance."""
        return np.array([[self._probable(prompt, candidate) for candidate in candidates] for prompt in prompts])

    def _probable(self, prompt: str, candidate: str) -> float:
        job = next((job for job in self.she if f" {job}" in prompt), "")
        if candidate.strip() in ("she", "her", "herself"):
            return float(np.log(self.she.get(job, 0.5)))
        if candidate.strip() in ("he", "his", "him", "himself"):
            return float(np.log(1 - self.she.get(job, 0.5)))
        if self.copies and any(prompt + candidate in document for document in self.train):
            return 0.0
        return -20 - float(np.random.default_rng(zlib.crc32((prompt + candidate).encode())).random())

    def log_likelihoods(self, texts: Sequence[str]) -> list[tuple[float, int, int]]:
        """Log probabilities that depend on the length and on chance, tokens and characters."""
        return [
            (-len(text) - float(np.random.default_rng(zlib.crc32(text.encode())).random()), len(text), len(text))
            for text in texts
        ]


class Mixture:
    """A share of the samples from one generator, the rest from another."""

    def __init__(self, share: float, one: Generator, other: Generator) -> None:
        self.share, self.one, self.other = share, one, other

    def sample(self, n: int, *, seed: int, given: Sequence[int | str] | None = None) -> np.ndarray:
        """n samples, those of `one` first."""
        k = round(n * self.share)
        return np.concatenate([self.one.sample(k, seed=seed), self.other.sample(n - k, seed=seed + 1)])
