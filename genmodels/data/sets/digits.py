"""Handwritten digits of 8x8 pixels that come with scikit-learn: the tiny set for tests and first minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genmodels.data.dataset import Dataset, dataset, package
from genmodels.estimates.splits import stratified
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.spec import Spec
from genmodels.knobs import Knobs

HELD_OUT, SEED = 0.2, 0  # fixed: every run on digits has the same held-out pictures


@dataset("digits")
@dataclass(frozen=True, kw_only=True)
class Digits(Knobs):
    """1,797 handwritten digits, 8x8 grey, ten classes."""

    kind: ClassVar[str] = "image"
    offline: ClassVar[bool] = True
    licence: ClassVar[str] = "BSD-3-Clause (scikit-learn); UCI Optical Recognition of Handwritten Digits, CC BY 4.0"
    source: ClassVar[str] = "sklearn.datasets.load_digits"

    def load(self) -> Dataset:
        """Images are uint8 (n, 8, 8, 1) from 0 (paper) to 255 (ink); 80 % to train on, 20 % of every class held out."""
        bunch = package("sklearn.datasets", "scikit-learn").load_digits()
        images = np.round(bunch.images * (255 / 16)).astype(np.uint8)[..., None]
        labels = bunch.target.astype(np.int32)
        names = tuple(str(digit) for digit in range(10))
        everything = Examples(images, labels, tuple(f"digit {label}" for label in labels))
        held_out = stratified(labels, HELD_OUT, SEED)
        return Dataset(
            name="digits",
            train=everything.take(np.flatnonzero(~held_out)),
            test=everything.take(np.flatnonzero(held_out)),
            spec=Spec("image", images.shape[1:], classes=10, vocabulary=names),
            licence=self.licence,
            source=self.source,
        )
