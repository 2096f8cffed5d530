"""Does a picture show what its prompt says? Asked of a pair of encoders that was trained apart from what drew it.

R-precision at 1 (Reed et al. 2016; Park et al. 2021): a picture, its own prompt and 49 prompts of other pictures; the
share of pictures whose own prompt is the nearest. 1 in 50 is chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from genmodels.kinds.text.word_pieces import WordPieces
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from genmodels.kinds.spec import Spec
    from genmodels.lazy_keras import Networks
    from genmodels.models.clip import Clip


class Judge:
    """A trained pair of encoders, on uint8 pictures (n, height, width, channels) and captions; `words` that it learned from, counted."""

    def __init__(self, recipe: Clip, spec: Spec, networks: Networks, words: Mapping[str, int]) -> None:
        from genmodels.networks.compute import compiled

        self.recipe, self.spec, self.networks, self.words = recipe, spec, networks, words
        self.word_pieces = WordPieces.of(spec)
        self._texts = compiled(lambda pieces: recipe.encode_texts(networks, pieces))
        self._pictures = compiled(lambda images: recipe.encode_pictures(networks, images))

    def texts(self, captions: Sequence[str]) -> np.ndarray:
        """Unit vectors (n, dimensions) float32."""
        from genmodels.networks.compute import in_chunks

        return in_chunks(lambda rows: np.asarray(self._texts(rows)), self.word_pieces.encode(captions))

    def pictures(self, images: np.ndarray) -> np.ndarray:
        """Unit vectors (n, dimensions) float32; grey pictures are read as colour ones."""
        from genmodels.networks.compute import in_chunks

        if images.shape[-1] == 1:
            images = 255 - np.repeat(
                images, 3, axis=-1
            )  # white ink on black, as models of icons draw; it read black on white
        if images.shape[1:] != self.spec.shape:
            raise Refusal(f"Pictures have the shape {images.shape[1:]}; this judge reads {self.spec.shape}.")
        return in_chunks(lambda rows: np.asarray(self._pictures(rows)), images.astype("float32") / 255)
