"""Reports on their way out: sealed, signed where that can be, and entered in the ledger (what is hashed: `report_seal`)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from genmodels.printable import printable
from genmodels.provenance import way_out
from genmodels.refusal import Refusal
from genmodels.review.document_values import finite
from genmodels.review.report import report
from genmodels.review.report_seal import END, HOW, MARK, SEAL, broken_document, canonical, digest_of


def sealed_report(document: Mapping[str, Any], form: str = "html") -> way_out.Marked:
    """The report of a run or an audit as `html`, `json` or `md`, sealed, signed where that can be, and entered in the ledger.

    Raises `Refusal` for an audit that was changed since it was sealed: nothing of it gets a new seal.
    """
    if why := broken_document(document):
        raise Refusal(f"This audit was changed since it was sealed ({why}); audit again.")
    document = {name: value for name, value in document.items() if name != SEAL}
    findings, subject = digest_of(document), printable(str(document.get("subject") or document.get("run") or ""), 200)
    if form == "json":
        return sealed_document(document)[1]
    text = report(document | {"findings_sha256": findings, "hashed": HOW}, form).encode(errors="replace")

    def join(statement: Mapping[str, Any]) -> bytes:
        return text + MARK + base64.b64encode(json.dumps(statement).encode()) + END

    return _signed(text, findings, subject, join)


def sealed_document(document: Mapping[str, Any]) -> tuple[dict[str, Any], way_out.Marked]:
    """The document of an audit with its `seal`, and the file of it as JSON, entered in the ledger."""
    bare = finite({name: value for name, value in document.items() if name != SEAL})
    plain = json.loads(json.dumps(bare, ensure_ascii=False, default=str).encode(errors="replace"))  # as it will be read
    found = dict[str, Any]()

    def join(statement: Mapping[str, Any]) -> bytes:
        found.update(plain | {SEAL: dict(statement)})
        return json.dumps(found, indent=1, ensure_ascii=False).encode(errors="replace")

    subject = printable(str(plain.get("subject") or plain.get("run") or ""), 200)
    return found, _signed(canonical(plain), digest_of(plain), subject, join)


def _signed(hashed: bytes, findings: str, subject: str, join: Callable[[Mapping[str, Any]], bytes]) -> way_out.Marked:
    """The file with its signed seal; where the keys or the ledger can't be written, with one that says so."""
    try:
        return way_out.report(hashed, findings, subject, join)
    except Refusal as refusal:
        said = {"what": "report", "subject": subject, "findings_sha256": findings}
        statement = said | {"sha256": hashlib.sha256(hashed).hexdigest()}
        return way_out.Marked(join({"statement": statement, "unsigned": printable(str(refusal), 300)}))
