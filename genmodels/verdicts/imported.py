"""What came with an imported run: shown and marked, and never counted in a verdict, a comparison or an exit code.

Anybody can write a zip. So an import sets findings and measures aside, under `imported` in the run's findings; what is
made here is marked "here" and stands beside. Of an imported run, whatever is not marked so counts as imported.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from genmodels.refusal import Refusal
from genmodels.verdicts.finding import from_dict

HERE, IMPORTED = "here", "imported"
NOTE = "imported, not measured here"
MOST_ROWS, MOST_TEXT, MOST_DEPTH = 2000, 1_000_000, 12
MOST_NUMBER = 2**53
JUDGED = (
    "verdict",
    "counts",
    "not_measured",
    "audited",
    "policy",
    "left_out",
    "earlier",
)  # what a document says of all its findings
Rows = list[dict[str, Any]]


def set_aside(document: Mapping[str, Any]) -> dict[str, Any]:
    """What an import keeps of the findings of a zip: rows that can be read, each marked as imported, and nothing else."""
    before = document.get(IMPORTED)
    before = before if isinstance(before, Mapping) else {}
    findings = [_finding(row) for row in _list(document.get("findings")) + _list(before.get("findings"))]
    measures = [_measure(row) for row in _list(document.get("measures")) + _list(before.get("measures"))]
    kept = {
        "findings": [row for row in findings if row][:MOST_ROWS],
        "measures": [row for row in measures if row][:MOST_ROWS],
    }
    return {IMPORTED: kept} if kept["findings"] or kept["measures"] else {}


def split(document: Mapping[str, Any]) -> dict[str, Any]:
    """The findings of an imported run: what was made here, and under `imported` all else that the file holds."""
    own: dict[str, list[Any]] = {
        **{
            name: [row for row in _list(document.get(name)) if made_where(row) == HERE]
            for name in ("findings", "earlier")
        },
        "measures": [
            row for row in _list(document.get("measures")) if isinstance(row, Mapping) and row.get("where") == HERE
        ],
    }
    others = {name: [row for row in _list(document.get(name)) if row not in rows] for name, rows in own.items()}
    kept = {
        name: value
        for name, value in document.items()
        if name not in (*own, IMPORTED) and (own["findings"] or name not in JUDGED)
    }
    return (
        kept
        | {name: rows for name, rows in own.items() if rows}
        | set_aside(others | {IMPORTED: document.get(IMPORTED)})
    )


def with_imported(document: Mapping[str, Any]) -> Rows:
    """Findings to show: those made here, also earlier ones that the last document left out, then the imported ones of tests
    that were not made here."""
    own = [
        dict(row)
        for row in _list(document.get("findings")) + _list(document.get("earlier"))
        if isinstance(row, Mapping)
    ]
    tests = {(str(row.get("audit")), str(row.get("part"))) for row in own}
    return own + [
        row for row in imported(document, "findings") if (str(row.get("audit")), str(row.get("part"))) not in tests
    ]


def imported(document: Mapping[str, Any], name: str) -> Rows:
    """The imported "findings" or "measures" of a document."""
    aside = document.get(IMPORTED)
    return (
        [dict(row) for row in _list(aside.get(name)) if isinstance(row, Mapping)] if isinstance(aside, Mapping) else []
    )


def left_out(document: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """Why the document of the last audit does not count this finding; "" where it does."""
    if made_where(row) == IMPORTED:
        return NOTE
    test = (str(row.get("audit")), str(row.get("part") or "all"))
    reasons = [
        each.get("why")
        for each in _list(document.get("left_out"))
        if isinstance(each, Mapping) and (each.get("audit"), each.get("part")) == test
    ]
    return str(reasons[0])[:300] if reasons else ""


def made_where(row: object) -> str:
    """Where a finding was made: "here", "imported", or "" where it does not say."""
    made = row.get("made") if isinstance(row, Mapping) else None
    return str(made.get("where") or "") if isinstance(made, Mapping) else ""


def _finding(row: object) -> dict[str, Any] | None:
    """A finding of a zip, read as one and written anew; None where it is none."""
    try:
        finding = from_dict(_plain(row)).to_dict()
    except Refusal:
        return None
    sound = all(isinstance(finding[name], str) for name in ("audit", "claim", "remedy", "reason", "part", "question"))
    sound = (
        sound and isinstance(finding["made"], Mapping) and (finding["limit"] is None or _is_number(finding["limit"]))
    )
    return finding | {"made": dict(finding["made"]) | {"where": IMPORTED}} if sound else None


def _measure(row: object) -> dict[str, Any] | None:
    """A measure of a zip; None where it is none."""
    row = _plain(row)
    if not isinstance(row, dict) or not isinstance(row.get("metric"), str):
        return None
    numbers = {name: row.get(name) if _is_number(row.get(name)) else None for name in ("value", "low", "high", "seed")}
    texts = {name: str(row.get(name) or "")[:1000] for name in ("metric", "better", "unit", "protocol")}
    return texts | numbers | {"n": row["n"] if type(row.get("n")) is int else 0, "where": IMPORTED}


def _plain(value: object, depth: int = 0) -> Any:
    """The same JSON without numbers that no page can draw, without endless texts, and not deeper than anything we write."""
    if isinstance(value, Mapping) and depth < MOST_DEPTH:
        return {str(name)[:200]: _plain(each, depth + 1) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str) and depth < MOST_DEPTH:
        return [_plain(each, depth + 1) for each in value]
    if isinstance(value, str):
        return value[:MOST_TEXT]
    return value if isinstance(value, bool) or _is_number(value) else None


def _is_number(value: object) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) <= MOST_NUMBER
        and math.isfinite(value)
    )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
