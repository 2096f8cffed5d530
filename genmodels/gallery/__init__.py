"""Small trained runs that ship with the project, made by `make gallery`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genmodels.runs import Run

GALLERY = Path(__file__).parent


def shipped(name: str) -> Run:
    """The run of the gallery of that name, never a user's run that is called the same.

    What measures, marks, judges or enlarges is opened by this: its errors were counted on these weights, whose SHA-256
    stands in the manifest that ships with them and is checked whenever they are opened.
    """
    from genmodels.runs import RunStore

    return RunStore(GALLERY)[name]


def weights_of(name: str) -> dict[str, str]:
    """SHA-256 of each file of the last weights of a run of the gallery, as its manifest says."""
    manifests = (GALLERY / name / "epochs").glob("*/manifest.json")
    newest = max(manifests, key=lambda file: int(file.parent.name))
    return dict(json.loads(newest.read_text())["sha256"])
