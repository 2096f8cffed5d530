"""A foreign file of molecules, read in a caged child: SMILES, a table with a column of them, or SDF; nothing of it is run.

What is no molecule that can be learned is left out and counted by its reason; one entry that breaks RDKit's rules costs no
other.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from genmodels.intake.tables import read_table
from genmodels.intake.texts import read_text
from genmodels.kinds.molecule.chemistry import LONGEST as LONGEST_READ
from genmodels.kinds.molecule.chemistry import canonical
from genmodels.refusal import Refusal

FILE = "molecules"  # its name in the child's folder, whatever it was called
LARGEST, MOST = 400_000_000, 2_000_000  # bytes of a file; entries that are read
LARGEST_ENTRY = 200_000  # characters of one entry of an SDF
LONGEST = 100  # characters of a molecule that is learned
COLUMNS = ("smiles", "canonical_smiles", "isomeric_smiles", "smile", "structure_smiles")
FORMS = {
    ".smi": "SMILES",
    ".smiles": "SMILES",
    ".txt": "SMILES",
    ".csv": "table",
    ".tsv": "table",
    ".sdf": "SDF",
    ".sd": "SDF",
    ".mol": "SDF",
}
TOO_LONG, REACTION, WILDCARD, SEVERAL, NONE, AGAIN = (
    f"longer than {LONGEST} characters",
    "a reaction",
    "a wildcard in place of an atom",
    "several molecules, a salt or a mixture",
    "no molecule that RDKit reads",
    "there already",
)
ENTRY = re.compile(rb"^\$\$\$\$[^\n]*\n?", re.MULTILINE)


def read(given: Path, out: Path, name: str, form: str) -> dict[str, np.ndarray]:
    """The task of the child: canonical SMILES, each once, in their order, and how many entries were left out by reason."""
    file = given / FILE
    entries = {"SDF": _of_sdf, "table": _of_table, "SMILES": _of_lines}[form](file, name)
    kept: dict[str, None] = {}
    left_out: Counter[str] = Counter()
    for smiles in entries:
        if len(kept) + left_out.total() >= MOST:
            break
        found, reason = judged(smiles)
        if found is None or found in kept:
            left_out[reason or AGAIN] += 1
        else:
            kept[found] = None
    told = {"smiles": list(kept), "left_out": dict(left_out)}
    return {"told": np.frombuffer(json.dumps(told).encode(), np.uint8)}


def judged(smiles: str) -> tuple[str | None, str]:
    """The canonical SMILES of an entry, or None and why it is left out."""
    if ">" in smiles:
        return None, REACTION
    if len(smiles) > LONGEST_READ:
        return None, TOO_LONG
    found = canonical(smiles)
    if found is None:
        return None, NONE
    if "*" in found:
        return None, WILDCARD
    if "." in found:
        return None, SEVERAL
    return (None, TOO_LONG) if len(found) > LONGEST else (found, "")


def _of_lines(file: Path, name: str) -> Iterator[str]:
    """The first word of each line; a heading without a molecule is left out like any other."""
    text = read_text(file.read_bytes(), name).text
    return (line.split()[0] for line in text.splitlines() if line.strip())


def _of_table(file: Path, name: str) -> Iterator[str]:
    """The cells of the column of SMILES; raises `Refusal` where there is none."""
    table = read_table(file.read_bytes(), name, most_bytes=LARGEST, most_rows=MOST)
    column = next((key for wanted in COLUMNS for key in table.columns if key == wanted), None)
    column = column or next((key for key in table.columns if "smiles" in key), None)
    if column is None:
        headings = ", ".join(list(table.columns.values())[:8])
        raise Refusal(
            f"{name} has no column of SMILES (there are: {headings[:200]}); name the column of molecules SMILES."
        )
    return (row.cells[column].strip() for row in table.rows if row.cells[column].strip())


def _of_sdf(file: Path, name: str) -> Iterator[str]:
    """The SMILES of each entry; what RDKit can't read is "", which is no molecule."""
    from rdkit import Chem, rdBase

    rdBase.DisableLog("rdApp.*")
    content, start = file.read_bytes(), 0
    ends = [match.span() for match in ENTRY.finditer(content)] + [(len(content), len(content))]
    for end, next_start in ends:
        block, start = content[start:end], next_start
        if not block.strip():
            continue
        if len(block) > LARGEST_ENTRY:
            yield ""
            continue
        try:
            found = Chem.MolFromMolBlock(block.decode("utf-8", errors="replace"))
        except (RuntimeError, ValueError):
            found = None
        yield Chem.MolToSmiles(found) if found is not None and found.GetNumAtoms() else ""
