"""What the judge of some data says of pictures: how often the caption that one was drawn for is the nearest (R-precision).

A judge is a pair of encoders of captions and pictures (`trained.judge`). It is asked for captions alone of which it and the
model have learned every word: of another it can say nothing, be the picture as good as it may.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.kinds.image.near_copies import held_out_drawings
from genmodels.metrics.retrieval import r_precision
from genmodels.refusal import Refusal
from genmodels.trained.opening import open_shipped

RANKED = 50  # prompts among which a picture has to find its own
LEAST = {
    "judge": 0.8,
    "judge-icons": 0.5,
}  # what a judge has to reach on real held-out pictures before it judges others


class Judged:
    """The judge of these data with the held-out captions that it ranks."""

    def __init__(self, data: Dataset) -> None:
        self.least, self.judge = LEAST[data.judge], open_shipped(data.judge, "clip")
        counted = self.judge.word_pieces.counted
        learned = self.judge.words.keys() & counted(data.train.captions).keys()
        test, drawings = data.test, held_out_drawings(data)
        known = [i for i, caption in enumerate(test.captions) if counted([caption]).keys() <= learned]
        if not known:
            raise Refusal(
                "The judge and the model have not learned all words of any held-out caption, so nothing can be judged."
            )
        self.captions = tuple(test.captions[i] for i in known)
        self.texts, self.families = self.judge.texts(self.captions), families_of(test.images[known])
        self.drawings = drawings[known]
        self.number = {caption: i for i, caption in enumerate(self.captions)}
        left = (
            f" ({len(test.captions) - len(known)} more have words that they have not)"
            if len(known) < len(test.captions)
            else ""
        )
        self.protocol = (
            f"share nearest to their own among {RANKED} held-out captions, 20 draws, by a judge trained apart; of {len(known)} captions whose "
            f"every word the judge and the model have learned{left}; chance is {1 / RANKED:.0%}; intervals over different drawings"
        )

    def found(self, pictures: np.ndarray, prompts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Of each picture whose prompt is ranked how often that is the nearest, (n,), and which drawing it should be."""
        ranked = [i for i, prompt in enumerate(prompts) if prompt in self.number]
        rows, asked = [self.number[prompts[i]] for i in ranked], [prompts[i] for i in ranked]
        values = r_precision(
            self.judge.pictures(pictures[ranked]), self.texts[rows], asked, ranked=RANKED, families=self.families[rows]
        )
        return values, self.drawings[rows]

    def too_poor(self, real: float) -> str:
        """Why others are not judged, where real held-out pictures reach only so much; "" where they are."""
        if real >= self.least:
            return ""
        return f"the judge finds the caption of {real:.0%} of real held-out pictures, and {self.least:.0%} are needed to judge drawn ones"


def families_of(images: np.ndarray) -> np.ndarray:
    """The same number (n,) for pictures that are equal, pixel for pixel."""
    _, family = np.unique(images.reshape(len(images), -1), axis=0, return_inverse=True)
    return family
