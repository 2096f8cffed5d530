"""Numbers that are computed of a molecule, each with its paper; none says what it does to a living thing.

QED: Bickerton et al. 2012 (likeness to oral drugs, 0 to 1). logP: Wildman and Crippen 1999. SA: Ertl and Schuffenhauer
2009 (synthetic accessibility, 1 easy to 10 hard), by the code and counts that come with RDKit. Rules: Lipinski et al. 1997.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genmodels.kinds.molecule.chemistry import molecule
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from rdkit.Chem import Mol

HEAVIEST, MOST_LOGP, MOST_DONORS, MOST_ACCEPTORS = 500, 5, 5, 10  # Lipinski's rules
GOALS = ("qed", "logp", "weight", "rings")  # what can be improved, or walked towards


@dataclass(frozen=True)
class Properties:
    """Numbers of one molecule; weight in daltons."""

    qed: float
    logp: float
    weight: float
    access: float
    rings: int
    donors: int
    acceptors: int

    @property
    def broken(self) -> int:
        """How many of Lipinski's four rules it breaks."""
        return sum(
            value > most
            for value, most in (
                (self.weight, HEAVIEST),
                (self.logp, MOST_LOGP),
                (self.donors, MOST_DONORS),
                (self.acceptors, MOST_ACCEPTORS),
            )
        )


def properties(smiles: str) -> Properties | None:
    """The numbers of a molecule; None for what is none."""
    found = molecule(smiles)
    return None if found is None else of_molecule(found)


def of_molecule(found: Mol) -> Properties:
    """The numbers of RDKit's molecule."""
    from rdkit.Chem import QED, Descriptors, rdMolDescriptors

    weight: Any = Descriptors  # whose type says nothing of what it is filled with
    return Properties(
        QED.qed(found),
        rdMolDescriptors.CalcCrippenDescriptors(found)[0],
        weight.MolWt(found),
        _accessible()(found),
        found.GetRingInfo().NumRings(),
        rdMolDescriptors.CalcNumHBD(found),
        rdMolDescriptors.CalcNumHBA(found),
    )


def goal(smiles: str, name: str) -> float | None:
    """One of `GOALS` of a molecule, which costs less than all its numbers; None for what is no molecule."""
    if (found := molecule(smiles)) is None:
        return None
    from rdkit.Chem import QED, Descriptors, rdMolDescriptors

    counted: Any = Descriptors  # whose type says nothing of what it is filled with
    ways: dict[str, Callable[[], float]] = {
        "qed": lambda: QED.qed(found),
        "logp": lambda: rdMolDescriptors.CalcCrippenDescriptors(found)[0],
        "weight": lambda: counted.MolWt(found),
        "rings": lambda: found.GetRingInfo().NumRings(),
    }
    return float(ways[name]())


@lru_cache(maxsize=1)
def _accessible() -> Callable[[Mol], float]:
    """The score that comes with RDKit, whose folder of contributions is no package."""
    from rdkit import RDConfig

    file = Path(RDConfig.RDContribDir) / "SA_Score" / "sascorer.py"
    found = importlib.util.spec_from_file_location("sascorer", file) if file.is_file() else None
    if found is None or found.loader is None:
        raise Refusal("This RDKit comes without its contributions (SA_Score); install it with: pip install rdkit")
    scorer = importlib.util.module_from_spec(found)
    found.loader.exec_module(scorer)
    score: Callable[[Mol], float] = scorer.calculateScore
    return score
