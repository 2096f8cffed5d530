"""Audits that were made before: none is overwritten without a trace, so that a model can be looked at over time.

`history/` beside audit.json holds each earlier one under its date and the SHA-256 of its bytes, by which a signature names it. The
newest 50 are kept, of at most 50 MB each, with the items beside them; what is there twice is kept once.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from genmodels.files import Unreadable, make_folder, parsed, read_bytes, write_atomically

AUDIT, ITEMS, HISTORY = "audit.json", "items.json", "history"
MOST, MOST_BYTES = 50, 50_000_000
NAME = re.compile(r"(\d{8}T\d{6})Z-([0-9a-f]{16})\.json")
STAMP = "%Y%m%dT%H%M%S"
Point = dict[str, Any]


@dataclass(frozen=True)
class Earlier:
    """An audit that lies in a folder: when it was made, the SHA-256 of its file, and the file."""

    when: datetime
    sha256: str
    file: Path

    def document(self) -> dict[str, Any]:
        """What it says; {} where it can't be read."""
        try:
            found = parsed(read_bytes(self.file, MOST_BYTES))
        except (Unreadable, FileNotFoundError):
            return {}
        return found if isinstance(found, dict) and isinstance(found.get("findings"), list) else {}


def put_audit(folder: Path, content: bytes) -> None:
    """Write audit.json; the one that was there goes to the history before, unless it says the same."""
    file = folder / AUDIT
    try:
        before = read_bytes(file, MOST_BYTES)
        when = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except (FileNotFoundError, Unreadable):
        before = b""
    if before and _found(before) != _found(content):
        remember(folder, before, when)
    write_atomically(file, content)


def _found(content: bytes) -> object:
    """What an audit says, without what is new each time: its seal, and what it cost; the bytes where they are no audit."""
    try:
        document = json.loads(content)
    except ValueError:
        return content
    if not isinstance(document, dict):
        return content
    return {name: value for name, value in document.items() if name not in ("seal", "spent")}


def remember(folder: Path, content: bytes, when: datetime | None = None) -> None:
    """Keep an audit under its date and its hash; one that is there already stays under its first date."""
    digest = hashlib.sha256(content).hexdigest()[:16]
    past = make_folder(folder / HISTORY)
    kept = _named(past)
    if all(name[2] != digest for name in kept):
        stamp = (when or datetime.now(UTC)).strftime(STAMP)
        write_atomically(past / f"{stamp}Z-{digest}.json", content)
    for file, *_ in sorted(_named(past), key=lambda each: each[0].name)[:-MOST]:
        file.unlink(missing_ok=True)


def remember_first(folder: Path, findings: Mapping[str, Any]) -> None:
    """Where no audit of a run is kept yet, keep what its findings.json says: it was audited before there was a history."""
    audited = findings.get("audited")
    rows = audited.values() if isinstance(audited, Mapping) else ()
    days = [day for row in rows if isinstance(row, Mapping) and (day := _day(row.get("date")))]
    if days and findings.get("findings") and not audits_in(folder):
        remember(folder, json.dumps(dict(findings)).encode(), max(days))


def _day(text: object) -> datetime | None:
    try:
        return datetime.strptime(str(text), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def put_items(folder: Path, content: str) -> None:
    """Write items.json beside an audit; those of the audit that lies there go to its history."""
    file = folder / ITEMS
    try:
        before = read_bytes(file)
    except (FileNotFoundError, Unreadable):
        before = b""
    if before and before != content.encode():
        past = make_folder(folder / HISTORY)
        write_atomically(past / f"items-{hashlib.sha256(before).hexdigest()[:16]}.json", before)
        for old in sorted(past.glob("items-*.json"), key=lambda each: each.stat().st_mtime)[:-MOST]:
            old.unlink(missing_ok=True)
    write_atomically(file, content)


def _named(past: Path) -> list[tuple[Path, datetime, str]]:
    found = []
    for file in past.glob("*.json") if past.is_dir() else ():
        if match := NAME.fullmatch(file.name):
            try:
                found.append((file, datetime.strptime(match[1], STAMP).replace(tzinfo=UTC), match[2]))
            except ValueError:
                continue
    return found


def audits_in(folder: Path) -> list[Earlier]:
    """All audits of a folder, the oldest first; the last is audit.json where there is one."""
    found = [Earlier(when, digest, file) for file, when, digest in _named(folder / HISTORY)]
    found.sort(key=lambda each: (each.when, each.file.name))
    now = folder / AUDIT
    try:
        content = read_bytes(now, MOST_BYTES)
        made = datetime.fromtimestamp(now.stat().st_mtime, UTC)
    except (FileNotFoundError, Unreadable):
        return found
    digest = hashlib.sha256(content).hexdigest()[:16]
    return [each for each in found if each.sha256 != digest] + [Earlier(made, digest, now)]


def over_time(audits: Sequence[Earlier]) -> dict[tuple[str, str], list[Point]]:
    """Of each finding, by audit and part, its estimates in the order of time: {"when", "value", "low", "high", "n", "limit", "verdict", "subject"}.

    What a later audit only took over from an earlier one is no new point.
    """
    found: dict[tuple[str, str], list[Point]] = {}
    before: dict[tuple[str, str], str] = {}
    for each in sorted(audits, key=lambda audit: audit.when):
        document = each.document()
        for row in document.get("findings") or ():
            if not isinstance(row, Mapping) or not _whole(row.get("estimate")):
                continue
            key = str(row.get("audit")), str(row.get("part") or "all")
            said = json.dumps(
                [document.get("subject"), row["estimate"], row.get("limit"), row.get("made")], sort_keys=True
            )
            if before.get(key) != said:
                before[key] = said
                found.setdefault(key, []).append(_point(row, each, document))
    return found


def _whole(estimate: object) -> bool:
    if not isinstance(estimate, Mapping):
        return False
    values = [estimate.get(name) for name in ("value", "low", "high")]
    return all(isinstance(each, int | float) and math.isfinite(each) for each in values)


def _point(row: Mapping[str, Any], audit: Earlier, document: Mapping[str, Any]) -> Point:
    estimate, limit = row["estimate"], row.get("limit")
    made = row.get("made") if isinstance(row.get("made"), Mapping) else {}
    return {
        "when": audit.when,
        "value": float(estimate["value"]),
        "low": float(estimate["low"]),
        "high": float(estimate["high"]),
        "n": estimate.get("n") if isinstance(estimate.get("n"), int) else None,
        "limit": float(limit) if isinstance(limit, int | float) and math.isfinite(limit) else None,
        "verdict": str(row.get("verdict")),
        "subject": str(document.get("subject") or ""),
        "version": str(made.get("version") or ""),  # type: ignore[union-attr]
        "audit": audit.sha256,
    }
