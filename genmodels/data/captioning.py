"""Data as models of prompts read it: captions as word pieces in place of labels."""

from __future__ import annotations

import dataclasses
from typing import Any

from genmodels.data.dataset import Dataset
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.spec import Spec
from genmodels.kinds.text.word_pieces import WordPieces
from genmodels.refusal import Refusal


@dataclasses.dataclass(frozen=True)
class Captioned(Examples):
    """Examples whose labels are the pieces (n, LENGTH) of their captions; `words` counts those of the captions."""

    words: dict[str, int] = dataclasses.field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """The words that a model trained on these has seen."""
        return {"words": self.words}


def captioned(data: Dataset, pieces: WordPieces) -> Dataset:
    """The data with captions as labels, in word pieces."""
    if not any(data.train.captions):
        raise Refusal(
            f"The data set {data.name} has no captions ({len(data.train):,} pictures, none with one), which this model is trained to follow; give them in a captions.csv, or choose openmoji or icons."
        )
    return dataclasses.replace(
        data,
        train=_captioned(data.train, pieces),
        test=_captioned(data.test, pieces),
        spec=Spec(data.spec.kind, data.spec.shape, 0, pieces.vocabulary),
    )


def _captioned(examples: Examples, pieces: WordPieces) -> Captioned:
    return Captioned(
        examples.images,
        pieces.encode(examples.captions),
        examples.captions,
        examples.groups,
        pieces.counted(examples.captions),
    )
