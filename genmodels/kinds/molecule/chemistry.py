"""What RDKit says of a molecule: whether it is one, its canonical SMILES, its parts, properties and likeness to others.

Everything here takes SMILES and gives numbers or texts, so that no other file knows RDKit's objects. A SMILES is foreign
text: it is bounded before RDKit reads it, and what RDKit can't read is None.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from rdkit.Chem import Mol

LONGEST = 500  # characters of a SMILES that is read
BITS, RADIUS = 2048, 2  # of a fingerprint (Rogers and Hahn 2010; radius 2 is ECFP4)
FIRST_SEED = 42  # stands for 0, which RDKit reads as "no seed"; its generator begins with it
PLAIN = re.compile(r"[!-~]+")  # printable ASCII without blanks, behind which RDKit would read extensions


def molecule(smiles: str) -> Mol | None:
    """RDKit's molecule of a SMILES; None for what is none: empty, too long, a reaction, or against the rules of valence."""
    _quiet()
    from rdkit import Chem

    if not 0 < len(smiles) <= LONGEST or ">" in smiles or not PLAIN.fullmatch(smiles):
        return None
    found = Chem.MolFromSmiles(smiles)
    return found if found is not None and found.GetNumAtoms() else None


def canonical(smiles: str) -> str | None:
    """The one SMILES that stands for all spellings of this molecule; None where it is none."""
    found = molecule(smiles)
    return None if found is None else written(found)


def written(found: Mol) -> str:
    """The canonical SMILES of RDKit's molecule."""
    from rdkit import Chem

    return str(Chem.MolToSmiles(found))


def spellings(smiles: str, n: int, seed: int) -> list[str]:
    """Up to n different spellings of a molecule, the given one first, the others from a random atom on (Arus-Pous et al. 2019).

    The same seed gives the same ones, whatever was spelled before.
    """
    found = molecule(smiles)
    if found is None or n < 2:
        return [smiles]
    from rdkit import Chem

    others = Chem.MolToRandomSmilesVect(found, n - 1, randomSeed=seed % 2**31 or FIRST_SEED)
    return list(dict.fromkeys([smiles, *others]))


def scaffold(smiles: str) -> str:
    """The rings of a molecule and what joins them (Bemis and Murcko 1996), as SMILES; "" for one without rings."""
    if (found := molecule(smiles)) is None:
        return ""
    from rdkit.Chem.Scaffolds import MurckoScaffold

    return str(MurckoScaffold.MurckoScaffoldSmiles(mol=found))


def fingerprints(smiles: Sequence[str], bits: int = BITS) -> np.ndarray:
    """Which circular surroundings each molecule has, uint8 (n, bits / 8), bits packed; all 0 for what is no molecule."""
    _quiet()
    return fingerprints_of([molecule(each) for each in smiles], bits)


def fingerprints_of(molecules: Sequence[Mol | None], bits: int = BITS) -> np.ndarray:
    """The same of RDKit's molecules."""
    from rdkit import DataStructs

    rows = np.zeros((len(molecules), bits), np.uint8)
    for row, found in zip(rows, molecules, strict=True):
        if found is not None:
            DataStructs.ConvertToNumpyArray(_generator(bits).GetFingerprint(found), row)
    return np.packbits(rows, axis=1)


def version() -> str:
    """Which RDKit this is: another may write SMILES and count numbers otherwise."""
    _quiet()
    from rdkit import __version__

    return str(__version__)


@lru_cache(maxsize=4)
def _generator(bits: int) -> Any:
    from rdkit.Chem import rdFingerprintGenerator

    return rdFingerprintGenerator.GetMorganGenerator(radius=RADIUS, fpSize=bits)


@lru_cache(maxsize=1)
def _quiet() -> None:
    """RDKit is there, and does not write a line on stderr for everything that is no molecule."""
    try:
        from rdkit import rdBase
    except ImportError:
        raise Refusal("Molecules need the package rdkit; install it with: pip install rdkit") from None
    rdBase.DisableLog("rdApp.*")
