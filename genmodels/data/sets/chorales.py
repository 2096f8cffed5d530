"""Bach's chorales in four voices, which come with music21."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from genmodels.cache import counting
from genmodels.data.dataset import Dataset, dataset, package
from genmodels.data.music_data import MusicData
from genmodels.data.text_data import held_out, read_once
from genmodels.kinds.music.notation import Piece
from genmodels.knobs import knob

SEED = 18  # fixed: all runs hold out the same melodies
STEPS = {"eighth": 0.5, "sixteenth": 0.25}  # quarters
TUNE = 8  # intervals of a melody's beginning by which pieces are told to be of one family
SHORTEST, LONGEST = 16, 400  # steps of a piece


@dataset("chorales")
@dataclass(frozen=True, kw_only=True)
class Chorales(MusicData):
    """Chorales of Bach in four voices and all keys, from music21; whole melodies held out."""

    step: str = knob("eighth", help="The shortest note that is told apart", choices=tuple(STEPS))

    title: ClassVar[str] = "Chorales of Bach"
    licence: ClassVar[str] = "music in the public domain, encodings as music21's corpus licence says"

    @property
    def quarters(self) -> float:
        """How long a step is, in quarters."""
        return STEPS[self.step]

    def load(self) -> Dataset:
        """A piece is a chorale of exactly four parts, without its repeats; key as Krumhansl's profiles find it.

        Held out are a tenth of the melodies: pieces whose sopranos begin with the same eight intervals are one family.
        """
        package("music21", "music21")
        facts = {"music21": importlib.metadata.version("music21"), "step": self.step, "reading": 1}
        rows = read_once("chorales", facts, lambda: list(_read(STEPS[self.step])))
        sides: tuple[list[Piece], list[Piece]] = ([], [])
        seen: set[bytes] = set()
        for row in rows:
            piece = Piece(np.array(row["score"], np.int16), row["key"])
            if (notes := piece.score.tobytes()) not in seen:
                sides[held_out(_melody(piece), SEED)].append(piece)
                seen.add(notes)
        return self.pieces(
            "chorales",
            *sides,
            f"{len(seen)} chorales of the corpus of music21 {facts['music21']}, by {self.step} notes",
            _melody,
        )


def _melody(piece: Piece) -> str:
    """The intervals with which the soprano begins, whatever the key: what chorales of one tune share."""
    notes = piece.score[piece.score[:, 0] > 0, 0].astype(int)
    return " ".join(map(str, np.diff(notes[: TUNE + 1])))


def _read(step: float) -> Iterator[dict[str, Any]]:
    """{"score", "key"} of each file that holds four parts; one that music21 can't read is passed over."""
    from music21 import converter, corpus, key, stream

    for path in counting("chorales read", sorted(corpus.getComposer("bach")), 5):
        try:
            parsed = converter.parse(path)
        except Exception:  # a file of the corpus that this version can't read
            continue
        if not isinstance(parsed, stream.Score):
            continue
        parts = list(parsed.parts)
        if len(parts) != 4:
            continue
        score = np.stack([_line(part, step, round(float(parsed.highestTime) / step)) for part in parts], axis=1)
        if SHORTEST <= len(score) <= LONGEST and (score > 0).any(0).all():
            found = parsed.analyze("key")
            assert isinstance(found, key.Key)
            yield {"score": score.tolist(), "key": int(found.tonic.pitchClass) + 12 * (found.mode == "minor")}


def _line(part: Any, step: float, steps: int) -> np.ndarray:
    """int16 (steps,) of one part: the highest note that sounds when each step begins, negative where it began before."""
    line = np.zeros(steps, np.int16)
    for note in part.flatten().notes:
        pitch = max(each.midi for each in note.pitches)
        first = -(-float(note.offset) // step)  # the first step that begins not before the note
        end = -(-float(note.offset + note.duration.quarterLength) // step)
        tied = note.tie is not None and note.tie.type in ("stop", "continue")
        for number in range(int(first), min(int(end), steps)):
            line[number] = -pitch if number > first or tied else pitch
    return line
