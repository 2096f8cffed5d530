"""All that a report says about a run, as one document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from genmodels.files import Unreadable, read_document
from genmodels.review.obligations import notice, register
from genmodels.review.policy import shipped
from genmodels.review.repeating import with_commands_of_run
from genmodels.runs.run import Run


def run_document(run: Run) -> dict[str, Any]:
    """All that a report says about a run: experiment, facts, status, measures and findings."""
    status, found = run.status, run.findings()
    policy = found.get("policy")
    team = policy.get("team") if isinstance(policy, dict) else None
    measured = with_commands_of_run(found, run.id, shipped())
    trained = {"cpu_seconds": status.get("cpu_seconds")}
    newest = max(run.samples.items(), default=(0, None))[1]
    return {
        **({"texts": _texts(newest)} if newest and newest.suffix == ".json" else {}),
        "run": run.id,
        "state": run.judge(status),
        "experiment": run.experiment.to_dict(),
        "facts": run.facts,
        "status": {name: status.get(name) for name in ("epoch", "step", "seconds", "cpu_seconds", "best")},
        "obligations": register(found | {"status": trained}, team if isinstance(team, dict) else {}),
        "read": notice(),
    } | measured


def _texts(file: Path) -> list[dict[str, Any]]:
    """The texts of an epoch; without those that are none, since the file may come from anywhere."""
    try:
        found = read_document(file)
    except (FileNotFoundError, Unreadable):
        return []
    rows = found if isinstance(found, list) else []
    return [
        row
        for row in rows
        if isinstance(row, dict) and isinstance(row.get("text"), str) and isinstance(row.get("prompt"), str)
    ]
