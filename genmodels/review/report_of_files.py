"""What `genmodels verify` found in files, as one document."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.review.document import Block, Heading, Paragraph, Table, as_html, as_markdown
from genmodels.review.document_values import finite, value_text
from genmodels.review.report import FORMATS


def verified(rows: Sequence[Mapping[str, Any]], format: str = "html") -> str:
    """What `genmodels verify` found in files, as one document: `html`, `json` or `md`."""
    if format not in FORMATS:
        raise Refusal(unknown("format of a report", format, FORMATS))
    if format == "json":
        return json.dumps(finite(list(rows)), indent=1, ensure_ascii=False)
    parts: list[Block] = [
        Paragraph(
            "Integrity and trust are two facts: an unchanged file may be signed by anyone. No sign found does not say that something is real."
        )
    ]
    for row in rows:
        parts += [
            Heading(str(row["file"])),
            Paragraph(str(row.get("error") or f"{row['kind'].capitalize()}, {row['format']}. {row['sentence']}")),
        ]
        if "error" not in row:
            told = []
            for name in ("manifest", "metadata", "watermark", "ledger", "detector"):
                part = row[name]
                details = [str(part[key]) for key in ("integrity", "trust", "reason") if part.get(key)]
                details += [f'signer: "{part["name"]}"'] if part.get("name") else []
                details += [str(each) for each in part.get("says") or []]
                details += [
                    f"{key} {value_text(part[key])}"
                    for key in ("p_value", "distance", "probability")
                    if part.get(key) is not None
                ]
                details += [f"{key}: {value}" for key, value in (part.get("claims") or {}).items()]
                wrong = (
                    "not measured"
                    if part.get("miss") is None
                    else f"false alarms {part['false_alarm']:.1%}, misses {part['miss']:.1%} ({part['miss_of']})"
                )
                told.append((name, str(part["verdict"]), "; ".join(details), wrong))
            parts.append(Table(("reading", "verdict", "what it says", "how often it is wrong"), tuple(told)))
    return as_html("Checked files", parts) if format == "html" else as_markdown("Checked files", parts)
