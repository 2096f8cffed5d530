"""What a report says of a model that was trained here: what it is, what it wrote, from which data, and how it was trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from genmodels.models.recipe import MODELS
from genmodels.provenance.claims import made_by_a_model
from genmodels.review.document import Block, Heading, Paragraph, Table
from genmodels.review.document_values import is_number, joined, two_columns

MOST_TEXTS = 8  # in a report


def what_it_is(experiment: Mapping[str, Any], facts: Mapping[str, Any]) -> list[Block]:
    """Its model, in its own words, and what it makes."""
    name = str(experiment.get("model", ""))
    summary = MODELS[name].summary() if name in MODELS else "A generator of which no description was given."
    spec = facts.get("spec") or {}
    made = (
        f" It makes examples of the kind {spec['kind']}, shape {joined(spec.get('shape'))}." if spec.get("kind") else ""
    )
    return [Heading("What it is"), Paragraph(summary + made)]


def texts(texts: Sequence[Mapping[str, Any]]) -> list[Block]:
    """Written samples as plain text, marked as made by a model."""
    if not texts:
        return []
    rows = tuple(tuple(str(each.get(name, "")) for name in ("seed", "prompt", "text")) for each in texts[:MOST_TEXTS])
    return [
        Heading("Samples"),
        Paragraph(f"{made_by_a_model()}. Each text continues its prompt."),
        Table(("seed", "prompt", "text"), rows),
    ]


def data(experiment: Mapping[str, Any], facts: Mapping[str, Any]) -> list[Block]:
    """What it learned from, under which licence, and the hash of it."""
    rows = [
        ("data set", experiment.get("data")),
        ("training examples", facts.get("n_train")),
        ("held-out examples", facts.get("n_test")),
        *((name, facts.get(name)) for name in ("documents", "characters", "tokens")),
        ("licence", facts.get("licence")),
        ("credit", facts.get("credit")),
        ("source", facts.get("source")),
        ("SHA-256 of what was read", facts.get("data_sha256")),
        *((f"setting: {name}", value) for name, value in (experiment.get("source") or {}).items()),
    ]
    return [Heading("Data"), two_columns(rows)]


def training(experiment: Mapping[str, Any], facts: Mapping[str, Any], status: Mapping[str, Any]) -> list[Block]:
    """Seed, settings, epochs, time and versions."""
    versions = facts.get("versions") or {}
    rows = [
        ("seed", str(experiment.get("seed", ""))),
        ("epochs asked for", experiment.get("epochs")),
        ("epochs trained", status.get("epoch")),
        ("steps", status.get("step")),
        ("batch size", experiment.get("batch_size")),
        ("time", f"{status['seconds']:,.0f} s" if is_number(status.get("seconds")) else None),
        ("processor time", f"{status['cpu_seconds']:,.0f} s" if is_number(status.get("cpu_seconds")) else None),
        ("branched from", experiment.get("parent")),
        *((f"setting: {name}", value) for name, value in (experiment.get("recipe") or {}).items()),
        ("versions", ", ".join(f"{name} {value}" for name, value in versions.items())),
    ]
    return [Heading("How it was trained"), two_columns(rows)]
