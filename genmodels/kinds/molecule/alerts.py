"""Parts of molecules that chemists look at twice: PAINS (Baell and Holloway 2010), Brenk et al. 2008, and MOSES's filters.

An alert is a question for a chemist. It says nothing about what a molecule does, and none says nothing either.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from genmodels.kinds.molecule.chemistry import canonical, molecule

ALLOWED = {"C", "N", "S", "O", "F", "Cl", "Br", "H"}  # atoms that MOSES lets pass
LARGEST_RING = 7  # atoms, too


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
    if found is None or any(len(ring) > LARGEST_RING for ring in found.GetRingInfo().AtomRings()):
        return False
    if any(atom.GetFormalCharge() or atom.GetSymbol() not in ALLOWED for atom in found.GetAtoms()):
        return False
    from rdkit import Chem

    return not _patterns(tuple(patterns)).HasMatch(Chem.AddHs(found)) and bool(
        canonical(Chem.MolToSmiles(found, isomericSmiles=False))
    )


@lru_cache(maxsize=1)
def _catalog() -> Any:
    from rdkit.Chem.FilterCatalog import FilterCatalog, FilterCatalogParams

    asked = FilterCatalogParams()
    for each in (FilterCatalogParams.FilterCatalogs.PAINS, FilterCatalogParams.FilterCatalogs.BRENK):
        asked.AddCatalog(each)
    return FilterCatalog(asked)


@lru_cache(maxsize=2)
def _patterns(patterns: tuple[str, ...]) -> Any:
    from rdkit import Chem
    from rdkit.Chem.FilterCatalog import FilterCatalog, FilterCatalogEntry, SmartsMatcher

    catalog = FilterCatalog()
    for each in patterns:
        catalog.AddEntry(FilterCatalogEntry(each, SmartsMatcher(Chem.MolFromSmarts(each))))
    return catalog
