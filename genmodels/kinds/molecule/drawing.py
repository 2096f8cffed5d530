"""Structures as pictures and in space, as RDKit draws and lays them out; what is no molecule is an empty place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genmodels.kinds.molecule.chemistry import molecule

if TYPE_CHECKING:
    from rdkit.Chem import Mol

SIDE = 200  # pixels of one structure in a sheet
MOST_ATOMS = 200  # of a molecule that is laid out in space
BOND = 32  # pixels of a bond, fewer where there are many
SECONDS = 10  # that laying one out may take


@dataclass(frozen=True)
class InSpace:
    """A molecule in space: symbols of its atoms, their places (n, 3) in ångström, and bonds (first, second, order)."""

    symbols: tuple[str, ...]
    places: np.ndarray
    bonds: tuple[tuple[int, int, float], ...]
    block: str  # the same as a MOL block


def svg(smiles: str, *, width: int = 260, height: int = 190, dark: bool = False) -> str | None:
    """A structure as SVG with a clear background; None for what is no molecule."""
    if (found := molecule(smiles)) is None:
        return None
    from rdkit.Chem.Draw import rdMolDraw2D

    drawer = rdMolDraw2D.MolDraw2DSVG(width, height)
    if dark:
        rdMolDraw2D.SetDarkMode(drawer)
    options: Any = drawer.drawOptions()
    options.clearBackground, options.fixedBondLength = False, BOND
    rdMolDraw2D.PrepareAndDrawMolecule(drawer, found)
    drawer.FinishDrawing()
    return str(drawer.GetDrawingText())


def sheet(smiles: Sequence[str], columns: int) -> bytes:
    """Structures side by side as a PNG; a place is white where there is no molecule."""
    structures = [_flat(each) for each in smiles]
    from rdkit import Chem
    from rdkit.Chem.Draw import rdMolDraw2D

    rows = -(-len(smiles) // columns)
    drawer = rdMolDraw2D.MolDraw2DCairo(columns * SIDE, rows * SIDE, SIDE, SIDE)
    drawer.DrawMolecules([each or Chem.Mol() for each in structures])
    drawer.FinishDrawing()
    return bytes(drawer.GetDrawingText())


def _flat(smiles: str) -> Mol | None:
    """A molecule as it can be drawn; what can't be written with single and double bonds in turn stays as it is."""
    if (found := molecule(smiles)) is None:
        return None
    from rdkit.Chem.Draw import rdMolDraw2D

    return rdMolDraw2D.PrepareMolForDrawing(found, kekulize=False)


def in_space(smiles: str, seed: int = 0) -> InSpace | None:
    """One way in which a molecule may lie in space (ETKDG, Riniker and Landrum 2015), the same for the same seed.

    None for what is no molecule, has more than 200 atoms, or can't be laid out in ten seconds.
    """
    found = molecule(smiles)
    if found is None or found.GetNumHeavyAtoms() > MOST_ATOMS or "." in smiles:
        return None
    from rdkit import Chem
    from rdkit.Chem import rdDistGeom, rdForceFieldHelpers

    whole = Chem.AddHs(found)
    how: Any = rdDistGeom.ETKDGv3()
    how.randomSeed, how.timeout = seed, SECONDS
    if rdDistGeom.EmbedMolecule(whole, how) != 0:
        return None
    if rdForceFieldHelpers.MMFFHasAllMoleculeParams(whole):
        rdForceFieldHelpers.MMFFOptimizeMolecule(whole)
    bonds = tuple(
        (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx(), bond.GetBondTypeAsDouble()) for bond in whole.GetBonds()
    )
    places = np.array(whole.GetConformer().GetPositions())
    return InSpace(tuple(atom.GetSymbol() for atom in whole.GetAtoms()), places, bonds, Chem.MolToMolBlock(whole))
