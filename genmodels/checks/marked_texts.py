"""Marked texts: sent out with a signed statement, read back as they were and changed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np

from genmodels.checks.marked_files import (
    FILES,
    LEAST,
    QUESTIONS,
    SURE,
    WORN,
    AcceptedShares,
    facts_of,
    of_manifests,
    of_survival,
    survived,
)
from genmodels.kinds.text import fingerprint
from genmodels.kinds.text.attacks import TEXTS
from genmodels.kinds.text.decoding import Decoding
from genmodels.provenance import marking
from genmodels.provenance.book import Book
from genmodels.provenance.claims import made_by_a_model
from genmodels.provenance.keys import watermark_key
from genmodels.provenance.sidecar import read_sidecar
from genmodels.provenance.text_mark import p_value
from genmodels.subjects.subject import Subject
from genmodels.trained.roles import Writes, to_continue
from genmodels.verdicts.finding import Finding, not_measured

LONG = 50  # tokens, from which a watermark can be found


def of_texts(subject: Subject, policy: AcceptedShares) -> list[Finding]:
    """The findings on texts that a writer sends out."""
    generator = to_continue(subject.generator)
    subject.report("texts", 0, FILES)
    decoding = Decoding(temperature=1.0, length=200)
    texts = sorted((str(text) for text in generator.sample(FILES, seed=subject.seed, decoding=decoding)), key=len)
    manifests = _statements(subject, texts, policy)
    long = [
        text
        for text in texts[-WORN:]
        if len(generator.tokens.encode("".join(c for c in text if not generator.tokens.unknown(c)))) >= LONG
    ]
    if len(long) < LEAST:
        few = f"n too small: {len(long)} of the {WORN} longest of {FILES} texts have 50 tokens or more; {LEAST} are needed."
        return [
            manifests,
            not_measured("provenance", QUESTIONS["watermark"].format(kind="text"), few, "watermark of a text"),
        ]
    how = f"the {len(long)} longest texts, of 50 tokens or more"
    return [manifests, *of_survival(_changed(subject, generator, long), policy, "text", how)]


def _statements(subject: Subject, texts: list[str], policy: AcceptedShares) -> Finding:
    """The finding on the signed statements beside texts."""
    files = [f"{made_by_a_model(subject.name)}\n\n{text}\n" for text in texts]
    facts = [facts_of(subject) | {"Seed": str(subject.seed + number)} for number in range(len(files))]
    statements = [
        read_sidecar(json.loads(each), file.encode())
        for each, file in zip(marking.statements(files, facts), files, strict=True)
    ]
    bare = sum(each.state != "whole" or each.signer == "unknown" for each in statements)
    exhibits: list[dict[str, Any]] = [
        {"sha256": hashlib.sha256(file.encode()).hexdigest()[:16], "text": text[:200]}
        for file, text in zip(files[:8], texts[:8], strict=True)
    ]
    return of_manifests(bare, len(files), policy.unmarked, "text", exhibits)


def _changed(subject: Subject, generator: Writes, texts: list[str]) -> list[dict[str, Any]]:
    """What each change leaves of the marks of texts."""
    human = [document for document in subject.data.test.documents if len(document) > 40] or [
        " ".join(subject.data.test.documents)
    ]
    key = generator.watermark_key or watermark_key("text")

    def seen(text: str) -> bool:
        return p_value(text, [generator.tokens], key) <= SURE

    book = Book([{"sha256": "", "print": fingerprint.of_text(text)} for text in texts])
    rng, rows = np.random.default_rng([subject.seed, 8]), []
    for name, change in TEXTS.items():
        changed = [change(text, human, rng) for text in texts]
        marked = np.array([seen(text) for text in changed])
        kept = np.array([book.text(text) is not None for text in changed])
        rows.append(survived(name, marked, kept))
    return rows
