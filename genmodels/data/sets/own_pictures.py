"""A user's own pictures, imported from a folder or a zip (see `intake/picture_sets.py` for checks and limits)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genmodels.cache import drawn_once
from genmodels.data.dataset import Dataset, dataset
from genmodels.intake.picture_sets import import_pictures, imported, preview, read_index, read_pictures, split
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.image.files import fitted, open_picture
from genmodels.kinds.spec import Spec
from genmodels.knobs import Knobs, knob
from genmodels.refusal import Refusal

__all__ = ["Folder", "import_pictures", "imported", "preview"]
MAX_CLASSES = 100


@dataset("folder")
@dataclass(frozen=True, kw_only=True)
class Folder(Knobs):
    """Your own pictures from a folder or zip, with captions.csv where you have one."""

    token: str = knob("", help="Which imported pictures: the name that the import gave them")
    size: int = knob(32, help="Height and width in pixels", choices=(28, 32, 64, 128))
    colour: str = knob("rgb", help="Three channels or one", choices=("rgb", "grey"))
    fit: str = knob("crop", help="crop: the middle square. pad: the whole picture on white", choices=("crop", "pad"))
    label: str = knob("", help="The group that a conditional model is asked for, such as folder; empty: none")
    holdout: float = knob(0.15, 0.05, 0.5, "Share of the pictures that no training sees")
    seed: int = knob(0, 0, 2**31 - 1, "Seed of the split")

    kind: ClassVar[str] = "image"
    title: ClassVar[str] = "Your own pictures"
    offline: ClassVar[bool] = True
    captioned: ClassVar[bool] = True
    licence: ClassVar[str] = "your own"

    def load(self) -> Dataset:
        """Images are uint8 (n, size, size, 3 or 1). Pictures that look the same are on one side of the split.

        Raises `Refusal` where nothing was imported, a kept picture has changed, or all pictures look the same.
        """
        if not self.token:
            known = ", ".join(each["token"] for each in imported()) or "none yet; import a folder or zip first"
            raise Refusal(f"The data set folder needs a token that says which pictures. There are: {known}.")
        index = read_index(self.token)
        images = self._images(index)
        held_out = split(images, self.holdout, self.seed)
        if not held_out.any():
            raise Refusal(
                f"The pictures of {self.token} look too much alike to hold any out; give more different ones."
            )
        groups = {name: np.array(values) for name, values in index["groups"].items()}
        labels, classes = self._labels(groups)
        everything = Examples(images, labels, tuple(index["captions"]), groups)
        return Dataset(
            name="folder",
            train=everything.take(np.flatnonzero(~held_out)),
            test=everything.take(np.flatnonzero(held_out)),
            spec=Spec("image", images.shape[1:], len(classes), classes),
            licence=index["licence"],
            source=f"{index['title']} ({self.token}), {len(index['refused'])} files left out",
        )

    def _images(self, index: dict) -> np.ndarray:
        facts = {
            "index": hashlib.sha256(json.dumps(index).encode()).hexdigest(),
            "knobs": [self.size, self.colour, self.fit],
        }

        def draw() -> dict[str, np.ndarray]:
            pictures = (open_picture(content) for content in read_pictures(self.token, index))
            return {"images": np.stack([fitted(picture, self.size, self.colour, self.fit) for picture in pictures])}

        return drawn_once(f"folder-{self.token}", facts, draw)["images"]

    def _labels(self, groups: dict[str, np.ndarray]) -> tuple[np.ndarray | None, tuple[str, ...]]:
        if not self.label:
            return None, ()
        if self.label not in groups:
            known = ", ".join(groups) or "none"
            raise Refusal(f"label is {self.label[:80]!r}; these pictures have the groups: {known}.")
        classes, labels = np.unique([value or "none" for value in groups[self.label]], return_inverse=True)
        if len(classes) > MAX_CLASSES:
            raise Refusal(f"The group {self.label!r} has {len(classes)} values; at most {MAX_CLASSES} can be told.")
        return labels.astype(np.int32), tuple(classes.tolist())
