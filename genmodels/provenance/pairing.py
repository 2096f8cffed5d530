"""Which signed statement goes with which text: by the hash that it is about, else by the name beside it."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from genmodels.printable import printable
from genmodels.provenance.marking import SIDECAR
from genmodels.refusal import Refusal

Content = bytes | Callable[[], bytes]  # of a file, or what reads it
MOST_STATEMENT = 1_000_000  # bytes
SIGNS = (b'"statement"', b'"signature"', b'"certificates"')


@dataclass
class Statements:
    """The statements among the files, each with its name, the hash that it is about, and whether a file was found for it."""

    known: list[tuple[str, bytes, str]]
    taken: set[int] = field(default_factory=set)

    def of(self, name: str, hashes: Sequence[str]) -> bytes | None:
        """The statement about one of these hashes, of several the one named after the file; else the one named after it."""
        by_hash = [i for i, (_, _, about) in enumerate(self.known) if about in hashes]
        by_name = [i for i, (own, _, _) in enumerate(self.known) if own == name + SIDECAR]
        best = [i for i in by_hash if i in by_name] or by_hash or [i for i in by_name if i not in self.taken] or by_name
        self.taken.update(best[:1], by_hash)
        return self.known[best[0]][1] if best else None

    def left(self) -> list[str]:
        """The names of those that no file was found for."""
        return [name for i, (name, _, _) in enumerate(self.known) if i not in self.taken]


def divided(files: Sequence[tuple[str, Content]]) -> tuple[Statements, list[int]]:
    """The statements among the files, known by their ending or by what they hold, and which are the other files."""
    statements, others = [], []
    for number, (name, content) in enumerate(files):
        named = name.endswith(SIDECAR)
        try:
            read = content_of(content, name) if named or name.lower().endswith(".json") else b""
        except Refusal:
            others.append(number)  # and says there why it can't be read
            continue
        signed = len(read) <= MOST_STATEMENT and all(sign in read for sign in SIGNS)
        if named or (signed and opened_record(read) is None and not has_seal(read)):
            statements.append((name, read, about(read)))
        else:
            others.append(number)
    return Statements(statements), others


def about(statement: bytes) -> str:
    """The SHA-256 that a statement is about; "" where it says none."""
    try:
        document: Any = json.loads(statement[:MOST_STATEMENT])
        return str(document["statement"]["sha256"])
    except (ValueError, RecursionError, KeyError, TypeError):
        return ""


def opened_record(content: bytes) -> tuple[bytes, bytes] | None:
    """The text and the statement of a record (`way_out.record`), which holds both; None for any other file."""
    if len(content) > MOST_STATEMENT or not all(sign in content for sign in SIGNS):
        return None
    try:
        document: Any = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("text"), str):
        return None
    return document["text"].encode(errors="replace"), json.dumps(document.get("provenance")).encode()


def has_seal(content: bytes) -> bool:
    """Whether it is JSON that carries a statement about itself, as a report does: its seal."""
    try:
        document: Any = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and isinstance(document.get("seal"), dict) and "statement" not in document


def content_of(content: Content, name: str) -> bytes:
    """The bytes of a file; raises `Refusal` where it can't be read."""
    if isinstance(content, bytes):
        return content
    try:
        return content()
    except (OSError, ValueError) as error:
        if isinstance(error, Refusal):
            raise
        raise Refusal(
            f"{printable(name)} can't be read ({getattr(error, 'strerror', '') or type(error).__name__}); check the path and that you may read it."
        ) from None


def shown(names: Sequence[str]) -> list[str]:
    """The names of files without their folders where that is clear, else as they are."""
    bare = [Path(name).name or name for name in names]
    count = Counter(bare)
    return [short if count[short] == 1 else name for short, name in zip(bare, names, strict=True)]


def alone(name: str) -> str:
    """What is said of a statement whose file is not there."""
    short = Path(name).name
    of = short.removesuffix(SIDECAR) if short.endswith(SIDECAR) else "the text it is about"
    return f"{printable(short)} is a signed statement about a text, and that text is not here; give it too: {printable(of)}."


def read_paths(paths: Sequence[Path], most_bytes: int) -> list[tuple[str, Content]]:
    """The files at these paths, of folders those in them, and beside each its statement; each is read when it is asked for.

    Hidden files, links and folders within folders are left out.
    """
    found: dict[str, Content] = {}
    for path in paths:
        for each in _in_folder(path) or [path]:
            beside = Path(str(each) + SIDECAR)
            for file in (each, beside) if os.path.isfile(beside) else (each,):
                found.setdefault(str(file), partial(_read, file, most_bytes))
    return list(found.items())


def _in_folder(folder: Path) -> list[Path]:
    try:
        return sorted(
            each
            for each in folder.iterdir()
            if each.is_file() and not each.is_symlink() and not each.name.startswith(".")
        )
    except (OSError, ValueError):
        return []  # no folder, or one that says so when it is read


def _read(file: Path, most: int) -> bytes:
    if os.path.isdir(file):
        raise Refusal(
            f"{printable(str(file))} is a folder without a file that can be checked; name a file, or a folder that holds some."
        )
    if os.path.exists(file) and not os.path.isfile(file):
        raise Refusal(f"{printable(str(file))} is no file but a device or a pipe; name a file.")
    with open(file, "rb") as opened:
        return opened.read(most + 1)
