"""One row a run for the table of runs: read from small files only, never from a history."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

from genmodels.models import MODELS
from genmodels.refusal import Refusal
from genmodels.runs import SHOWN, Run, RunStore, gallery_names

Row = dict[str, Any]
SIGNS = ("experiment.json", "status.json", "labels.json")


class RunTable:
    """The rows of a store and of the gallery. A row is read again when one of its files was replaced."""

    def __init__(self) -> None:
        self._rows: dict[Path, tuple[tuple[int, ...], Row]] = {}
        self._lock = threading.Lock()

    def rows(self, store: RunStore) -> list[Row]:
        """Newest first, then the gallery."""
        runs = [*store, *(store[name] for name in gallery_names())]
        with self._lock:
            rows = [self._row(run, run.path.parent != store.folder) for run in runs]
            here = {run.path for run in runs}
            self._rows = {path: kept for path, kept in self._rows.items() if path in here}
        return rows

    def _row(self, run: Run, gallery: bool) -> Row:
        signature = tuple(_changed(run.path / name) for name in SIGNS)
        known = self._rows.get(run.path)
        if known is None or known[0] != signature:
            known = signature, read_row(run, gallery)
            self._rows[run.path] = known
        row = known[1]
        state = run.judge(row["status"])
        return row | {"state": SHOWN.get(state, state)}


def read_row(run: Run, gallery: bool) -> Row:
    """What the files of a run say of it. A damaged run has a row too, with the reason as its problem."""
    row: Row = {"id": run.id, "gallery": gallery, "problem": "", "model": "", "data": "", "knobs": {}, "asked": {}}
    try:
        document = json.loads((run.path / "experiment.json").read_bytes())
        asked = document["experiment"]
        row |= {"model": str(asked["model"]), "data": str(asked["data"]), "asked": asked, "created": float(document["created"])}
        row["knobs"] = changed_knobs(asked)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        row |= {"problem": "experiment.json is missing or damaged", "created": 0.0}
    status, labels = run.status, run.labels
    best, last = status.get("best"), status.get("last")
    return row | {
        "status": status,
        "name": str(labels["name"] or ""),
        "tags": [str(tag) for tag in labels["tags"]] if isinstance(labels["tags"], list) else [],
        "epoch": _number(status.get("epoch")),
        "epochs": _number(status.get("epochs")),
        "seconds": _number(status.get("seconds")),
        "cpu_seconds": _number(status.get("cpu_seconds")),
        "best": best if isinstance(best, dict) else {},
        "last": {k: v for k, v in last.items() if _number(v) is not None} if isinstance(last, dict) else {},
        "message": str(status.get("message", "")),
    }


def changed_knobs(asked: dict[str, Any]) -> dict[str, Any]:
    """The knobs of the model and of the training that are not at their defaults."""
    from genmodels.recipe import Experiment

    changed = {k.name: asked[k.name] for k in Experiment.knobs() if k.type is int and asked.get(k.name, k.default) != k.default}
    try:
        recipe = MODELS[asked["model"]]
    except Refusal:
        return dict(asked.get("recipe", {})) | changed
    values = asked.get("recipe", {})
    return {k.name: values[k.name] for k in recipe.knobs() if values.get(k.name, k.default) != k.default} | changed


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _changed(file: Path) -> int:
    try:
        return os.stat(file).st_mtime_ns
    except OSError:
        return 0
