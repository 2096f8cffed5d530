"""Who stands behind a model, as a policy says it: the role, since when it is on the market, and what the team declares."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.review.obligations import DEPLOYER, PROVIDER, REGISTER
from genmodels.verdicts.limits import shown

ROLES = (PROVIDER, DEPLOYER, "both")
PARTS = ("role", "placed", "declared")
SAID = ("says", "by", "when")
LONGEST = 500
FORM = '{"role": "provider", "placed": "2026-09-01", "declared": {"Art. 50 (1)": {"says": "...", "by": "...", "when": "2026-09-01"}}}'


def checked_team(team: object) -> dict[str, Any]:
    """The part `team` of a policy; raises `Refusal` naming the place that is wrong. Empty where nothing is said."""
    if not isinstance(team, Mapping):
        raise Refusal(f"The team of the policy is {shown(team)}; write it as {FORM}.")
    for part in team:
        if part not in PARTS:
            raise Refusal(unknown("part of the team", shown(part)[1:-1], PARTS))
    role, placed, declared = team.get("role", ""), team.get("placed", ""), team.get("declared", {})
    if role and role not in ROLES:
        raise Refusal(unknown("role", shown(role)[1:-1], ROLES))
    if placed:
        _day(placed, "placed of the team")
    if not isinstance(declared, Mapping):
        raise Refusal(f"What the team declares is {shown(declared)}; write it as {FORM}.")
    clauses = [clause.id for clause in REGISTER]
    for clause, said in declared.items():
        if clause not in clauses:
            raise Refusal(unknown("clause", shown(clause)[1:-1], clauses))
        if not isinstance(said, Mapping) or set(said) != set(SAID) or not all(_is_text(each) for each in said.values()):
            raise Refusal(f"What is declared of {clause} needs {', '.join(SAID)} as texts; write it as {FORM}.")
        _day(said["when"], f"when of {clause}")
    kept = {"role": role, "placed": placed, "declared": {clause: dict(said) for clause, said in declared.items()}}
    return {name: value for name, value in kept.items() if value}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST and value.isprintable()


def _day(value: object, what: str) -> None:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        raise Refusal(f"The day {what} is {shown(value)}; write it as 2026-09-01.") from None
