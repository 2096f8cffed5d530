"""R-precision: is the right caption of a picture the nearest of many?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from genmodels.lazy_keras import Networks, Tensor


class Encoders(Protocol):
    """What puts captions and pictures into one space: a recipe of the model clip."""

    def encode_texts(self, networks: Networks, pieces: Tensor, /) -> Tensor:
        """Unit vectors (n, dimensions) of captions as pieces (n, LENGTH)."""
        ...

    def encode_pictures(self, networks: Networks, images: Tensor, /) -> Tensor:
        """Unit vectors (n, dimensions) of pictures in [0, 1]."""
        ...


def vectors(
    recipe: Encoders, networks: Networks, pieces: np.ndarray, images: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors of captions as pieces, and of uint8 pictures, by networks that are still learning."""
    parts = 256
    texts = [np.asarray(recipe.encode_texts(networks, pieces[i : i + parts])) for i in range(0, len(pieces), parts)]
    pictures = [
        np.asarray(recipe.encode_pictures(networks, images[i : i + parts].astype("float32") / 255))
        for i in range(0, len(images), parts)
    ]
    return np.concatenate(texts), np.concatenate(pictures)


def r_precision(
    pictures: np.ndarray,
    texts: np.ndarray,
    captions: Sequence[str],
    *,
    families: np.ndarray | None = None,
    ranked: int = 50,
    draws: int = 20,
    seed: int = 0,
) -> np.ndarray:
    """For each picture the share (n,) of `draws` in which its own text is the nearest of `ranked`.

    Row i of `pictures` (n, d) belongs to row i of `texts` (n, d) and to `captions[i]`; the other texts are drawn from
    different captions, of another family where `families` (n,) numbers what looks the same. Raises `Refusal` with fewer than `ranked` captions.
    """
    names, first, number = np.unique(
        np.asarray(captions, dtype=object).astype(str), return_index=True, return_inverse=True
    )
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
