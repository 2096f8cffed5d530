"""Many foreign pictures at once: a folder or zip of any size, each opened safely and kept as a small copy.

A picture is decoded once, by all cores; what is kept of it is 64 x 64 pixels (12 kB), so 50,000 take 600 MB. Where its prompt
stands is found too: in the file itself, in a text of its name, or in a table beside it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import numpy as np
from PIL import Image

from genmodels.intake.archives import ArchiveRefused, Bounds, members
from genmodels.intake.captions_table import CAPTION, FILE
from genmodels.intake.names import found, plain
from genmodels.intake.records import Record, read_records
from genmodels.intake.texts import read_text
from genmodels.intake.told_in_pictures import LONGEST, NOTHING, Told, told_in
from genmodels.kinds.image.files import open_picture
from genmodels.printable import printable
from genmodels.refusal import Refusal

BOUNDS = Bounds(members=60_000, total=64_000_000_000)
SIDE = 64  # pixels of the small copy that is kept
TABLES = (".csv", ".tsv", ".jsonl", ".parquet")
LARGEST_TEXT = 100_000  # bytes of a caption beside a picture
TOGETHER = 64  # pictures that are decoded at once
NAMES_OF_TABLES = ("captions", "metadata", "prompts")  # what a table beside pictures may be called

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class LeftOut:
    """A file or line that is not among the outputs, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Pictures:
    """n pictures: their names, what was told of each, small copies uint8 (n, 64, 64, 3), sizes (n, 2) and SHA-256."""

    names: tuple[str, ...]
    told: tuple[Told, ...]
    rows: tuple[Mapping[str, str], ...]  # the line of a table about each, {} where there is none
    small: np.ndarray
    sizes: np.ndarray
    sha256: tuple[str, ...]
    left_out: tuple[LeftOut, ...]

    def __len__(self) -> int:
        return len(self.names)

    def take(self, index: np.ndarray) -> Pictures:
        """The pictures at `index`, in that order; what was left out stays."""
        chosen = [int(i) for i in index]
        return Pictures(
            tuple(self.names[i] for i in chosen),
            tuple(self.told[i] for i in chosen),
            tuple(self.rows[i] for i in chosen),
            self.small[index],
            self.sizes[index],
            tuple(self.sha256[i] for i in chosen),
            self.left_out,
        )


@dataclass
class _Beside:
    """What lies beside pictures: texts by the name of their picture, and tables with where they lie."""

    texts: dict[str, str] = field(default_factory=dict)
    tables: list[tuple[str, Sequence[Record]]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)  # lines of tables that can't be read


@dataclass(frozen=True)
class _Seen:
    small: np.ndarray
    size: tuple[int, int]
    sha256: str
    told: Told


def read_pictures(
    source: Path | BinaryIO, report: Report = lambda what, done, of: None, what: str = "pictures"
) -> Pictures:
    """Every picture of a folder or zip that can be read, in the order of names; the others are named in `left_out`.

    Prompts: of a table (`captions`, `metadata` or `prompts`, with a column file_name), else of a .txt of the picture's
    name, else of the file itself. Raises `Refusal` where there is no picture, and for a folder or zip beyond `BOUNDS`.
    """
    names, seen, left_out, beside = list[str](), list[_Seen](), list[LeftOut](), _Beside()
    files = list(members(source, BOUNDS)) if isinstance(source, Path) and source.is_dir() else members(source, BOUNDS)
    of = len(files) if isinstance(files, list) else 0
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for number, (name, looked) in enumerate(_looked_at(files, beside, pool)):
            report(what, number, max(of, number))
            if isinstance(looked, _Seen):
                names.append(name)
                seen.append(looked)
            else:
                left_out.append(LeftOut(printable(name), looked))
    if not seen:
        first = f" The first: {left_out[0].reason}" if left_out else ""
        raise Refusal(
            f"None of the {len(left_out):,} files is a picture that can be read; give PNG, JPEG, WebP, GIF or BMP files.{first}"
        )
    rows, unmatched = _rows(beside, names)
    told = tuple(
        _prompt(each.told, row, beside.texts.get(_stem(name), ""))
        for each, row, name in zip(seen, rows, names, strict=True)
    )
    return Pictures(
        tuple(printable(name, 300) for name in names),
        told,
        rows,
        np.stack([each.small for each in seen]),
        np.array([each.size for each in seen]),
        tuple(each.sha256 for each in seen),
        (*left_out, *beside.left_out, *unmatched),
    )


