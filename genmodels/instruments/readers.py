"""The readers of groups that ship with the project, and what reads whether anybody is to be seen."""

from __future__ import annotations

import numpy as np

from genmodels.trained.opening import open_shipped
from genmodels.trained.reader import TrainedReader

NONE = "none"  # the class of people in no skin tone
SOMEBODY = "reader-somebody"  # the run of the gallery that reads whether anybody is to be seen
READERS = {"gender": "reader-gender", "skin tone": "reader-skin"}  # grouping to the run of the gallery that reads it


class WithNobody:
    """A reader of people, with another that says in which pictures there is nobody to be read: the last of its `classes`."""

    def __init__(self, reader: TrainedReader, somebody: TrainedReader) -> None:
        self.reader, self.somebody = reader, somebody
        self.none = reader.classes[-1] == NONE  # it has a class of its own for people without a group
        self.classes = reader.classes if self.none else (*reader.classes, somebody.classes[-1])

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(n, classes) float32, as the networks have them: not calibrated."""
        nobody, groups = self.somebody.probabilities(images)[:, -1:], self.reader.probabilities(images)
        if self.none:
            nobody, groups = (
                nobody + (1 - nobody) * groups[:, -1:],
                groups[:, :-1] / np.maximum(groups[:, :-1].sum(axis=1, keepdims=True), 1e-9),
            )
        return np.concatenate([(1 - nobody) * groups, nobody], axis=1)

    def read(self, images: np.ndarray) -> np.ndarray:
        """The names (n,) of the classes."""
        probable = self.probabilities(images)
        return np.array(self.classes)[
            np.where(probable[:, -1] > 0.5, len(self.classes) - 1, probable[:, :-1].argmax(axis=1))
        ]


def reader_of(grouping: str) -> WithNobody:
    """What reads that grouping off pictures; its last class is that there is nobody to be read."""
    reader = open_shipped(READERS[grouping], "reader")
    return WithNobody(reader, open_shipped(SOMEBODY, "reader"))
