"""How a subject stands: the worst verdict of each check, and how much of it nobody measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from genmodels.audits.audit import AUDITS
from genmodels.verdicts.finding import VERDICTS
from genmodels.verdicts.imported import IMPORTED, made_where, with_imported

WORST = {verdict: place for place, verdict in enumerate(VERDICTS)}


def worst(document: Mapping[str, Any]) -> dict[str, str]:
    """By check the worst verdict of its parts, of all findings that pages show; what came with an imported run is none of ours."""
    found: dict[str, str] = {}
    for name, verdict in _ours(document):
        if WORST[verdict] < WORST.get(found.get(name, ""), len(WORST)):
            found[name] = verdict
    return found


def not_measured(document: Mapping[str, Any]) -> str:
    """How many of the same findings could not be measured, as "9 of 21": a pass says nothing of those. "" where all were."""
    said = [verdict for _, verdict in _ours(document)]
    open_ones = said.count("not measured")
    return f"{open_ones} of {len(said)}" if open_ones else ""


def _ours(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Check and verdict of each finding that was made here."""
    rows = [(str(each.get("audit")), str(each.get("verdict")), made_where(each)) for each in with_imported(document)]
    return [
        (name, verdict) for name, verdict, where in rows if name in AUDITS and verdict in WORST and where != IMPORTED
    ]
