"""What left this machine: an append-only log of fingerprints, each line under the machine's key and holding the code of the one before it.

So a line can't be written by hand, changed, moved or taken out unseen; that the last ones were cut off is seen only by who
wrote down their code. It lies in GENMODELS_HOME/ledger.jsonl and holds no prompt and no picture, only hashes. Written once
for each content.

A line's "code" is the HMAC-SHA256 of all else in it under `keys.ledger_key`. Lines of before there was a key have a plain
"hash": they stay readable, as older entries that anybody with access to the home could have written, and count only where
they stand before the first line with a code, which seals them. What is damaged, out of order or not under the key is
counted and never matched.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import hmac
import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from genmodels.files import cannot_write, home, make_folder
from genmodels.kinds.image.fingerprint import SIGNS
from genmodels.kinds.text.fingerprint import KEPT
from genmodels.provenance.book import FIRST, Book, Entry
from genmodels.provenance.keys import ledger_key, ledger_key_at_hand, private

MOST_LINE = 20_000  # bytes; our own have under 3,000
SHA256, PRINT = re.compile(r"[0-9a-f]{64}"), re.compile(rf"[0-9a-f]{{{SIGNS // 2}}}")


def ledger_file() -> Path:
    """Where the ledger of this machine lies."""
    return home() / "ledger.jsonl"


def append(rows: Sequence[Entry]) -> int:
    """Enter rows of kind, sha256, print and claims, those whose content is new; gives how many were. All or none are written."""
    make_folder(home())
    key = ledger_key()
    with _locked() as file:
        found, new = book_of(ledger_file()), []
        before, known = found.last, set(found.seen)
        for row in rows:
            if row["sha256"] not in known:
                known.add(row["sha256"])
                entry = {"before": before, "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **row}
                before = _code(entry, key)
                new.append(json.dumps(entry | {"code": before}, ensure_ascii=False))
        if new:
            try:
                _write(file, ("\n".join(new) + "\n").encode())
            except OSError as error:
                raise cannot_write(ledger_file(), error) from error
    return len(new)


def _write(file: int, content: bytes) -> None:
    """All of it at the end of an open file, after a line break where the last line is torn, or nothing."""
    size = os.fstat(file).st_size
    content = (b"\n" if size and os.pread(file, 1, size - 1) != b"\n" else b"") + content
    try:
        while content:  # a disk that is nearly full takes less than it is given, without a word
            written = os.write(file, content)
            if not written:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            content = content[written:]
        os.fsync(file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.ftruncate(file, size)
        raise


def book() -> Book:
    """The ledger of this machine. It is only read: where there is none, or no key, nothing is made."""
    return book_of(ledger_file())


def book_of(file: Path) -> Book:
    """The ledger in a file, as far as the key at hand can judge it; an empty one where there is none."""
    try:
        if not file.is_file():
            return Book()
        found = file.stat()
        return _read(file, (found.st_ino, found.st_ctime_ns, found.st_mtime_ns, found.st_size), ledger_key_at_hand())
    except OSError as error:
        return Book(reason=f"the ledger can't be read ({error.strerror})")


@lru_cache(maxsize=2)
def _read(file: Path, changed: tuple[int, ...], key: bytes | None) -> Book:
    reading = Reading(key)
    with open(file, "rb") as opened:
        for line in _lines(opened):
            if line.strip(b"\0 \r\n"):
                reading.take(_parsed(line))
    return Book(reading.entries, reading.older, reading.damaged, reading.unread, reading.last)


def _lines(opened: BinaryIO) -> Iterator[bytes]:
    """Its lines; of one that is too long its beginning, which is no whole entry."""
    while line := opened.readline(MOST_LINE):
        yield line
        while len(line) == MOST_LINE and not line.endswith(b"\n"):
            line = opened.readline(MOST_LINE)


@dataclass
class Reading:
    """Line after line: does each follow from the one before, and under the key?"""

    key: bytes | None
    entries: list[Entry] = field(default_factory=list)
    older: list[Entry] = field(default_factory=list)
    damaged: int = 0
    unread: int = 0
    last: str = FIRST
    codes: set[str] = field(default_factory=set)

    def take(self, entry: Entry | None) -> None:
        """One more line; None where it is no whole entry."""
        if entry is not None and "code" in entry and self.key is None:
            self.unread += 1
            return
        kind, code = self._judged(entry)
        if entry is None or kind is None or code in self.codes:
            self.damaged += 1
            return
        if entry["before"] == self.last:
            kind.append(entry)
        else:
            self.damaged += 1  # one was taken out before it, or it stands elsewhere than it was written
        self.codes.add(code)
        self.last = code

    def _judged(self, entry: Entry | None) -> tuple[list[Entry] | None, str]:
        """Where a line belongs, if its code or hash is its own, and that code."""
        if entry is None:
            return None, ""
        if self.key is not None and "code" in entry:
            return (
                (self.entries, entry["code"])
                if hmac.compare_digest(entry["code"], _code(entry, self.key))
                else (None, "")
            )
        if "hash" in entry and not self.entries and not self.unread:
            return (self.older, entry["hash"]) if entry["hash"] == _hash(entry) else (None, "")
        return None, ""


def _parsed(line: bytes) -> Entry | None:
    """An entry whose fields are of the kind that ours are; None for anything else."""
    try:
        entry = json.loads(line) if len(line) < MOST_LINE else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(entry, dict):
        return None
    said = [entry.get(name, "") for name in ("time", "kind", "model", "seed")]
    codes = [entry[name] for name in ("code", "hash", "before", "sha256") if name in entry]
    whole = (
        all(isinstance(value, str) for value in said)
        and all(isinstance(code, str) and SHA256.fullmatch(code) for code in codes)
        and {"before", "sha256"} <= entry.keys()
        and ("code" in entry) != ("hash" in entry)
        and all(_is_print(entry.get(name, "")) for name in ("print", "begun"))
        and len(entry) <= 20
    )
    return entry if whole else None


def _is_print(value: object) -> bool:
    if isinstance(value, list):
        return len(value) <= KEPT and all(type(each) is int and 0 <= each < 2**60 for each in value)
    return isinstance(value, str) and (not value or PRINT.fullmatch(value) is not None)


def _code(entry: Entry, key: bytes) -> str:
    return hmac.new(key, _content(entry), hashlib.sha256).hexdigest()


def _hash(entry: Entry) -> str:
    return hashlib.sha256(_content(entry)).hexdigest()


def _content(entry: Entry) -> bytes:
    rest = {name: value for name, value in entry.items() if name not in ("hash", "code")}
    return json.dumps(rest, sort_keys=True, ensure_ascii=False).encode(errors="replace")


@contextlib.contextmanager
def _locked() -> Iterator[int]:
    try:
        file = os.open(ledger_file(), os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError as error:
        raise cannot_write(ledger_file(), error) from error
    try:
        private(ledger_file())
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)
