"""What a report says of itself: what the audit cost and with which versions it was made, and the hash that its seal holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from genmodels.review.document import Block, Heading, Paragraph
from genmodels.review.document_values import is_number, two_columns, value_text


def cost(document: Mapping[str, Any]) -> list[Block]:
    """Processor time, energy where it was measured, else why not, and versions; nothing where the document tells none of it."""
    spent, versions = document.get("spent"), document.get("versions")
    rows: list[tuple[str, Any]] = []
    if isinstance(spent, Mapping):
        rows = [
            ("processor time", f"{_seconds(spent, 'processor_seconds')}: {spent.get('how')}"),
            ("time by the clock", _seconds(spent, "seconds")),
            ("energy", _energy(spent)),
        ]
    if isinstance(versions, Mapping) and versions:
        rows.append(("versions", ", ".join(f"{name} {value}" for name, value in versions.items())))
    return [Heading("What the audit cost"), two_columns(rows)] if rows else []


def _seconds(spent: Mapping[str, Any], name: str) -> str:
    return f"{value_text(spent[name])} s" if is_number(spent.get(name)) else "not measured"


def _energy(spent: Mapping[str, Any]) -> str:
    how = str(spent.get("how_joules") or "no reason was given")
    return f"{value_text(spent['joules'])} J: {how}" if is_number(spent.get("joules")) else f"not measured: {how}"


def sealed(document: Mapping[str, Any]) -> list[Block]:
    """Under which hash the findings left, what was hashed, and how to check it; nothing where the report was not sealed."""
    if not document.get("findings_sha256"):
        return []
    return [
        Heading("Seal"),
        Paragraph(
            f"SHA-256 of the findings: {document['findings_sha256']}. Hashed is {document.get('hashed')}. It is the same in the HTML, the JSON and the card of one audit."
            " This file also carries a signed statement about all its bytes: genmodels verify FILE says whether it is as it left, and who signed it."
        ),
    ]
