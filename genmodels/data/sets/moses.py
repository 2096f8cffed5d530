"""MOSES (Polykovskiy et al. 2020, arXiv 1811.12823): the benchmark of models that write molecules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from genmodels.data.dataset import Dataset, dataset
from genmodels.data.molecule_data import MoleculeData
from genmodels.data.moses_files import moses_split
from genmodels.data.text_data import context_knob
from genmodels.knobs import knob

TRAINING = 1_584_663


@dataset("moses")
@dataclass(frozen=True, kw_only=True)
class Moses(MoleculeData):
    """1,584,663 drug-like molecules of ZINC and 176,074 held out, as MOSES divides them (from the package molsets)."""

    context: int = context_knob(64)
    n: int = knob(TRAINING, 1000, TRAINING, "How many of the training molecules, the first ones")

    published: ClassVar[str] = (
        "Of 30,000 molecules of a CharRNN .9748 are valid, .8419 novel, and FCD on the test set is .0732 (arXiv 1811.12823)."
    )
    title: ClassVar[str] = "Drug-like molecules"
    offline: ClassVar[bool] = False
    licence: ClassVar[str] = "MIT (MOSES); molecules of ZINC Clean Leads"

    @classmethod
    def also_held_out(cls) -> Mapping[str, Sequence[str]]:
        """The molecules whose scaffolds no training molecule has."""
        return {"scaffold test": moses_split("test_scaffolds")}

    def load(self) -> Dataset:
        """A document is a SMILES as MOSES writes it; the held-out split is its test set."""
        train, test = moses_split("train")[: self.n], moses_split("test")
        return self.dataset(
            "moses", self.spelled(train), test, f"MOSES, package molsets; {len(train):,} training molecules"
        )
