"""A user's own text: one .txt, checked, and kept under the home folder.

An imported text is `data/<token>/` with `text.txt` (UTF-8, lines end in a newline) and `text.json` (title, licence,
characters, SHA-256). Names from outside are shown, never used as paths.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from genmodels.files import write_atomically
from genmodels.intake.own_sets import OwnSets
from genmodels.intake.texts import read_text as foreign_text
from genmodels.printable import printable
from genmodels.refusal import Refusal

LARGEST = 20_000_000  # bytes
SHORTEST = 1000  # characters: a tenth of it is held out
MOST_CONTROL = 0.01  # of the characters: more of them are no text but another kind of file
SETS = OwnSets("text.json", "imported text", "imported text", "text")
CONTROL = {code: None for code in [*range(32), 127, *range(128, 160)] if chr(code) not in "\t\n"}  # a form feed too


@dataclass(frozen=True)
class Read:
    """A text as it would be kept: its lines end in a newline, `removed` control characters are gone; what it was saved in."""

    text: str
    removed: int
    encoding: str


def paragraphs(text: str) -> list[str]:
    """What stands between blank lines."""
    return [part for part in (part.strip() for part in re.split(r"\n[^\S\n]*\n", text)) if part]


def preview_text(source: Path | BinaryIO) -> dict[str, Any]:
    """What an import would keep, writing nothing; ready for JSON.

    {"characters", "symbols", "lines", "paragraphs", "removed", "beginning" (2,000 characters)}. Raises `Refusal` where
    the import would be refused.
    """
    read = _read(source)
    return _about(read) | {"beginning": read.text[:2000]}


def import_text(source: Path | BinaryIO, name: str, *, licence: str = "not stated") -> str:
    """Keep a text; returns the token by which the data set `text` finds it.

    Raises `Refusal` for a file over 20 MB, that holds other than text, or
    is shorter than 1,000 characters, and where the disk is full or read-only; then nothing is left behind.
    """
    read = _read(source)
    content = read.text.encode()
    index = {
        "title": printable(name) or "text",
        "licence": printable(licence),
        "sha256": hashlib.sha256(content).hexdigest(),
    }

    def fill(folder: Path) -> dict[str, Any]:
        write_atomically(folder / "text.txt", content)
        return index | _about(read)

    return SETS.keep(name, fill)


def imported_texts() -> list[dict[str, Any]]:
    """The imported texts by title: {"token", "title", "characters"} each; a damaged one is left out."""
    return [
        {"token": token, "title": index["title"], "characters": index["characters"]}
        for token, index in SETS.readable(read_text_index)
    ]


def read_text_index(token: str) -> dict[str, Any]:
    """The index of an imported text; raises `Refusal` for an unknown token or a damaged index."""
    return SETS.read(token, _sound)


def _sound(index: dict[str, Any]) -> dict[str, Any]:
    index = {"encoding": "UTF-8"} | index  # the only one that was read before
    kinds = {"title": str, "licence": str, "sha256": str, "characters": int, "encoding": str}
    return {name: kind(index[name]) for name, kind in kinds.items()}


def read_text(token: str) -> str:
    """An imported text as it was kept; raises `Refusal` where it is missing or changed."""
    digest = read_text_index(token)["sha256"]
    file = SETS.folder(token) / "text.txt"
    content = file.read_bytes() if file.is_file() and file.stat().st_size <= 2 * LARGEST else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise Refusal(f"The text of {token} is missing or changed; import it again.")
    return content.decode()


def _read(source: Path | BinaryIO) -> Read:
    """The text of a file, checked: size before reading, encoding, control characters, length."""
    if isinstance(source, Path):
        if not source.is_file():
            raise Refusal(f"{printable(str(source))} is no file; give a text.")
        with open(source, "rb") as file:
            return _read(file)
    source.seek(0, os.SEEK_END)
    if (size := source.tell()) > LARGEST:
        raise Refusal(
            f"The text is {size / 1e6:.1f} MB; at most {LARGEST / 1e6:.0f} MB are read, so give a part of it."
        )
    source.seek(0)
    content = source.read(LARGEST + 1)[: LARGEST + 1]
    found = foreign_text(content, "The text")
    text = re.sub(r"\r\n|\r|\u2028|\u2029|\x85|\x0b|\x0c", "\n", found.text)
    kept = text.translate(CONTROL)
    removed = len(text) - len(kept)
    if removed > MOST_CONTROL * len(text):
        raise Refusal(
            f"{removed:,} of {len(text):,} characters are null bytes or control characters; this is no text, so give a .txt."
        )
    if len(kept.strip()) < SHORTEST:
        raise Refusal(f"The text has {len(kept.strip()):,} characters; give at least {SHORTEST:,}.")
    return Read(kept, removed, found.encoding + (", its last character cut off" if found.cut else ""))


def _about(read: Read) -> dict[str, Any]:
    text = read.text
    return {
        "characters": len(text),
        "symbols": len(set(text)),
        "lines": text.count("\n") + 1,
        "paragraphs": len(paragraphs(text)),
        "removed": read.removed,
        "encoding": read.encoding,
    }
