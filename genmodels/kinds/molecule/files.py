"""Molecules as the files that chemists exchange: SMILES, CSV and SDF."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from genmodels.kinds.molecule.alerts import alerts
from genmodels.kinds.molecule.chemistry import canonical, molecule
from genmodels.kinds.molecule.properties import Properties, properties

NUMBERS = ("qed", "logp", "weight", "access", "rings", "donors", "acceptors")
HEADINGS = (
    "SMILES",
    "seed",
    "QED",
    "logP",
    "weight",
    "SA score",
    "rings",
    "H donors",
    "H acceptors",
    "Lipinski broken",
)


@dataclass(frozen=True)
class Found:
    """A molecule that a model wrote: canonical SMILES, the seed that it was written from, its numbers and alerts, and what
    else is said of it, by heading."""

    smiles: str
    seed: int
    numbers: Properties
    alerts: tuple[str, ...] = ()
    more: Mapping[str, str | float | int] = field(default_factory=dict)

    @property
    def values(self) -> tuple[str | float | int, ...]:
        """One for each of `HEADINGS`."""
        numbers = [getattr(self.numbers, name) for name in NUMBERS]
        return (self.smiles, self.seed, *(round(each, 3) for each in numbers), self.numbers.broken)


def found(written: str, seed: int) -> Found | None:
    """What a model wrote as a molecule; None where it is none."""
    smiles = canonical(written)
    numbers = None if smiles is None else properties(smiles)
    return None if smiles is None or numbers is None else Found(smiles, seed, numbers, alerts(smiles))


def as_smiles(molecules: Sequence[Found], name: str) -> bytes:
    """One line each: SMILES, and its name, which ends in its seed."""
    return "".join(f"{each.smiles} {name}-seed-{each.seed}\n" for each in molecules).encode()


def as_csv(molecules: Sequence[Found]) -> bytes:
    """A table of all numbers, the alerts, and what else is said of each."""
    more = list(dict.fromkeys(heading for each in molecules for heading in each.more))
    lines = io.StringIO()
    table = csv.writer(lines, lineterminator="\n")
    table.writerow([*HEADINGS, "alerts", *more])
    for each in molecules:
        table.writerow([*each.values, "; ".join(each.alerts), *(each.more.get(heading, "") for heading in more)])
    return lines.getvalue().encode()


def as_sdf(molecules: Sequence[Found], name: str, made_by: str) -> bytes:
    """Structures laid out in the plane with all numbers; each says what made it."""
    from rdkit import Chem
    from rdkit.Chem import rdDepictor

    lines = io.StringIO()
    writer = Chem.SDWriter(lines)
    for each in molecules:
        drawn = molecule(each.smiles)
        if drawn is None:
            continue
        rdDepictor.Compute2DCoords(drawn)
        drawn.SetProp("_Name", f"{name}-seed-{each.seed}")
        told = dict(zip(HEADINGS, each.values, strict=True)) | {"alerts": "; ".join(each.alerts) or "none"}
        for heading, value in (told | dict(each.more) | {"made by": made_by}).items():
            drawn.SetProp(heading, str(value))
        writer.write(drawn)
    writer.close()
    return lines.getvalue().encode()
