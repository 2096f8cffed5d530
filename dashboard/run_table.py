"""One row a run for the table of runs: read from small files only, never from a history."""

from __future__ import annotations

import functools
import json
import os
import threading
from pathlib import Path
from typing import Any

from genmodels.models import MODELS
from genmodels.recipe import Experiment
from genmodels.runs import SHOWN, Run, RunStore, gallery_names

Row = dict[str, Any]
FILES = ("experiment.json", "status.json", "labels.json")
ENDED = ("done", "failed", "stopped", "lost")


class RunTable:
    """The rows of a store and of the gallery. A row is read again when one of its files was replaced."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[tuple[int, ...], Row]] = {}
        self._lock = threading.Lock()

    def rows(self, store: RunStore) -> list[Row]:
        """Newest first, then the gallery."""
        own = [(store.folder / name, False) for name in store.ids()]
        shipped = [(store[name].path, True) for name in gallery_names()]
        with self._lock:
            before, self._rows = self._rows, {}
            return [self._row(path, gallery, before) for path, gallery in own + shipped]

    def _row(self, path: Path, gallery: bool, before: dict[str, tuple[tuple[int, ...], Row]]) -> Row:
        folder = str(path)
        signature = tuple(_changed(f"{folder}/{name}") for name in FILES)
        known = before.get(folder)
        if known is None or known[0] != signature:
            known = signature, read_row(folder, gallery)
        self._rows[folder] = known
        row = known[1]
        said = row["status"].get("state")
        state = said if said in ENDED else Run(path).judge(row["status"])
        return row | {"state": SHOWN.get(state, state)}


def read_row(folder: str, gallery: bool) -> Row:
    """What the files of a run say of it. A damaged run has a row too, with the reason as its problem."""
    row: Row = {"id": os.path.basename(folder), "gallery": gallery, "problem": "", "model": "", "data": "", "knobs": {}, "asked": {}, "created": 0.0}
    document, status, labels = (_read(f"{folder}/{name}") for name in FILES)
    try:
        asked = document["experiment"]
        row |= {"model": str(asked["model"]), "data": str(asked["data"]), "knobs": changed_knobs(asked)}
        row |= {"asked": asked, "created": float(document["created"])}
    except (KeyError, TypeError, ValueError, AttributeError):
        row["problem"] = "experiment.json is missing or damaged"
    best, last, tags = status.get("best"), status.get("last"), labels.get("tags")
    return row | {
        "status": status,
        "name": str(labels.get("name") or ""),
        "tags": [str(tag) for tag in tags] if isinstance(tags, list) else [],
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
    recipe = asked.get("recipe", {})
    ours, theirs = _defaults("", True), _defaults(str(asked["model"]), False)
    changed = {name: value for name, value in recipe.items() if name not in theirs or theirs[name] != value}
    return changed | {name: asked[name] for name, default in ours.items() if asked.get(name, default) != default}


@functools.cache
def _defaults(model: str, training: bool) -> dict[str, Any]:
    """Knob to default: of the training, or of a model family (empty where it is not known)."""
    if training:
        return {knob.name: knob.default for knob in Experiment.knobs() if knob.type is int}
    return {knob.name: knob.default for knob in MODELS[model].knobs()} if model in MODELS else {}


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _changed(file: str) -> int:
    try:
        return os.stat(file).st_mtime_ns
    except OSError:
        return 0


def _read(file: str) -> dict[str, Any]:
    """A JSON object; empty where there is none."""
    try:
        with open(file, "rb") as stream:
            document = json.loads(stream.read())
    except (OSError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
