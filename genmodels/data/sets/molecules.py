"""Small molecules: the first 5,000 of the public collection of the National Cancer Institute, which come with RDKit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from genmodels.data.dataset import Dataset, dataset, package
from genmodels.data.molecule_data import MoleculeData, readable
from genmodels.data.text_data import divided, read_once

SEED = 17  # fixed: all runs hold out the same scaffolds
FILE = Path("NCI") / "first_5K.smi"


@dataset("molecules")
@dataclass(frozen=True, kw_only=True)
class Molecules(MoleculeData):
    """5,000 small molecules as SMILES, which come with RDKit; whole scaffolds held out."""

    title: ClassVar[str] = "Small molecules"
    licence: ClassVar[str] = "BSD-3-Clause (RDKit, which it comes with); structures of the NCI open database"

    def load(self) -> Dataset:
        """A document is the canonical SMILES of one molecule; salts, mixtures and molecules of more than 100 characters are left out.

        Held out are the molecules of a tenth of the scaffolds; a molecule without rings is a scaffold of its own.
        """
        package("rdkit", "rdkit")
        from rdkit import RDConfig

        content = (Path(RDConfig.RDDataDir) / FILE).read_bytes()
        lines = [line.split()[0] for line in content.decode().splitlines() if line.split()]
        facts = {"file": hashlib.sha256(content).hexdigest(), "reading": 1, "seed": SEED}
        sides = read_once("molecules", facts, lambda: divided(readable(lines), SEED))
        return self.dataset(
            "molecules",
            self.spelled(sides["train"]),
            sides["test"],
            f"{FILE.name} of RDKit, the first {len(lines):,} molecules of the NCI open database",
            families=((), sides["test_families"]),
        )
