"""What the small files of a run may hold. Anybody may have written them, so each is read through its shape.

A field of another kind than its shape says is left out and complained of: whoever reads a run gets numbers where numbers
belong, texts where texts belong, or nothing. So one damaged run stops no list, no page and no other training.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeGuard

from genmodels.files import LARGEST, Unreadable, read_document
from genmodels.refusal import Refusal
from genmodels.verdicts.finding import from_dict

SMALL = 4 << 20  # bytes; of experiment, status and labels
LONGEST_TEXT = 100_000  # characters
MOST_SECONDS = 1e11  # after the year 5000; what pages turn into dates and durations

Fields = Mapping[str, Callable[[Any], bool]]


def is_number(value: object) -> TypeGuard[float]:
    """A finite number that pages can draw and multiply."""
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
        and abs(value) <= LARGEST
    )


def is_count(value: object) -> bool:
    """A whole number of at least 0."""
    return type(value) is int and 0 <= value <= LARGEST


def is_text(value: object) -> bool:
    """A text that is not too long."""
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def is_texts(value: object) -> bool:
    """A list of texts."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def is_table(value: object) -> bool:
    """An object of names and values."""
    return isinstance(value, dict)


def is_seconds(value: object) -> bool:
    """A number of seconds that a clock may show."""
    return is_number(value) and abs(value) <= MOST_SECONDS


def is_numbers(value: object) -> bool:
    """A table of numbers; one that is not known is null."""
    return isinstance(value, dict) and all(each is None or is_number(each) for each in value.values())


def is_best(value: object) -> bool:
    """The best epoch so far: name, value, epoch; empty before the first."""
    if not isinstance(value, dict):
        return False
    known = {"name": is_text, "value": lambda v: v is None or is_number(v), "epoch": is_count}
    return not value or all(name in value and fits(value[name]) for name, fits in known.items())


def is_rows(value: object) -> bool:
    """A list of objects."""
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _or_none(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or fits(value)


EXPERIMENT: Fields = {"format": is_count, "created": is_seconds, "experiment": is_table}
STATUS: Fields = {
    "state": is_text,
    "message": is_text,
    "notice": is_text,
    "phase": is_text,
    "usual": is_numbers,
    "phase_began": is_seconds,
    "updated": is_seconds,
    "pid": is_count,
    "pid_created": is_seconds,
    **{name: is_count for name in ("step", "steps", "epoch", "epochs")},
    "best": is_best,
    "last": is_numbers,
    **{
        name: _or_none(is_number)
        for name in ("seconds", "cpu_seconds", "seconds_left", "images_per_second", "tokens_per_second", "phase_share")
    },
}
LABELS: Fields = {"name": is_text, "tags": is_texts, "notes": is_text}
FACTS: Fields = {
    "spec": is_table,
    "versions": is_table,
    "words": lambda value: isinstance(value, dict) and all(map(is_count, value.values())),
    **{name: is_text for name in ("data_sha256", "licence", "source", "credit")},
    **{name: is_count for name in ("n_train", "n_test", "steps_per_epoch", "documents", "characters", "tokens")},
}
FINDINGS: Fields = {
    "measures": is_rows,
    "findings": is_rows,
    "earlier": is_rows,
    "left_out": is_rows,
    "not_measured": is_rows,
    "imported": is_table,
}

SHAPES: Mapping[str, Fields] = {
    "experiment.json": EXPERIMENT,
    "status.json": STATUS,
    "labels.json": LABELS,
    "facts.json": FACTS,
    "findings.json": FINDINGS,
}


def read(file: Path | str, fields: Fields) -> tuple[dict[str, Any], str]:
    """The fields of a document that have their shape, and what is wrong with it ("": nothing). One that is not there is empty."""
    most = SMALL if fields in (EXPERIMENT, STATUS, LABELS) else 8 * SMALL
    try:
        document = read_document(file, most)
    except FileNotFoundError:
        return {}, ""
    except Unreadable as reason:
        return {}, str(reason)
    if not isinstance(document, dict):
        return {}, f"is no table but {_said(document)}"
    wrong = [name for name, fits in fields.items() if name in document and not fits(document[name])]
    sound = {name: value for name, value in document.items() if name not in wrong} if wrong else document
    return sound, f"has {wrong[0]} = {_said(document[wrong[0]])}" if wrong else ""


def sound_findings(document: Mapping[str, Any]) -> dict[str, Any]:
    """The findings of a run without rows that are none, so that no page and no audit stumbles over them."""

    def sound(row: Mapping[str, Any]) -> bool:
        try:
            finding = from_dict(row)
        except Refusal:
            return False
        words = (finding.audit, finding.part, finding.claim, finding.question, finding.remedy, finding.reason)
        return (
            all(isinstance(each, str) for each in words)
            and isinstance(finding.made, Mapping)
            and (finding.limit is None or is_number(finding.limit))
        )

    kept = dict(document)
    for name in ("findings", "earlier"):
        if name in kept:
            kept[name] = [row for row in kept[name] if sound(row)]
    if "measures" in kept:
        kept["measures"] = [row for row in kept["measures"] if _is_measure(row)]
    return kept


def _is_measure(row: Mapping[str, Any]) -> bool:
    numbers = all(row.get(name) is None or is_number(row[name]) for name in ("value", "low", "high", "n", "seed"))
    return (
        isinstance(row.get("metric"), str)
        and numbers
        and all(isinstance(row.get(name) or "", str) for name in ("better", "unit", "protocol"))
    )


def _said(value: object) -> str:
    """A value in a sentence, cut."""
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