def _looked_at(files: object, beside: _Beside, pool: ThreadPoolExecutor) -> Iterator[tuple[str, _Seen | str]]:
    """Each picture by name: what was seen of it, or why it can't be read; a few are decoded at once, in their order."""
    waiting: list[tuple[str, bytes | str]] = []

    def done() -> Iterator[tuple[str, _Seen | str]]:
        yield from zip((name for name, _ in waiting), pool.map(_look, *zip(*waiting, strict=True)), strict=True)
        waiting.clear()

    for name, read in files:  # type: ignore[attr-defined]
        try:
            content = read()
        except ArchiveRefused:
            raise
        except Refusal as refusal:
            waiting.append((name, str(refusal)))
        else:
            if not _is_beside(name, content, beside):
                waiting.append((name, content))
        if len(waiting) >= TOGETHER:
            yield from done()
    if waiting:
        yield from done()


def _look(name: str, content: bytes | str) -> _Seen | str:
    """A picture decoded and made small; the reason where it can't be."""
    if isinstance(content, str):
        return content
    try:
        picture = open_picture(content, name)
    except Refusal as refusal:
        return str(refusal)
    small = picture.resize(
        (SIDE, SIDE), Image.Resampling.BOX if min(picture.size) >= SIDE else Image.Resampling.BILINEAR
    )
    return _Seen(np.asarray(small.convert("RGB")), picture.size, hashlib.sha256(content).hexdigest(), told_in(content))


def _is_beside(name: str, content: bytes, beside: _Beside) -> bool:
    """Whether the file is no picture but says something of pictures; then it is kept aside."""
    path = PurePosixPath(name)
    ending, stem = path.suffix.lower(), path.stem.lower()
    if ending == ".txt" and len(content) <= LARGEST_TEXT:
        beside.texts[_stem(name)] = printable(read_text(content, name).text, LONGEST).strip()
        return True
    if ending in TABLES and stem in NAMES_OF_TABLES:
        folder = path.parent.as_posix()
        read = read_records(content, name)
        beside.tables.append(("" if folder == "." else folder, read.records))
        beside.left_out += [LeftOut(f"{printable(name)}, line {line}", reason) for line, reason in read.left_out]
        return True
    return False


def _rows(beside: _Beside, names: Sequence[str]) -> tuple[tuple[Mapping[str, str], ...], list[LeftOut]]:
    """The line of a table about each picture, and the lines that are about none."""
    rows: list[Mapping[str, str]] = [{} for _ in names]
    unmatched = []
    for folder, records in beside.tables:
        told = [next((each.cells[key] for key in FILE if each.cells.get(key)), "") for each in records]
        for record, name, place in zip(records, told, found(told, names, folder), strict=True):
            if place is None:
                unmatched.append(
                    LeftOut(printable(name) or f"line {record.line}", "the table names it and no such picture is there")
                )
            else:
                rows[place] = record.cells
    return tuple(rows), unmatched


def _prompt(told: Told, row: Mapping[str, str], text: str) -> Told:
    """What is told of a picture: a table goes before a text beside it, and that before what the file says."""
    prompt = next((row[key] for key in ("prompt", *CAPTION) if row.get(key)), "") or text or told.prompt
    seed = row.get("seed", "")
    return (
        Told(
            printable(prompt, LONGEST).strip(),
            int(seed) if seed.isdecimal() and len(seed) < 20 else told.seed,
            told.settings,
            told.tool,
        )
        if prompt or seed
        else told or NOTHING
    )


def _stem(name: str) -> str:
    return plain(name).rpartition(".")[0].casefold()
