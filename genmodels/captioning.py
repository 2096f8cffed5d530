"""Data as models of prompts read it: captions as word pieces in place of labels."""

from __future__ import annotations

import dataclasses
from typing import Any

from genmodels.data import Dataset, Examples
from genmodels.recipe import Spec
from genmodels.refusal import Refusal
from genmodels.words import WordPieces


@dataclasses.dataclass(frozen=True)
class Captioned(Examples):
    """Examples whose labels are the pieces (n, LENGTH) of their captions; `words` counts those of the captions."""

    words: dict[str, int] = dataclasses.field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """The words that a model trained on these has seen."""
        return {"words": self.words}


def captioned(data: Dataset, recipe: Any) -> Dataset:
    """The data with captions as labels, in the pieces that `recipe.word_pieces(captions)` learns or takes over."""
    if not any(data.train.captions):
        raise Refusal(f"The data set {data.name} has no captions ({len(data.train):,} pictures, none with one), which this model is trained to follow; give them in a captions.csv, or choose openmoji or icons.")
    pieces = recipe.word_pieces(data.train.captions)
    return dataclasses.replace(
        data,
        train=_captioned(data.train, pieces),
        test=_captioned(data.test, pieces),
        spec=Spec(data.spec.kind, data.spec.shape, 0, pieces.vocabulary),
    )


def _captioned(examples: Examples, pieces: WordPieces) -> Captioned:
    return Captioned(
        examples.images, pieces.encode(examples.captions), examples.captions, examples.groups, pieces.counted(examples.captions)
    )
