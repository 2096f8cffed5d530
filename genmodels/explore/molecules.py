"""Molecules that a model wrote, looked at beside the molecules that it learned from, and as files that leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from genmodels.data.dataset import Dataset
from genmodels.kinds.molecule.chemistry import canonical, fingerprints
from genmodels.kinds.molecule.files import Found, as_csv, as_sdf, as_smiles, found
from genmodels.kinds.molecule.likeness import nearest
from genmodels.kinds.text.decoding import Decoding
from genmodels.provenance import way_out
from genmodels.provenance.claims import made_by_a_model
from genmodels.refusal import Refusal
from genmodels.subjects.subject import MOST

if TYPE_CHECKING:
    from genmodels.trained.writer import TextGenerator

COMPARED = 50_000  # training molecules that are searched for the nearest one
KNOWN, NEAREST, LIKENESS = "known", "nearest known", "Tanimoto"


@dataclass(frozen=True)
class Looked:
    """n texts of a model: those that are molecules, in their order, and the others as they were written."""

    molecules: tuple[Found, ...]
    broken: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many were written."""
        return len(self.molecules) + len(self.broken)

    @property
    def quiet(self) -> tuple[Found, ...]:
        """Those without alerts."""
        return tuple(each for each in self.molecules if not each.alerts)


class Known:
    """The training molecules of a set, to be searched for a molecule and for what is most like it."""

    def __init__(self, data: Dataset) -> None:
        self._documents = data.train.documents

    @cached_property
    def molecules(self) -> dict[str, None]:
        """The canonical SMILES of each once, in their order, however often a molecule is spelled in other ways; of sets too
        large to be read again, as they stand there."""
        if len(self._documents) > COMPARED:
            return dict.fromkeys(self._documents)
        return dict.fromkeys(found for each in self._documents if (found := canonical(each)) is not None)

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.molecules)

    @cached_property
    def compared(self) -> tuple[str, ...]:
        """Those that are searched for the nearest one: all, or a part evenly chosen."""
        return tuple(self.molecules)[:: max(1, -(-self.n // COMPARED))]

    def told(self) -> str:
        """That the nearest one is looked for among a part, in a sentence; "" where all are searched."""
        if len(self.compared) == self.n:
            return ""
        return f"The nearest known molecule is looked for among {len(self.compared):,} of {self.n:,} training molecules, evenly chosen."

    @cached_property
    def prints(self) -> np.ndarray:
        """The fingerprints of those that are searched for the nearest one."""
        return fingerprints(self.compared)

    def beside(self, molecules: Sequence[Found]) -> tuple[Found, ...]:
        """The same, each with whether training holds it and the training molecule that is most like it."""
        if not molecules:
            return ()
        where, alike = nearest(fingerprints([each.smiles for each in molecules]), self.prints)
        return tuple(
            replace(
                each,
                more=dict(each.more)
                | {
                    KNOWN: "known" if each.smiles in self.molecules else "new",
                    NEAREST: self.compared[int(at)],
                    LIKENESS: round(float(value), 3),
                },
            )
            for each, at, value in zip(molecules, where, alike, strict=True)
        )


def written(model: TextGenerator, n: int, *, seed: int, temperature: float, begin: str = "") -> list[str]:
    """n texts from the seeds `seed`, `seed + 1` ..., each beginning with `begin`; raises `Refusal` for what can't be read."""
    if not 1 <= n <= MOST:
        raise Refusal(f"n is {n}; ask for 1 to {MOST:,} molecules.")
    if len(begin) >= model.context - 1:
        raise Refusal(
            f"The beginning has {len(begin)} characters; the model writes at most {model.context - 1}, so give fewer."
        )
    if begin and (unread := model.prompt(begin)[1]):
        raise Refusal(f"The model can't begin with {begin[:60]!r}: {unread}")
    decoding = Decoding(length=model.context - len(begin), temperature=temperature, watermark="none")
    return [str(each) for each in model.sample(n, seed=seed, given=[begin] if begin else None, decoding=decoding)]


def looked_at(texts: Iterable[str], seeds: Iterable[int]) -> Looked:
    """What was written, as molecules with their numbers and alerts."""
    both = [(text, found(text, seed)) for text, seed in zip(texts, seeds, strict=True)]
    return Looked(
        tuple(each for _, each in both if each is not None), tuple(text for text, each in both if each is None)
    )


FILES: dict[str, Callable[[Sequence[Found], str, str], bytes]] = {
    ".smi": lambda molecules, name, made_by: as_smiles(molecules, name),
    ".sdf": as_sdf,
    ".csv": lambda molecules, name, made_by: as_csv(molecules),
}


def marked_file(
    molecules: Sequence[Found], suffix: str, name: str, facts: Mapping[str, str]
) -> tuple[way_out.Marked, way_out.Marked]:
    """Molecules as one of `FILES`, and its signed statement; it is entered into the ledger."""
    made_by = made_by_a_model(f"{facts.get('Model', name)}, seeds in the names.")
    return way_out.accompanied(FILES[suffix](molecules, name, made_by), "molecules", facts)
