"""The seal of a report: a signed statement about its SHA-256, carried in the file itself, so that it opens as before and breaks when it is changed.

Two hashes stand in it. `findings_sha256` is of the findings alone, as canonical JSON (keys sorted, no spaces, UTF-8, null for what is no
finite number) of the audit without what is only beside it (`ASIDE`); it is the same in the HTML, the JSON and the model card of one audit
and stands in their text. `sha256` is of the file: of HTML and Markdown all bytes before the seal, which is a comment at their end; of
JSON its canonical form without `seal`. Where nothing can be signed the statement stands alone and says so.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from genmodels.files import Unreadable, parsed
from genmodels.printable import printable
from genmodels.provenance.credentials import Manifest
from genmodels.provenance.sidecar import read_sidecar
from genmodels.review.document_values import finite

MARK, END = b"\n<!-- genmodels-seal ", b" -->\n"
SEAL = "seal"
ASIDE = (
    SEAL,
    "spent",
    "versions",
    "audited",
    "review",
    "read",
)  # of a document: how it came about, and what was said later
HOW = f"canonical JSON (keys sorted, no spaces, UTF-8) of all that was found, without {', '.join(ASIDE)}"
MOST_SEAL = 40_000  # bytes


@dataclass(frozen=True)
class Sealed:
    """A file that carries a seal: what of it is hashed, the statement, and what is wrong with how it is carried ("" where nothing is)."""

    form: str  # HTML, Markdown or JSON
    hashed: bytes
    statement: Any
    wrong: str = ""

    def manifest(self) -> Manifest:
        """What the seal says of the file: "whole" or "broken", and who signed."""
        if self.wrong:
            return Manifest("broken", "unknown", "", reason=self.wrong)
        return read_sidecar(self.statement, self.hashed)

    def said(self, name: str) -> str:
        """A part of the statement as one line; believe it only where `manifest` is whole."""
        said = self.statement.get("statement") if isinstance(self.statement, dict) else None
        return printable(str(said.get(name, "")), 120) if isinstance(said, dict) else ""


def canonical(document: object) -> bytes:
    """The one way in which a document is written where it is hashed."""
    text = json.dumps(finite(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return text.encode(errors="replace")


def digest_of(document: Mapping[str, Any]) -> str:
    """SHA-256 of the findings of an audit, hexadecimal."""
    found = {name: value for name, value in document.items() if name not in ASIDE}
    return hashlib.sha256(canonical(found)).hexdigest()


def read_seal(content: bytes) -> Sealed | None:
    """What a file carries as its seal; None for a file without one."""
    if MARK in content:
        return _of_page(content)
    if content.lstrip()[:1] != b"{" or f'"{SEAL}"'.encode() not in content:
        return None
    try:
        document = parsed(content)
    except Unreadable:
        return None
    if not isinstance(document, dict) or not isinstance(document.get(SEAL), dict):
        return None
    hashed = canonical({name: value for name, value in document.items() if name != SEAL})
    return Sealed("JSON", hashed, document[SEAL], "a name stands twice in it" if _twice(content) else "")


def _of_page(content: bytes) -> Sealed:
    hashed, _, rest = content.rpartition(MARK)
    form = "HTML" if hashed.lstrip()[:9].lower() == b"<!doctype" else "Markdown"
    seal, end, behind = rest.partition(END.rstrip())
    wrong = "" if end and not behind.strip() else "something was put behind its seal, or it was cut"
    try:
        statement = parsed(base64.b64decode(seal[:MOST_SEAL], validate=True))
    except (Unreadable, binascii.Error, ValueError):
        return Sealed(form, hashed, None, wrong or "its seal is damaged")
    return Sealed(form, hashed, statement, wrong)


def _twice(content: bytes) -> bool:
    """Whether an object holds a name twice: whoever reads the first and whoever reads the last would see two reports."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) < len(pairs):
            raise LookupError
        return dict(pairs)

    try:
        json.loads(content, object_pairs_hook=once)
    except LookupError:
        return True
    return False


def of_seal(reason: str) -> str:
    """What is wrong with a statement, said of one that is carried in the file itself."""
    said = reason.replace("the sidecar is about another content", "its content is not the one that was sealed")
    return said.replace("the sidecar's", "its seal's").replace("the sidecar", "its seal")


def broken_seal(content: bytes) -> str:
    """Why the seal in a file does not hold; "" where it holds, and where there is none."""
    found = read_seal(content)
    if found is None:
        return ""
    manifest = found.manifest()
    if manifest.state == "whole" or unsigned_but_whole(found):
        return ""
    return of_seal(manifest.reason)


def broken_document(document: Mapping[str, Any]) -> str:
    """Why the seal of an audit does not hold, read from its file before (without the decisions that were put beside it)."""
    plain = {name: value for name, value in document.items() if name != "review"}
    return broken_seal(json.dumps(plain, ensure_ascii=False).encode(errors="replace")) if SEAL in plain else ""


def unsigned_but_whole(found: Sealed) -> bool:
    """Whether nobody signed, and yet its hash is that of the file."""
    statement = found.statement if isinstance(found.statement, dict) else {}
    said = statement.get("statement")
    is_hash = isinstance(said, dict) and said.get("sha256") == hashlib.sha256(found.hashed).hexdigest()
    return not found.wrong and "unsigned" in statement and "signature" not in statement and is_hash
