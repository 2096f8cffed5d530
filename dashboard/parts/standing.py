"""How a subject stands: the worst verdict of each check."""

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
    for each in with_imported(document):
        if each.get("audit") in AUDITS and made_where(each) != IMPORTED:
            name, verdict = str(each["audit"]), str(each.get("verdict"))
            if verdict in WORST and WORST[verdict] < WORST.get(found.get(name, ""), len(WORST)):
                found[name] = verdict
    return found
