"""What the measures of molecules need of each, found in processes of its own: properties, fragments, scaffold, fingerprint.

    made = described(smiles)      # of 300 molecules and more by as many processes as there are processors

A process that RDKit breaks, or that takes too long, is ended by `sandbox` and said in a sentence.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from genmodels.cache import tellable
from genmodels.files import write_atomically
from genmodels.jobs import sandbox
from genmodels.kinds.molecule.alerts import passes
from genmodels.kinds.molecule.chemistry import fingerprints_of, molecule, written
from genmodels.kinds.molecule.properties import of_molecule

if TYPE_CHECKING:
    from rdkit.Chem import Mol

BITS = 1024  # of MOSES's fingerprints
PROPERTIES = ("logP", "SA", "QED", "weight")
FEW, PART = 300, 2500  # molecules that need no process of their own; of one process
SECONDS = 1800  # for one part, by the clock; a quiet processor takes twenty
LEAST_RINGS = 2  # of a scaffold that MOSES counts


@dataclass(frozen=True)
class Described:
    """n molecules: canonical SMILES, `PROPERTIES` (n, 4), BRICS fragments, scaffold ("" with fewer than two rings), packed
    fingerprints (n, 128), and whether each passes the filters; () where no filters were given."""

    smiles: tuple[str, ...]
    properties: np.ndarray
    fragments: tuple[tuple[str, ...], ...]
    scaffolds: tuple[str, ...]
    prints: np.ndarray
    passes: tuple[bool, ...]


def described(smiles: Sequence[str], filters: Sequence[str] = ()) -> Described:
    """Everything about those that are molecules, in their order; `filters` are the patterns of `passes_filters`."""
    if len(smiles) <= FEW:
        return _of(_arrays(smiles, filters))
    parts = [list(smiles[start : start + PART]) for start in range(0, len(smiles), PART)]
    size = -(-len(smiles) // max(len(parts), os.cpu_count() or 1))
    parts = [list(smiles[start : start + size]) for start in range(0, len(smiles), size)]
    report, found = tellable(), []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for arrays in pool.map(lambda part: _in_a_process(part, list(filters)), parts):
            found.append(_of(arrays))
            report("Molecules described", sum(len(each.smiles) for each in found), len(smiles))
    return joined(found)


def joined(parts: Sequence[Described]) -> Described:
    """Several as one."""
    return Described(
        tuple(each for part in parts for each in part.smiles),
        np.concatenate([part.properties for part in parts]),
        tuple(each for part in parts for each in part.fragments),
        tuple(each for part in parts for each in part.scaffolds),
        np.concatenate([part.prints for part in parts]),
        tuple(each for part in parts for each in part.passes),
    )


def fragments(found: Mol) -> tuple[str, ...]:
    """The parts of a molecule between BRICS bonds (Degen et al. 2008), as SMILES with the places where they were cut."""
    from rdkit import Chem
    from rdkit.Chem import BRICS

    return tuple(Chem.MolToSmiles(BRICS.BreakBRICSBonds(found)).split("."))


def counted_scaffold(found: Mol) -> str:
    """Rings and what joins them (Bemis and Murcko 1996), as MOSES counts it: "" with fewer than two rings."""
    from rdkit import Chem
    from rdkit.Chem.Scaffolds import MurckoScaffold

    if found.GetRingInfo().NumRings() < LEAST_RINGS:
        return ""
    scaffold = MurckoScaffold.GetScaffoldForMol(found)
    return Chem.MolToSmiles(scaffold) if scaffold.GetRingInfo().NumRings() >= LEAST_RINGS else ""


def part(given: Path, out: Path, filters: list[str]) -> dict[str, np.ndarray]:
    """The task of a process: what lies in `given`, described."""
    return _arrays(json.loads((given / "smiles.json").read_bytes()), filters)


def _in_a_process(smiles: list[str], filters: list[str]) -> dict[str, np.ndarray]:
    with sandbox.scratch() as folder:
        write_atomically(folder / sandbox.GIVEN / "smiles.json", json.dumps(smiles))
        return sandbox.run(
            "genmodels.kinds.molecule.described:part",
            folder,
            what=f"A part of {len(smiles):,} molecules",
            arguments={"filters": filters},
            expected={"told": "u", "properties": "f", "prints": "u", "passes": "b"},
            limits=sandbox.Limits(seconds=SECONDS, cpu_seconds=SECONDS // 3),
        )


def _arrays(smiles: Sequence[str], filters: Sequence[str]) -> dict[str, np.ndarray]:
    known = [found for each in smiles if (found := molecule(each)) is not None]
    numbers = [of_molecule(each) for each in known]
    told: dict[str, Any] = {
        "smiles": [written(each) for each in known],
        "fragments": [fragments(each) for each in known],
        "scaffolds": [counted_scaffold(each) for each in known],
    }
    rows = [(each.logp, each.access, each.qed, each.weight) for each in numbers]
    return {
        "told": np.frombuffer(json.dumps(told).encode(), np.uint8),
        "properties": np.array(rows, "float32").reshape(-1, len(PROPERTIES)),
        "prints": fingerprints_of(known, BITS),
        "passes": np.array([passes(each, filters) for each in known] if filters else [], bool),
    }


def _of(arrays: dict[str, np.ndarray]) -> Described:
    told = json.loads(arrays["told"].tobytes())
    return Described(
        tuple(told["smiles"]),
        arrays["properties"],
        tuple(map(tuple, told["fragments"])),
        tuple(told["scaffolds"]),
        arrays["prints"],
        tuple(arrays["passes"].tolist()),
    )
