"""Molecules: SMILES (Weininger 1988), one document a molecule, one token a character."""

from __future__ import annotations

from genmodels.kinds.kind import KINDS, Kind
from genmodels.kinds.molecule.drawing import SIDE
from genmodels.kinds.text.about import facts, is_readable

KINDS.add("molecule")(
    Kind(
        "molecule",
        one="molecule",
        many="molecules",
        makes="writes",
        begins="seeds",
        measured=2000,
        tokens=True,
        example=lambda source: f"molecules in a window of {source.context} characters of SMILES",
        sound=is_readable,
        facts=facts,
        writer="molecules",
        rows=128,
        tile=lambda spec: (SIDE, SIDE, 0),
    )
)
