"""Parts of molecules that chemists look at twice: PAINS (Baell and Holloway 2010), Brenk et al. 2008, and MOSES's filters.

An alert is a question for a chemist. It says nothing about what a molecule does, and none says nothing either.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from genmodels.kinds.molecule.chemistry import canonical, molecule

if TYPE_CHECKING:
    from rdkit.Chem import Mol

ALLOWED = {"C", "N", "S", "O", "F", "Cl", "Br", "H"}  # atoms that MOSES lets pass
LARGEST_RING = 7  # atoms, too
SCREEN = 2048  # bits of a fingerprint of parts


def alerts(smiles: str) -> tuple[str, ...]:
    """Names of the PAINS and Brenk alerts of a molecule, such as "Brenk: nitro group"; () for none, or for what is none."""
    found = molecule(smiles)
    if found is None:
        return ()
    return tuple(
        f"{entry.GetProp('FilterSet').split('_')[0]}: {entry.GetDescription().split('(')[0].replace('_', ' ').strip()}"
        for entry in _catalog().GetMatches(found)
    )


def passes_filters(smiles: str, patterns: Sequence[str]) -> bool:
    """Does a molecule pass the filters of MOSES: no pattern (SMARTS), ring, charge or atom that it leaves out?"""
    found = molecule(smiles)
    return found is not None and passes(found, patterns)


def passes(found: Mol, patterns: Sequence[str]) -> bool:
    """The same of RDKit's molecule."""
    if any(len(ring) > LARGEST_RING for ring in found.GetRingInfo().AtomRings()):
        return False
    if any(atom.GetFormalCharge() or atom.GetSymbol() not in ALLOWED for atom in found.GetAtoms()):
        return False
    from rdkit import Chem

    whole = Chem.AddHs(found)
    if any(whole.HasSubstructMatch(each) for each in _patterns(tuple(patterns)).candidates(whole)):
        return False
    return bool(canonical(Chem.MolToSmiles(found, isomericSmiles=False)))


@lru_cache(maxsize=1)
def _catalog() -> Any:
    from rdkit.Chem.FilterCatalog import FilterCatalog, FilterCatalogParams

    asked = FilterCatalogParams()
    for each in (FilterCatalogParams.FilterCatalogs.PAINS, FilterCatalogParams.FilterCatalogs.BRENK):
        asked.AddCatalog(each)
    return FilterCatalog(asked)


class Patterns:
    """Patterns, of which a molecule can only hold those whose own fingerprint of parts lies in that of the molecule."""

    def __init__(self, patterns: Sequence[str]) -> None:
        from rdkit import Chem

        self.every = [Chem.MolFromSmarts(each) for each in patterns]
        self.prints = np.array([_parts(each) for each in self.every], np.uint8).reshape(-1, SCREEN // 8)

    def candidates(self, whole: Mol) -> list[Mol]:
        """Those that have to be looked for."""
        inside = ~np.any(self.prints & ~_parts(whole), axis=1)
        return [self.every[i] for i in np.flatnonzero(inside)]


def _parts(found: Mol) -> np.ndarray:
    from rdkit import Chem, DataStructs

    return np.frombuffer(DataStructs.BitVectToBinaryText(Chem.PatternFingerprint(found, SCREEN)), np.uint8)


@lru_cache(maxsize=2)
def _patterns(patterns: tuple[str, ...]) -> Patterns:
    return Patterns(patterns)
