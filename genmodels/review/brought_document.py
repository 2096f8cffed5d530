"""What a report says of outputs that were brought: what they were, what was left out of them, what could not be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from genmodels.review.document import Block, Folded, Heading, Items, Paragraph, Table
from genmodels.review.document_values import two_columns
from genmodels.review.evidence import folded


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


def evidence(findings: Sequence[Mapping[str, Any]]) -> list[Block]:
    """What stands behind each finding, folded."""
    parts = [part for finding in findings for part in folded(finding)]
    return [Heading("Evidence"), *parts] if parts else []


def again(rows: Sequence[Mapping[str, Any]]) -> list[Block]:
    """Below findings or measures: the command that gives each number again, folded; nothing where none is known."""
    commands = tuple(
        f"{each.get('metric') or each.get('audit')}{f', {part}' if (part := each.get('part')) else ''}: {each['command']}"
        for each in rows
        if isinstance(each.get("command"), str)
    )
    return [Folded("Commands that give each number again", (Items(commands),))] if commands else []


def decided(review: object) -> list[Block]:
    """What people decided about the findings, and who signed; nothing where nobody looked."""
    if not isinstance(review, Mapping):
        return []
    signed, rows = review.get("signed"), [each for each in review.get("decisions") or [] if each.get("finding")]
    if review.get("broken"):
        said = f"The seal of this review is broken: {review['broken']}."
    elif signed:
        said = f"Signed by {who(signed)} on {signed['time']}, code {signed['code']}."
    else:
        names = ", ".join(review.get("open") or [])
        said = "Not signed." + (f" These findings need a decision first: {names}." if names else "")
    cells = tuple(
        (str(each["finding"]), str(each["decision"]), str(each["reason"]), who(each), str(each["time"]))
        for each in rows
    )
    table = [Table(("finding", "decision", "reason", "by", "when"), cells)] if cells else []
    return [Heading("Review by people"), Paragraph(said), *table]


def who(decision: Mapping[str, Any]) -> str:
    """Who decided, and that nobody checked the name where nobody did."""
    return str(decision["by"]) if decision.get("verified") is True else f"{decision['by']} (name not verified)"
