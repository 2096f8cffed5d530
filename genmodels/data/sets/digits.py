"""Handwritten digits of 8x8 pixels that come with scikit-learn: the tiny set for tests and first minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genmodels.data.dataset import Dataset, dataset, package
from genmodels.estimates.raking import read_shares, skewed
from genmodels.estimates.splits import stratified
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.spec import Spec
from genmodels.knobs import Knobs, knob
from genmodels.refusal import Refusal
from genmodels.registry import unknown

NAMES = tuple(str(digit) for digit in range(10))
HELD_OUT, SEED = 0.2, 0  # fixed: every run on digits has the same held-out pictures


@dataset("digits")
@dataclass(frozen=True, kw_only=True)
class Digits(Knobs):
    """1,797 handwritten digits, 8x8 grey, ten classes."""

    only: str = knob("", help='Only these digits, such as "0, 1"; empty: all ten')
    skew: str = knob("", help='Shares of digits in the training split, such as "0=0.9"; empty: as written')
    most: int = knob(0, 0, 100_000, "Train on so many pictures only, to see a model memorise; 0: all")

    kind: ClassVar[str] = "image"
    title: ClassVar[str] = "Handwritten digits, small"
    offline: ClassVar[bool] = True
    licence: ClassVar[str] = "BSD-3-Clause (scikit-learn); UCI Optical Recognition of Handwritten Digits, CC BY 4.0"
    source: ClassVar[str] = "sklearn.datasets.load_digits"

    def __post_init__(self) -> None:
        super().__post_init__()
        for each in self._digits():
            if each not in NAMES:
                raise Refusal(unknown("digit", each, NAMES))
        read_shares(self.skew, self._digits() or NAMES)

    def _digits(self) -> tuple[str, ...]:
        """The digits that `only` names."""
        return tuple(filter(None, (each.strip() for each in self.only.split(","))))

    def load(self) -> Dataset:
        """Images are uint8 (n, 8, 8, 1) from 0 (paper) to 255 (ink); 80 % to train on, 20 % of every class held out."""
        bunch = package("sklearn.datasets", "scikit-learn").load_digits()
        images = np.round(bunch.images * (255 / 16)).astype(np.uint8)[..., None]
        labels = bunch.target.astype(np.int32)
        everything = Examples(images, labels, tuple(f"digit {label}" for label in labels))
        held_out = stratified(labels, HELD_OUT, SEED)
        taken = np.isin(labels, [int(each) for each in self._digits() or NAMES])
        return Dataset(
            name="digits",
            train=self._changed(everything.take(np.flatnonzero(~held_out & taken))),
            test=everything.take(np.flatnonzero(held_out & taken)),
            spec=Spec("image", images.shape[1:], classes=10, vocabulary=NAMES),
            licence=self.licence,
            source=self.source,
        )

    def _changed(self, train: Examples) -> Examples:
        """These with the shares asked for, then only `most` of them."""
        if self.skew:
            by = {"digit": np.asarray(train.labels).astype(str)}
            train = train.take(skewed(by, read_shares(self.skew, NAMES), SEED))
        if self.most:
            train = train.take(np.sort(np.random.default_rng(SEED).permutation(len(train))[: self.most]))
        return train
