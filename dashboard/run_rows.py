"""One row a run for the table of runs: read from small files only, never from a history."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
from pathlib import Path
from typing import Any

from genmodels import gallery
from genmodels.models.recipe import MODELS
from genmodels.refusal import Refusal
from genmodels.runs import documents
from genmodels.runs.documents import is_table, is_text
from genmodels.runs.experiment import Experiment
from genmodels.runs.run import SHOWN, Run
from genmodels.runs.store import RunStore, gallery_names

Row = dict[str, Any]
FILES = tuple(documents.SHAPES)
ENDED = ("done", "failed", "stopped", "lost")


class RunTable:
    """The rows of a store and of the gallery. A row is read again when one of its files was replaced."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[tuple[int, ...], Row]] = {}
        self._lock = threading.Lock()

    def rows(self, store: RunStore) -> list[Row]:
        """Newest first (by the instant of creation), then the gallery."""
        own = [(store.folder / name, False) for name in store.ids()]
        shipped = [(gallery.GALLERY / name, True) for name in gallery_names()]
        with self._lock:
            before, self._rows = self._rows, {}
            return [self._row(path, gallery, before) for path, gallery in own + shipped]

    def _row(self, path: Path, gallery: bool, before: dict[str, tuple[tuple[int, ...], Row]]) -> Row:
        folder = str(path)
        signature = tuple(changed(f"{folder}/{name}") for name in FILES)
        known = before.get(folder)
        if known is None or known[0] != signature:
            known = signature, read_row(folder, gallery)
        self._rows[folder] = known
        row = known[1]
        said = row["status"].get("state")
        state = said if said in ENDED else Run(path).judge(row["status"])
        return row | {"state": SHOWN.get(state, state)}


def measures(row: Row) -> bool:
    """Is it an instrument, that reads, judges, encodes or enlarges, and makes no example of its own? Of what can't be told: no."""
    return row["model"] in MODELS and not MODELS[row["model"]].draws


def read_row(folder: str, gallery: bool) -> Row:
    """What the files of a run say of it. A damaged run has a row too, with the reason as its problem."""
    row: Row = {
        "id": os.path.basename(folder),
        "gallery": gallery,
        "problem": "",
        "model": "",
        "data": "",
        "knobs": {},
        "asked": {},
        "created": 0.0,
    }
    read = {name: documents.read(f"{folder}/{name}", fields) for name, fields in documents.SHAPES.items()}
    document, status, labels = (read[name][0] for name in FILES[:3])
    damaged = [f"{name} {said}" for name, (_, said) in read.items() if said]
    asked = _renamed(document.get("experiment", {}))
    if is_text(asked.get("model")) and is_text(asked.get("data")) and is_table(asked.get("recipe", {})):
        row |= {
            "model": asked["model"],
            "data": asked["data"],
            "knobs": changed_knobs(asked),
            "asked": asked,
            "created": document.get("created", 0.0),
        }
    elif not damaged:
        damaged = ["experiment.json is missing" if not document else "experiment.json is not an experiment"]
    row["problem"] = damaged[0] if damaged else ""
    return row | {
        "status": status,
        "name": labels.get("name", ""),
        "tags": labels.get("tags", []),
        **{name: status.get(name) for name in ("epoch", "epochs", "seconds", "cpu_seconds")},
        "best": status.get("best", {}),
        "last": {name: value for name, value in status.get("last", {}).items() if value is not None},
        "message": status.get("message", ""),
    }


def _renamed(asked: dict[str, Any]) -> dict[str, Any]:
    """What was asked, its settings under the names of today; as it stands there where that can't be told."""
    model, recipe = asked.get("model"), asked.get("recipe")
    if isinstance(model, str) and model in MODELS and is_table(recipe):
        with contextlib.suppress(Refusal):
            return asked | {"recipe": MODELS[model].renamed(recipe)}
    return asked


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


def changed(file: str) -> int:
    """When a file was written, in nanoseconds; 0 where there is none."""
    try:
        return os.stat(file).st_mtime_ns
    except OSError:
        return 0
