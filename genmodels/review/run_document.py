"""All that a report says about a run, as one document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from genmodels.files import Unreadable, read_document
from genmodels.runs.run import Run


def run_document(run: Run) -> dict[str, Any]:
    """All that a report says about a run: experiment, facts, status, measures and findings."""
    status = run.status
    newest = max(run.samples.items(), default=(0, None))[1]
    return {
        **({"texts": _texts(newest)} if newest and newest.suffix == ".json" else {}),
        "run": run.id,
        "state": run.judge(status),
        "experiment": run.experiment.to_dict(),
        "facts": run.facts,
        "status": {name: status.get(name) for name in ("epoch", "step", "seconds", "cpu_seconds", "best")},
    } | run.findings()


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
