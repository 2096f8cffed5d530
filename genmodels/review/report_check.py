"""What `genmodels verify` says of a report: is it as it left, and who sealed it?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from genmodels.printable import printable
from genmodels.provenance import ledger
from genmodels.provenance.own_marks import Part, ledger_of
from genmodels.provenance.said import quoted
from genmodels.review.report_seal import Sealed, of_seal, unsigned_but_whole
from genmodels.review.sentences import manifest_told

NO_RATES = {"false_alarm": None, "miss": None, "miss_of": None}
UNLOOKED = {
    "metadata": ("says", "a report says in its seal how it was made"),
    "watermark": ("p_value", "a report carries a seal and no watermark"),
    "detector": ("probability", "the detector reads pictures"),
}


def checked_report(found: Sealed, content: bytes, name: str) -> dict[str, Any]:
    """What is known about a file that carries a seal, in the parts of `file_check.verify`."""
    book = ledger.book()
    match = book.text("", hashlib.sha256(content).hexdigest())
    parts: dict[str, Part] = {"manifest": _manifest(found), "ledger": ledger_of(book, match)}
    parts |= {
        part: {"verdict": "not measured", "looked": False, value: None, "reason": reason}
        for part, (value, reason) in UNLOOKED.items()
    }
    told = {part: own | NO_RATES for part, own in parts.items()}
    return {
        "file": printable(name),
        "kind": "report",
        "format": found.form,
        **{part: told[part] for part in ("manifest", "metadata", "watermark", "ledger", "detector")},
        "sentence": _sentence(found, told),
    }


def _manifest(found: Sealed) -> Part:
    """The seal as a manifest is told; one that nobody signed is whole and proves nothing of who made it."""
    told = manifest_told(found.manifest())
    if unsigned_but_whole(found):
        return told | {
            "verdict": "unsigned",
            "integrity": "unchanged since it was sealed",
            "trust": "nobody signed it",
            "reason": "",
        }
    told["reason"] = of_seal(str(told["reason"]))
    if told["verdict"] == "valid":
        told["claims"] = {"subject": found.said("subject"), "findings": found.said("findings_sha256")}
    return told


def _sentence(found: Sealed, parts: Mapping[str, Part]) -> str:
    manifest, entered = parts["manifest"], parts["ledger"]["verdict"] == "exact match"
    named = f"the findings {found.said('findings_sha256')[:16]} of {quoted(found.said('subject'))}"
    if manifest["verdict"] == "unsigned":
        return (
            f"A report on {named}, unchanged since it was sealed, but nobody signed it: anyone could have written it."
        )
    if manifest["verdict"] != "valid":
        return f"This report was changed since it was sealed, or its seal was forged ({manifest['reason']}): nothing in it can be believed."
    if manifest["signer"] == "this machine":
        book = ", and it stands in the ledger of this machine" if entered else ""
        return f"A report on {named}, unchanged since this machine sealed it{book}."
    return f"A report on {named}, unchanged since {quoted(manifest['name'])} sealed it, whom this machine does not know, so who made it is only a claim."
