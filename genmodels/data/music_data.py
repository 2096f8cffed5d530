"""What data sets of music share: pieces as documents, in several keys, alone and after a voice that is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from genmodels.data.text_data import TextData, context_knob, unit_knob
from genmodels.kinds.music.notation import HIGHEST, Piece, document
from genmodels.kinds.text.examples import Aligned, Texts
from genmodels.knobs import knob
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from genmodels.data.dataset import Dataset

GIVEN = (None, 0, 1, 2, 3)


@dataclass(frozen=True, kw_only=True)
class MusicData(TextData):
    """Base of the data sets of music: a document is a piece (`kinds.music.notation`), and a window begins where one does."""

    unit: str = unit_knob("character")
    context: int = context_knob(640)
    transpositions: int = knob(
        6, 0, 11, "Semitones by which training pieces are moved up and down, where each voice stays in its range"
    )
    given: bool = knob(
        True, help="Write each training piece also after one of its voices, so that a model can harmonise it"
    )

    kind: ClassVar[str] = "music"
    training: ClassVar[type[Texts]] = Aligned

    @property
    def quarters(self) -> float:
        """How long a step is, in quarters."""
        return 1.0

    def pieces(
        self,
        name: str,
        train: Sequence[Piece],
        test: Sequence[Piece],
        source: str,
        families: Callable[[Piece], str] | None = None,
    ) -> Dataset:
        """Pieces of both splits as a `Dataset`; held-out ones stay in their key, with no voice before the others.

        `families` names what makes held-out pieces alike, such as their melody.
        """
        if self.unit != "character":
            raise Refusal(f"unit is {self.unit!r}; music is written in characters.")
        given = GIVEN if self.given else GIVEN[:1]
        ranges = ranges_of(train)
        keys = (each for piece in train for each in moved(piece, self.transpositions, ranges))
        documents = [document(each, voice) for each in keys for voice in given]
        known = [families(piece) for piece in test] if families else []
        return self.dataset(name, documents, [document(piece) for piece in test], source, families=((), known))


def ranges_of(pieces: Sequence[Piece]) -> np.ndarray:
    """The lowest and the highest pitch of each voice in all pieces, int (4, 2)."""
    sung = abs(np.concatenate([piece.score for piece in pieces]).astype(int))
    return np.stack([np.where(sung > 0, sung, HIGHEST).min(0), sung.max(0)], axis=1)


def moved(piece: Piece, most: int, ranges: np.ndarray) -> Iterator[Piece]:
    """The piece as it is, and moved by 1 to `most` semitones up and down where each voice stays in its range, (4, 2)."""
    yield piece
    for semitones in (each for far in range(1, most + 1) for each in (far, -far)):
        sung = np.where(piece.score != 0, abs(piece.score.astype(int)) + semitones, 0)
        if ((sung == 0) | ((sung >= ranges[:, 0]) & (sung <= ranges[:, 1]))).all():
            yield piece.transposed(semitones)
