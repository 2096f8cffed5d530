"""A user's own molecules, imported from a file (see `intake/molecule_sets.py` for checks and limits)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from genmodels.data.dataset import Dataset, dataset
from genmodels.data.molecule_data import MoleculeData, readable
from genmodels.data.text_data import divided, read_once
from genmodels.intake.molecule_sets import imported_molecules, read_molecules, read_molecules_index
from genmodels.kinds.molecule.chemistry import version
from genmodels.knobs import knob
from genmodels.refusal import Refusal

SEED = 17  # fixed: the same molecules always hold out the same scaffolds


@dataset("own-molecules")
@dataclass(frozen=True, kw_only=True)
class OwnMolecules(MoleculeData):
    """Your own molecules, from a .smi, .csv or .sdf; whole scaffolds held out."""

    token: str = knob("", help="Which imported molecules: the name that the import gave them")

    title: ClassVar[str] = "Your own molecules"
    licence: ClassVar[str] = "your own"

    def load(self) -> Dataset:
        """A document is the canonical SMILES of one molecule; held out are the molecules of a tenth of the scaffolds.

        Raises `Refusal` where nothing was imported, what was kept has changed, or all molecules have one scaffold.
        """
        if not self.token:
            known = ", ".join(each["token"] for each in imported_molecules()) or "none yet; import a .smi, .csv or .sdf"
            raise Refusal(f"The data set own-molecules needs a token that says which. There are: {known}.")
        index, molecules = read_molecules_index(self.token), read_molecules(self.token)
        facts = {"file": index["sha256"], "reading": 1, "seed": SEED, "rdkit": version()}
        sides = read_once("own-molecules", facts, lambda: divided(readable(molecules), SEED))
        if not sides["test"] or not sides["train"]:
            raise Refusal(
                f"The molecules of {self.token} have too few different scaffolds for a tenth of them to be held out; give more, or more varied ones."
            )
        return self.dataset(
            "own-molecules",
            self.spelled(sides["train"]),
            sides["test"],
            f"{index['title']} ({self.token})",
            licence=index["licence"],
            families=((), sides["test_families"]),
        )
