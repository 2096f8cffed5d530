"""Does a picture show what its prompt says? Asked of a pair of encoders that was trained apart from what drew it.

R-precision at 1 (Reed et al. 2016; Park et al. 2021): a picture, its own prompt and 49 prompts of other pictures; the
share of pictures whose own prompt is the nearest. 1 in 50 is chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from genmodels.refusal import Refusal
from genmodels.words import WordPieces


class Judge:
    """A trained pair of encoders, on uint8 pictures (n, height, width, channels) and captions."""

    def __init__(self, recipe: Any, spec: Any, networks: dict[str, Any]) -> None:
        from genmodels.learner import compiled

        self.recipe, self.spec, self.networks = recipe, spec, networks
        self.word_pieces = WordPieces.of(spec)
        self._texts = compiled(lambda pieces: recipe.encode_texts(networks, pieces))
        self._pictures = compiled(lambda images: recipe.encode_pictures(networks, images))

    def texts(self, captions: Sequence[str]) -> np.ndarray:
        """Unit vectors (n, dimensions) float32."""
        from genmodels.generator import in_chunks

        return in_chunks(lambda rows: np.asarray(self._texts(rows)), self.word_pieces.encode(captions))

    def pictures(self, images: np.ndarray) -> np.ndarray:
        """Unit vectors (n, dimensions) float32; grey pictures are read as colour ones."""
        from genmodels.generator import in_chunks

        if images.shape[-1] == 1:
            images = 255 - np.repeat(images, 3, axis=-1)  # white ink on black, as models of icons draw; it read black on white
        if images.shape[1:] != self.spec.shape:
            raise Refusal(f"Pictures have the shape {images.shape[1:]}; this judge reads {self.spec.shape}.")
        return in_chunks(lambda rows: np.asarray(self._pictures(rows)), images.astype("float32") / 255)

    def sample(self, n: int, *, seed: int, given: Any = None) -> np.ndarray:
        raise Refusal("This model reads captions and pictures and draws none; choose a model that draws.")


def open_clip(name: str) -> Judge:
    """The encoders of that run of the gallery, of the model clip; never of a user's run of the same name."""
    from genmodels.gallery import GALLERY
    from genmodels.runs import RunStore

    run = RunStore(GALLERY)[name]
    if run.experiment.model != "clip":
        raise Refusal(f"Run {run.id} is of the model {run.experiment.model}; a judge is a run of the model clip.")
    return run.generator()


def vectors(recipe: Any, networks: Any, pieces: np.ndarray, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors of captions as pieces, and of uint8 pictures, by networks that are still learning."""
    parts = 256
    texts = [np.asarray(recipe.encode_texts(networks, pieces[i : i + parts])) for i in range(0, len(pieces), parts)]
    pictures = [np.asarray(recipe.encode_pictures(networks, images[i : i + parts].astype("float32") / 255)) for i in range(0, len(images), parts)]
    return np.concatenate(texts), np.concatenate(pictures)


def r_precision(
    pictures: np.ndarray, texts: np.ndarray, captions: Sequence[str], *, families: np.ndarray | None = None,
    ranked: int = 50, draws: int = 20, seed: int = 0,
) -> np.ndarray:  # fmt: skip
    """For each picture the share (n,) of `draws` in which its own text is the nearest of `ranked`.

    Row i of `pictures` (n, d) belongs to row i of `texts` (n, d) and to `captions[i]`; the other texts are drawn from
    different captions, of another family where `families` (n,) numbers what looks the same. Raises `Refusal` with fewer than `ranked` captions.
    """
    names, first, number = np.unique(np.asarray(captions, dtype=object).astype(str), return_index=True, return_inverse=True)
    if len(names) < ranked:
        raise Refusal(f"There are {len(names)} different captions; R-precision among {ranked} needs at least {ranked}.")
    rng = np.random.default_rng(seed)
    scores = pictures @ texts[first].T  # (n, captions)
    own = scores[np.arange(len(pictures)), number]
    scores[np.arange(len(pictures)), number] = -np.inf
    won = np.zeros(len(pictures))
    alike = np.arange(len(names)) if families is None else np.asarray(families)[first]
    for row in range(len(pictures)):
        others = np.flatnonzero((alike != alike[number[row]]) & (np.arange(len(names)) != number[row]))
        for _ in range(draws):
            won[row] += own[row] > scores[row, rng.permutation(others)[: ranked - 1]].max()
    return won / draws


def of_roles(images: np.ndarray, roles: Sequence[str], prompts: Sequence[str], ways: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The prompt (n,) that the judge finds nearest to each picture, and how often it finds the right one (prompts,) for real drawings.

    Those are OpenMoji's, as drawn and worn in `ways`, the worst of these for each role.
    """
    from genmodels.data import DATA
    from genmodels.data.people import redrawn
    from genmodels.wear import WAYS

    judge = open_clip("judge")
    texts = judge.texts(list(prompts))
    data = DATA["openmoji"].from_dict({"subset": "all", "split": "combination"}).load()
    number = {role: place for place, role in enumerate(roles)}
    real, true = [], []
    for part in (data.train, data.test):
        rows = [i for i, (role, tone) in enumerate(zip(part.groups["role"], part.groups["skin tone"], strict=True)) if role in number and tone in ("medium", "")]
        real.append(part.images[rows])
        true += [number[str(part.groups["role"][i])] for i in rows]
    pictures, asked = np.concatenate(real), np.array(true)
    found = np.ones(len(roles))
    for way in list(dict.fromkeys(["as drawn", *ways]))[:4]:
        worn = redrawn(pictures) if way == "redrawn" else np.stack([WAYS[way](image) for image in pictures])
        right = (judge.pictures(worn) @ texts.T).argmax(axis=1) == asked
        found = np.minimum(found, np.bincount(asked, right, len(roles)) / np.maximum(np.bincount(asked, minlength=len(roles)), 1))
    return (judge.pictures(images) @ texts.T).argmax(axis=1), found
