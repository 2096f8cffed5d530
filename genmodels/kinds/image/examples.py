"""One split of pictures: images with labels, captions and groups."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    import hashlib


@dataclass(frozen=True)
class Examples:
    """One split. `images` are uint8 of shape (n, height, width, channels); the rest has one entry an image or is empty.

    `labels` are whole numbers below `Spec.classes`. `groups` maps the name of a grouping (gender, skin tone ...) to an
    array of texts, "" where the grouping does not apply.
    """

    images: np.ndarray
    labels: np.ndarray | None = None
    captions: tuple[str, ...] = ()
    groups: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.images)

    def order(self, seed: Sequence[int]) -> np.ndarray:
        """What an epoch trains on, in its order: every example once."""
        return np.random.default_rng(seed).permutation(len(self))

    def batch(self, index: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Images and labels at `index`, as a training step takes them."""
        return self.images[index], None if self.labels is None else self.labels[index]

    def facts(self) -> dict[str, Any]:
        """What else a run records of its training split."""
        return {}

    def speed(self, examples_per_second: float) -> dict[str, float]:
        """The speed of a training in the unit that is usual for it."""
        return {"images_per_second": examples_per_second}

    def digest(self, sha: hashlib._Hash) -> None:
        """Feed all of it to a hash."""
        sha.update(repr(self.images.shape).encode())
        sha.update(np.ascontiguousarray(self.images).data)
        sha.update(b"" if self.labels is None else self.labels.astype("<i4").tobytes())
        sha.update("\n".join(self.captions).encode())
        for name, values in sorted(self.groups.items()):
            sha.update("\n".join([name, *values]).encode())

    def with_mirrored(self) -> Examples:
        """These, and behind them the mirror image of each."""
        twice = self.take(np.tile(np.arange(len(self)), 2))
        return dataclasses.replace(twice, images=np.concatenate([self.images, self.images[:, :, ::-1]]))

    def take(self, index: np.ndarray) -> Examples:
        """The examples at `index`, in that order."""
        return Examples(
            self.images[index],
            None if self.labels is None else self.labels[index],
            tuple(self.captions[i] for i in index) if self.captions else (),
            {name: values[index] for name, values in self.groups.items()},
        )


class Splits(Protocol):
    """A data set of pictures, wherever it is from."""

    @property
    def train(self) -> Examples:
        """What is trained on."""
        ...

    @property
    def test(self) -> Examples:
        """What is held out."""
        ...
