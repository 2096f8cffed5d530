"""What `genmodels verify` found in files, as one document."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from genmodels.estimates.rounding import alone
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.review.document import Block, Heading, Paragraph, Row, Rows, Table, as_html, as_markdown
from genmodels.review.document_values import finite
from genmodels.review.report import FORMATS
from genmodels.verdicts.finding import spaced

READINGS = {  # the ways in which a file is looked at, and what people call them
    "manifest": "Content Credentials",
    "metadata": "Its own metadata",
    "watermark": "Watermark",
    "ledger": "Ledger",
    "detector": "Detector",
}
SHOWN = {"begun from it": "started from it"}  # a verdict as people read it
MARKED = {  # a verdict's sign, and the verdict of findings whose colour it has; any other is grey
    "valid": ("✓", "pass"),
    "found": ("✓", "pass"),
    "exact match": ("✓", "pass"),
    "near match": ("≈", "reported"),
    "says generated": ("!", "warn"),
    "generated": ("!", "warn"),
    "broken": ("✗", "fail"),
    "unreadable": ("✗", "fail"),
    "abstained": ("?", "not measured"),
    "not measured": ("?", "not measured"),
}
BOTH = "Integrity and trust are two facts: an unchanged file may be signed by anyone. No sign found does not say that something is real."


def verified(rows: Sequence[Mapping[str, Any]], format: str = "html") -> str:
    """What `genmodels verify` found in files, as one document: `html`, `json` or `md`."""
    if format not in FORMATS:
        raise Refusal(unknown("format of a report", format, FORMATS))
    if format == "json":
        return json.dumps(finite(list(rows)), indent=1, ensure_ascii=False)
    parts: list[Block] = [Paragraph(BOTH)]
    for row in rows:
        parts += [
            Heading(str(row["file"])),
            Paragraph(str(row.get("error") or f"{kind_of(row)}. {row['sentence']}")),
        ]
        if "error" not in row:
            parts.append(_readings(row))
    return as_html("Checked files", parts) if format == "html" else as_markdown("Checked files", parts)


def kind_of(row: Mapping[str, Any]) -> str:
    """What a file is: its kind, and its format where that says more."""
    return str(row["kind"]).capitalize() + ("" if row["format"] == row["kind"] else f", {row['format']}")


def _readings(row: Mapping[str, Any]) -> Rows:
    """A row a reading, as on the page, and the same as a table."""
    rows = tuple(_reading(name, row[name]) for name in READINGS)
    cells = tuple((each.claim, f"{each.sign} {each.verdict}", each.note) for each in rows)
    return Rows(rows, Table(("reading", "verdict", "what it says, and how often it is wrong"), cells))


def _reading(name: str, found: Mapping[str, Any]) -> Row:
    verdict = str(found["verdict"])
    sign, tone = MARKED.get(verdict, ("–", "not measured"))
    prompt = str((found.get("claims") or {}).get("prompt_sha256") or "")
    more = (("SHA-256 of the prompt", prompt),) if prompt else ()
    return Row(SHOWN.get(verdict, verdict), sign, READINGS[name], told_of(name, found), None, more, tone)


def told_of(part: str, found: Mapping[str, Any]) -> str:
    """What else a reading says, in a sentence."""
    told = [f'names "{found["name"]}"'] if found.get("name") else []
    told += [str(found[name]) for name in ("integrity", "trust", "reason") if found.get(name)] + [
        str(each) for each in found.get("says") or []
    ]
    told += [
        f"{label} {value}" for label, value in (found.get("claims") or {}).items() if label != "prompt_sha256" and value
    ]
    if found.get("p_value") is not None:
        told.append(f"p = {found['p_value']:.2g}")
    if found.get("distance") is not None:
        told.append(
            f"distance {found['distance']:.3f}; entered {found['entry']['time']}, {found['entry']['model']}, seed {found['entry']['seed']}"
        )
    if found.get("probability") is not None:
        told.append(spaced(f"probability of being generated {found['probability']:.0%}"))
    if found["verdict"] in ("not measured", "unreadable") or part == "metadata":
        pass  # there is nothing that could be wrong, or nothing but words
    elif found.get("miss") is None:
        told.append("how often this is wrong was not measured")
    else:
        told.append(
            f"in tests it wrongly found something in {alone(100 * found['false_alarm'])} % of files, and missed {alone(100 * found['miss'])} % ({spaced(str(found['miss_of']))})"
        )
    said = "; ".join(told)
    return f"{said if said.startswith('p =') else said[:1].upper() + said[1:]}." if said else ""
