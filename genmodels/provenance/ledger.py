"""What left this machine: an append-only log of fingerprints, each line holding the hash of the one before it.

So a line can't be changed or taken out unseen; that the last ones were cut off is seen only by who wrote down their hash.
It lies in GENMODELS_HOME/ledger.jsonl and holds no prompt and no picture, only hashes. Written once for each content.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from genmodels.files import cannot_write, home, make_folder
from genmodels.provenance.fingerprints import SIGNS, distances, shingles, signs_of

NEAR = 0.1  # by which a picture may differ from one in the ledger
SHARED = 0.25  # share of an entry's shingles that a text has to hold
LEAST_SHINGLES = 5
FIRST = "0" * 64


@dataclass(frozen=True)
class Match:
    """The entry of the ledger that is nearest: `exact`: the very bytes; `distance`: 0 where all is alike."""

    entry: Mapping[str, Any]
    exact: bool
    distance: float


@dataclass
class Book:
    """The ledger as read: its whole lines, and how many were damaged or do not follow from the one before."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    damaged: int = 0
    last: str = FIRST

    def __post_init__(self) -> None:
        self.seen = {entry["sha256"] for entry in self.entries}
        pictures = [i for i, entry in enumerate(self.entries) if isinstance(entry.get("print"), str) and len(entry["print"]) == SIGNS // 2]
        self.pictures = np.array(pictures, int)
        self.signs = np.array([signs_of(self.entries[i]["print"]) for i in pictures], np.int8).reshape(-1, SIGNS)

    def picture(self, fingerprint: str, sha256: str = "") -> Match | None:
        """The entry of the same bytes, or of the picture nearest to this one within `NEAR`."""
        if exact := self._same(sha256):
            return exact
        if not len(self.pictures):
            return None
        apart = distances(fingerprint, self.signs)
        best = int(apart.argmin())
        return Match(self.entries[self.pictures[best]], False, float(apart[best])) if apart[best] <= NEAR else None

    def text(self, text: str, sha256: str = "") -> Match | None:
        """The entry of the same bytes, or of the text of which this one holds most."""
        if exact := self._same(sha256):
            return exact
        own, best = shingles(text), None
        for entry in self.entries:
            kept = entry.get("print")
            if isinstance(kept, list) and len(kept) >= LEAST_SHINGLES:
                held = sum(shingle in own for shingle in kept)
                if held >= LEAST_SHINGLES and held >= SHARED * len(kept) and (best is None or 1 - held / len(kept) < best.distance):
                    best = Match(entry, False, 1 - held / len(kept))
        return best

    def _same(self, sha256: str) -> Match | None:
        entry = next((entry for entry in self.entries if entry["sha256"] == sha256), None) if sha256 and sha256 in self.seen else None
        return Match(entry, True, 0.0) if entry else None


def ledger_file() -> Path:
    return home() / "ledger.jsonl"


def append(rows: Sequence[Mapping[str, Any]]) -> int:
    """Enter rows of kind, sha256, print and claims, those whose content is new; gives how many were. All or none are written."""
    make_folder(home())
    with _locked() as file:
        book, new, before = book_of(ledger_file()), [], ""
        before = book.last
        known = set(book.seen)
        for row in rows:
            if row["sha256"] not in known:
                known.add(row["sha256"])
                entry = {"before": before, "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **row}
                before = _hash(entry)
                new.append(json.dumps(entry | {"hash": before}, ensure_ascii=False))
        if new:
            torn = ledger_file().stat().st_size and not ledger_file().read_bytes().endswith(b"\n")
            try:
                os.write(file, (("\n" if torn else "") + "\n".join(new) + "\n").encode())
                os.fsync(file)
            except OSError as error:
                raise cannot_write(ledger_file(), error) from error
    return len(new)


def book() -> Book:
    """The ledger of this machine."""
    return book_of(ledger_file())


def book_of(file: Path) -> Book:
    """The ledger in a file; an empty one where there is none."""
    if not file.is_file():
        return Book()
    found = file.stat()
    return _read(file, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=2)
def _read(file: Path, changed: int, size: int) -> Book:
    entries, damaged, last = [], 0, FIRST
    for line in file.read_bytes().split(b"\n"):
        if not line.strip(b"\0 \r"):
            continue
        try:
            entry = json.loads(line)
            whole = isinstance(entry, dict) and entry["hash"] == _hash(entry) and isinstance(entry["sha256"], str)
        except (ValueError, KeyError, TypeError):
            whole, entry = False, None
        if not whole or not entry or entry["before"] != last:
            damaged += 1
        if whole and entry:
            entries.append(entry)
            last = entry["hash"]
    return Book(entries, damaged, last)


def _hash(entry: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in entry.items() if name != "hash"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@contextlib.contextmanager
def _locked() -> Iterator[int]:
    try:
        file = os.open(ledger_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError as error:
        raise cannot_write(ledger_file(), error) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)
