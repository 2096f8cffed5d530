"""What a team brings, opened as a subject by what it is: a folder or zip of pictures, or a table of prompts and answers."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

from genmodels.intake.pictures import Report
from genmodels.printable import printable
from genmodels.refusal import Refusal
from genmodels.subjects.answers import Columns, outputs_of_answers, reference_of_texts
from genmodels.subjects.outputs import Outputs, Reference
from genmodels.subjects.pictures import outputs_of_pictures, reference_of_pictures

TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet")
BROUGHT = "a folder or zip of pictures, or a table of answers (.csv, .jsonl, .parquet)"


def is_table(path: Path) -> bool:
    """Whether it is a table of answers, by its ending."""
    return path.suffix.lower() in TABLES


def open_outputs(
    path: Path,
    *,
    training: Path | None = None,
    held_out: Path | None = None,
    columns: Columns | None = None,
    seed: int = 0,
    report: Report = lambda what, done, of: None,
) -> Outputs:
    """The outputs at a path, with the training examples and the held-out ones that were brought beside them.

    Raises `Refusal` for what is neither pictures nor answers, and where nothing in it can be read.
    """
    if not path.exists():
        raise Refusal(f"There is no {printable(str(path))!r}; name a run, or {BROUGHT}.")
    if is_table(path):
        outputs = outputs_of_answers(path, columns=columns, seed=seed, report=report)
    elif path.is_dir() or zipfile.is_zipfile(path):
        outputs = outputs_of_pictures(path, seed=seed, report=report)
    elif path.suffix.lower() == ".zip":
        raise Refusal(f"{printable(path.name)} is no zip file, or it was cut off on the way; bring {BROUGHT}.")
    else:
        raise Refusal(f"{printable(path.name)} can't be audited as it is; bring {BROUGHT}.")
    return replace(
        outputs,
        training=_reference(training, outputs, "training examples"),
        held_out=_reference(held_out, outputs, "held-out examples"),
    )


def _reference(path: Path | None, outputs: Outputs, what: str) -> Reference | None:
    """Examples beside outputs, of their kind; None where none were brought."""
    if path is None:
        return None
    if not path.exists():
        raise Refusal(f"There is no {printable(str(path))!r}; name a folder, zip or table of the {what}.")
    return reference_of_texts(path) if outputs.pictures is None else reference_of_pictures(path, what, outputs.report)
