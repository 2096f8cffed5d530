"""A user's own molecules: a .smi, .csv or .sdf, read in a caged process, checked, and kept under the home folder.

An imported set is `data/<token>/` with `molecules.smi` (canonical SMILES, one a line) and `molecules.json` (title, licence,
counts, SHA-256). Names from outside are shown, never used as paths.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from genmodels.files import write_atomically
from genmodels.intake.molecule_file import FILE, FORMS, LARGEST
from genmodels.intake.own_sets import OwnSets
from genmodels.jobs import sandbox
from genmodels.printable import printable
from genmodels.refusal import Refusal

FEWEST = 100  # molecules
MEMORY, SECONDS = 3 << 30, 600
SETS = OwnSets("molecules.json", "imported set of molecules", "imported set of molecules", "molecules")


@dataclass(frozen=True)
class Read:
    """Molecules as they would be kept, and how many entries of the file were left out, by reason."""

    smiles: tuple[str, ...]
    left_out: dict[str, int]


def preview_molecules(source: Path | BinaryIO, name: str) -> dict[str, Any]:
    """What an import would keep, writing nothing: {"molecules", "left_out" (reason to count), "first" (12 SMILES)}.

    `name` is that of the file, whose ending says how it is read. Raises `Refusal` where the import would be refused.
    """
    read = _read(source, name)
    return _about(read) | {"first": list(read.smiles[:12])}


def import_molecules(source: Path | BinaryIO, name: str, *, title: str = "", licence: str = "not stated") -> str:
    """Keep molecules; returns the token by which the data set `own-molecules` finds them.

    Raises `Refusal` for a file over 400 MB, of another kind, that breaks the process that reads it or takes it longer than ten
    minutes, with fewer than 100 different molecules, and where the disk is full; then nothing is left behind.
    """
    read = _read(source, name)
    content = "".join(f"{each}\n" for each in read.smiles).encode()
    index = {
        "title": printable(title or Path(name).stem) or "molecules",
        "licence": printable(licence),
        "sha256": hashlib.sha256(content).hexdigest(),
    }

    def fill(folder: Path) -> dict[str, Any]:
        write_atomically(folder / "molecules.smi", content)
        return index | _about(read)

    return SETS.keep(title or Path(name).stem, fill)


def imported_molecules() -> list[dict[str, Any]]:
    """The imported sets by title: {"token", "title", "molecules"} each; a damaged one is left out."""
    return [
        {"token": token, "title": index["title"], "molecules": index["molecules"]}
        for token, index in SETS.readable(read_molecules_index)
    ]


def read_molecules_index(token: str) -> dict[str, Any]:
    """The index of an imported set; raises `Refusal` for an unknown token or a damaged index."""
    return SETS.read(token, _sound)


def _sound(index: dict[str, Any]) -> dict[str, Any]:
    kinds = {"title": str, "licence": str, "sha256": str, "molecules": int}
    left_out = {str(reason): int(count) for reason, count in dict(index["left_out"]).items()}
    return {name: kind(index[name]) for name, kind in kinds.items()} | {"left_out": left_out}


def read_molecules(token: str) -> list[str]:
    """The molecules of an imported set as they were kept; raises `Refusal` where they are missing or changed."""
    digest = read_molecules_index(token)["sha256"]
    file = SETS.folder(token) / "molecules.smi"
    content = file.read_bytes() if file.is_file() and file.stat().st_size <= LARGEST else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise Refusal(f"The molecules of {token} are missing or changed; import them again.")
    return content.decode().split()


def is_molecules(file: Path) -> bool:
    """Is it by its name a file of molecules, or a table with a column of SMILES?"""
    form = FORMS.get(file.suffix.lower())
    if form != "table":
        return form is not None and file.suffix.lower() != ".txt"
    with file.open("rb") as opened:
        return b"smiles" in opened.readline(2000).lower()


def _read(source: Path | BinaryIO, name: str) -> Read:
    """The molecules of a file, read in a caged process."""
    form = FORMS.get(Path(name).suffix.lower())
    if form is None:
        raise Refusal(f"{printable(name, 80)!r} is no .smi, .csv or .sdf; give molecules in one of these.")
    shown = printable(Path(name).name, 60)
    with sandbox.scratch() as folder:
        size = _handed_in(source, folder / sandbox.GIVEN / FILE, shown)
        if size == 0:
            raise Refusal(f"{shown} is empty; give a file with molecules in it.")
        found = sandbox.run(
            "genmodels.intake.molecule_file:read",
            folder,
            what=shown,
            arguments={"name": shown, "form": form},
            expected={"told": "u"},
            limits=sandbox.Limits(memory=MEMORY, seconds=SECONDS, cpu_seconds=SECONDS),
        )
    told = json.loads(found["told"].tobytes())
    read = Read(tuple(told["smiles"]), told["left_out"])
    if len(read.smiles) < FEWEST:
        said = f" Left out: {left_out_told(read.left_out)}." if read.left_out else ""
        raise Refusal(f"{shown} has {len(read.smiles):,} different molecules; give at least {FEWEST}.{said}")
    return read


def left_out_told(left_out: dict[str, int]) -> str:
    """How many entries were left out, by reason, the most frequent first."""
    return "; ".join(f"{count:,} {reason}" for reason, count in sorted(left_out.items(), key=lambda each: -each[1]))


def _handed_in(source: Path | BinaryIO, target: Path, shown: str) -> int:
    """Copy a file to where the child reads it; its size. What is too large is refused before it is read."""
    if isinstance(source, Path) and not source.is_file():
        raise Refusal(f"{shown} is no file; give a .smi, .csv or .sdf.")
    size = source.stat().st_size if isinstance(source, Path) else source.seek(0, os.SEEK_END)
    if size > LARGEST:
        raise Refusal(
            f"{shown} has {size / 1e6:.0f} MB; at most {LARGEST // 1_000_000} MB are read, so give a part of it."
        )
    if not isinstance(source, Path):
        source.seek(0)
    write_atomically(target, source.read_bytes() if isinstance(source, Path) else source.read(LARGEST))
    return size


def _about(read: Read) -> dict[str, Any]:
    return {"molecules": len(read.smiles), "left_out": read.left_out}
