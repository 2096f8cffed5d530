"""What a report says of outputs that were brought: what they were, what was left out of them, what could not be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from genmodels.review.document import Block, Heading, Paragraph, Table
from genmodels.review.document_values import two_columns


def brought(document: Mapping[str, Any]) -> list[Block]:
    """What somebody's model made and was brought, what was left out of it, and the plan that it answers."""
    outputs, plan = document["outputs"], document.get("plan") or {}
    noun = "pictures" if outputs.get("kind") == "image" else "answers"
    rows = [
        (noun, outputs.get("n")),
        ("different prompts", outputs.get("prompts")),
        ("left out", outputs.get("left_out_count")),
    ]
    for name, title in (("training", "training examples"), ("held_out", "held-out examples")):
        if outputs.get(name):
            rows.append((title, f"{outputs[name].get('n'):,} ({outputs[name].get('name')})"))
    rows += [
        ("read as", outputs.get("took")),
        ("SHA-256 of all of it", outputs.get("sha256")),
        ("plan, sealed", plan.get("seal")),
    ]
    found = two_columns([(name, value) for name, value in rows if value not in (None, "")])
    return [
        Heading("What was brought"),
        Paragraph(
            "Only what the model made was looked at; the model itself was neither loaded nor asked. "
            + str(plan.get("said") or "")
        ),
        found,
        *_left_out(outputs.get("left_out") or []),
    ]


def _left_out(rows: Sequence[Mapping[str, Any]]) -> list[Block]:
    if not rows:
        return []
    few = tuple((str(each.get("file")), str(each.get("reason"))) for each in rows[:20])
    return [Heading("Left out of it"), Table(("file", "why"), few)]


def not_asked(document: Mapping[str, Any]) -> list[Block]:
    """The checks that what was brought allows no answer to, each with its reason."""
    rows = tuple(
        (str(each.get("audit")), str(each.get("question")), str(each["reason"]))
        for each in document.get("checks") or []
        if each.get("reason")
    )
    return [Heading("What could not be asked"), Table(("check", "question", "why not"), rows)] if rows else []
