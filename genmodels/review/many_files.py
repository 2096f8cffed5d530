"""Many files checked one after another, each with the statement that belongs to it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from genmodels.intake.texts import read_text
from genmodels.printable import printable
from genmodels.provenance import pairing
from genmodels.provenance.formats import TEXT, format_of
from genmodels.provenance.pairing import Content
from genmodels.refusal import Refusal
from genmodels.review.file_check import MOST_TEXT, Detector, same_texts, verify


def verify_many(
    files: Sequence[tuple[str, Content]],
    *,
    detector: Detector | None = None,
    report: Callable[[int, int], None] = lambda done, of: None,
) -> list[dict[str, Any]]:
    """Every file with its signed statement, if that is among them; one that can't be read gives {"file", "error"}. "number": which of the files.

    A name may be a path and stands for one file: of the same bare name in two folders each has its own statement. A content
    may be a function that reads it. A statement whose file is not there comes last, as an error.
    """
    statements, asked = pairing.divided(files)
    names = pairing.shown([files[number][0] for number in asked])
    rows: list[dict[str, Any]] = []
    statement: bytes | None
    for number, shown in zip(asked, names, strict=True):
        report(len(rows), len(asked))
        name, content = files[number]
        try:
            read = pairing.content_of(content, name)
            if record := pairing.opened_record(read):
                read, statement = record
            else:
                statement = statements.of(name, hashes_of(read))
            row = verify(read, shown, sidecar=statement, detector=detector)
        except Refusal as refusal:
            row = {"file": printable(shown), "error": str(refusal)}
        rows.append(row | {"number": number})
    report(len(asked), len(asked))
    return rows + [{"file": printable(Path(name).name), "error": pairing.alone(name)} for name in statements.left()]


def hashes_of(content: bytes) -> list[str]:
    """The SHA-256 of a file, and of the same text as it would leave here, where it is a text."""
    try:
        same = (
            same_texts(content, read_text(content))
            if format_of(content) == TEXT and len(content) <= MOST_TEXT
            else [content]
        )
    except Refusal:
        same = [content]
    return [hashlib.sha256(each).hexdigest() for each in same]
