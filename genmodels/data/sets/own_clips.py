"""A user's own clips, imported from films (see `intake/film_sets.py` for checks and limits)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genmodels.data.dataset import Dataset, dataset
from genmodels.estimates.splits import whole_families
from genmodels.intake.film_file import SIDE
from genmodels.intake.film_sets import imported_films, read_clips, read_films_index
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.spec import Spec
from genmodels.knobs import Knobs, knob
from genmodels.refusal import Refusal


@dataset("own-clips")
@dataclass(frozen=True, kw_only=True)
class OwnClips(Knobs):
    """Your own films (MP4, WebM, GIF), as clips of two seconds; whole films held out."""

    token: str = knob("", help="Which imported films: the name that the import gave them")
    size: int = knob(32, help="Height and width in pixels", choices=(32, 64))
    holdout: float = knob(0.15, 0.05, 0.5, "Share of the films that no training sees; of a single film, its last clips")
    seed: int = knob(0, 0, 2**31 - 1, "Seed of the split")

    kind: ClassVar[str] = "video"
    captioned: ClassVar[bool] = True
    title: ClassVar[str] = "Your own clips"
    licence: ClassVar[str] = "your own"

    def load(self) -> Dataset:
        """Images are uint8 (n, 16, size, size, 3); the group "film" names the film. Clips of one film are on one side of the split.

        Raises `Refusal` where nothing was imported, or what was kept has changed.
        """
        if not self.token:
            known = ", ".join(each["token"] for each in imported_films()) or "none yet; import an MP4, WebM or GIF"
            raise Refusal(f"The data set own-clips needs a token that says which. There are: {known}.")
        index, (clips, film) = read_films_index(self.token), read_clips(self.token)
        if self.size < SIDE:
            n, frames = clips.shape[:2]
            fours = clips.reshape(n, frames, self.size, 2, self.size, 2, 3).sum((3, 5), dtype=np.uint16)
            clips = ((fours + 2) // 4).astype(np.uint8)
        everything = Examples(
            clips,
            None,
            tuple(index["captions"][number] for number in film),
            {"film": np.array([index["films"][number] for number in film])},
        )
        held_out = self._held_out(film)
        return Dataset(
            name="own-clips",
            train=everything.take(np.flatnonzero(~held_out)),
            test=everything.take(np.flatnonzero(held_out)),
            spec=Spec("video", clips.shape[1:]),
            licence=index["licence"],
            source=f"{index['title']} ({self.token}), {len(index['left_out'])} files left out or read in part",
        )

    def _held_out(self, film: np.ndarray) -> np.ndarray:
        if len(np.unique(film)) > 1:
            return whole_families(film, self.holdout, self.seed)
        return np.arange(len(film)) >= len(film) - max(2, round(self.holdout * len(film)))
