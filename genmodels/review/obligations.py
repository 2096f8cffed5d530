"""What an audit is evidence of: clauses of the EU AI Act and its Code of Practice, and of NIST's documents, with what stands for each.

Each is *measured* (a judged finding says how much), *declared* (somebody says so), *open*, or *not applicable* (why). No text of a law
was open to us: each clause is told in our own words, from readings of others, on the day below. It is evidence for a
reviewer and not legal advice, and says nothing of whether anybody complies with anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from genmodels.review.obligation_evidence import (
    OF_GAPS,
    OF_INTERVALS,
    OF_LIMITS,
    OF_RATES,
    OF_TRAINING,
    evidence_for,
)

READ_ON = date(2026, 11, 25)
STALE = 180  # days after which the register must be read again
PROVIDER, DEPLOYER = "provider", "deployer"
APPLIES, LATER = date(2026, 8, 2), date(2026, 12, 2)  # of Art. 50; of Art. 50 (2) for what was on the market before


@dataclass(frozen=True)
class Clause:
    """One clause: what it asks in our words, whom, and which parts of which audits are evidence of it ("audit" or "audit/part")."""

    id: str
    source: str
    text: str
    roles: tuple[str, ...] = (PROVIDER, DEPLOYER)
    evidence: tuple[str, ...] = ()


ACT, CODE = "EU AI Act", "Code of Practice on marking and labelling (10 June 2026)"
NIST, TESTS = "NIST AI 600-1 (July 2024)", "NIST AI 800-3 (February 2026)"
REGISTER = (
    Clause("Art. 50 (1)", ACT, "People who talk to an AI system are told so, unless it is obvious.", (PROVIDER,)),
    Clause("Art. 50 (2)", ACT, "What a system generates is marked so that a machine can tell; who builds on another's marks may rely on them and stays responsible.", (PROVIDER,), ("marks/signed", "marks/told", "provenance")),
    Clause("Art. 50 (3)", ACT, "People are told that their emotions are read, or that they are sorted by biometric features.", (DEPLOYER,)),
    Clause("Art. 50 (4)", ACT, "Deepfakes, and texts that inform the public, are disclosed as made by AI.", (DEPLOYER,)),
    Clause("Art. 50 (5)", ACT, "All of this is said clearly, at the first encounter at the latest, and accessibly."),
    Clause("Art. 5 (1) (ba), (bb)", ACT, "From 2026-12-02: no systems for intimate pictures without consent, and none for pictures of child abuse."),
    Clause("1.1.1", CODE, "Metadata that are signed and time-stamped; our own signatures carry the clock of this machine, not that of an authority.", (PROVIDER,), ("marks/signed", "provenance/manifest of a picture", "provenance/manifest of a text")),
    Clause("1.1.2", CODE, "A watermark that can't be seen; of texts from 200 tokens on, where it is less reliable.", (PROVIDER,), ("provenance/watermark of a picture", "provenance/watermark of a text")),
    Clause("1.1.3", CODE, "Fingerprints or a log of what was made: by choice, and not enough alone.", (PROVIDER,), ("provenance/ledger of a picture", "provenance/ledger of a text")),
    Clause("1.2", CODE, "Marks are kept, through what usually happens to a file.", (PROVIDER,), ("provenance/together of a picture", "provenance/together of a text")),
    Clause("Commitment 2", CODE, "Those who meet the outputs can check them, free of charge (small providers may charge for heavy use).", (PROVIDER,)),
    Clause("Labels", CODE, "Who shows deepfakes, or texts that inform the public, labels them with the common icon.", (DEPLOYER,)),
    Clause("Harmful bias", NIST, "Differences between groups are measured on what the system makes, in quality too (MS-2.11-001, MS-2.11-002).", evidence=("shares", "wording", "refusals/groups", "bias", "bias-of-text")),
    Clause("Data privacy", NIST, "Training data that come out again, and personal data in outputs, are looked for (MS-2.10-001).", evidence=("personal-data", "verbatim", "extraction", "membership")),
    Clause("Intellectual property", NIST, "Outputs that copy training examples are looked for (MS-2.10-001).", evidence=("copies", "verbatim", "memorisation", "extraction")),
    Clause("Information integrity", NIST, "Where outputs come from can be told, and signatures are verified (MS-1.1-002).", evidence=("marks", "provenance")),
    Clause("MS-2.7-005", NIST, "How reliable marks, signatures and fingerprints are is measured, with false alarms and misses.", (PROVIDER,), ("provenance",)),
    Clause("MS-4.2-001", NIST, "Attempts to deceive the marks are tried, at regular intervals.", (PROVIDER,), ("provenance/together of a picture", "provenance/together of a text")),
    Clause("GV-1.3-002", NIST, "There are thresholds for what may be released, and a decision by them.", evidence=(OF_LIMITS,)),
    Clause("MS-1.1-009", NIST, "What can't be measured is written down, with why.", evidence=(OF_GAPS,)),
    Clause("MS-2.13-001", NIST, "How wrong the measures themselves are is known.", evidence=(OF_RATES,)),
    Clause("MS-2.12-003", NIST, "What training and use cost the environment is measured or estimated.", evidence=(OF_TRAINING,)),
    Clause("MS-2.9-002", NIST, "The model is documented: purpose, data, training, limits.", (PROVIDER,)),
    Clause("MS-2.11-004, MS-2.6-002", NIST, "Sources of bias and what must not be in the training data are looked for in these data.", (PROVIDER,)),
    Clause("MS-2.2-001", NIST, "Statistical bias of how provenance is told is known and dealt with.", (PROVIDER,)),
    Clause("GV-1.2-001, GV-1.6-003, MS-2.8-003", NIST, "The history of data and outputs is kept, with sources, versions and marks, so that it can't be changed unseen.", (PROVIDER,)),
    Clause("MG-3.2-009", NIST, "Models outside their limits are retrained or taken out of use."),
    Clause("Uncertainty", TESTS, "Each number says its uncertainty, and whether that is of these items or of others like them.", evidence=(OF_INTERVALS,)),
)  # fmt: skip


def register(document: Mapping[str, Any], team: Mapping[str, Any]) -> list[dict[str, str]]:
    """Each clause with its status and what stands for it, for the report: {"source", "text", "status", "evidence"}.

    `team` is that part of the policy: role, the day on which the system was placed on the market, and what is declared.
    """
    rows = []
    for clause in REGISTER:
        status, evidence = _status(clause, document, team)
        rows.append(
            {
                "source": f"{clause.source}, {clause.id}",
                "text": clause.text + _since(clause, team),
                "status": status,
                "evidence": evidence,
            }
        )
    return rows


def notice(today: date | None = None) -> str:
    """When the register was read, and that it must be read again where that is long ago."""
    said = f"Read on {READ_ON.isoformat()}, from readings of others; evidence for a reviewer and not legal advice."
    return said + _old(READ_ON, today)


def warned(read: str, today: date | None = None) -> str:
    """What was said of the register when an audit was made, with the warning of `notice` where it has become old since."""
    found = re.search(r"Read on (\d{4}-\d{2}-\d{2})", read)
    try:
        then = date.fromisoformat(found[1]) if found else None
    except ValueError:
        then = None
    return read if then is None or "read the sources again" in read else read + _old(then, today)


def _old(read: date, today: date | None) -> str:
    age = ((today or date.today()) - read).days
    return f" That is {age} days ago: read the sources again before you rely on it." if age > STALE else ""


def _status(clause: Clause, document: Mapping[str, Any], team: Mapping[str, Any]) -> tuple[str, str]:
    declared, role = team.get("declared") or {}, team.get("role") or ""
    if role and role not in clause.roles and role != "both":
        return "not applicable", f"it asks the {' and the '.join(clause.roles)}, and the team is the {role}"
    found = evidence_for(clause.evidence, document)
    if found.measured:
        return "measured", found.measured
    if clause.id in declared:
        said = declared[clause.id]
        return "declared", f"{said['says']} ({said['by']}, {said['when']})"
    why = found.lacking or "nothing was measured or declared"
    return "open", why + ("" if role or len(clause.roles) == 2 else "; the policy does not say the team's role")


def _since(clause: Clause, team: Mapping[str, Any]) -> str:
    """From when a clause of Art. 50 holds, which depends on when the system was placed on the market."""
    if not clause.id.startswith("Art. 50"):
        return ""
    if clause.id != "Art. 50 (2)":
        return f" Since {APPLIES.isoformat()}."
    placed = team.get("placed")
    if not placed:
        return f" Since {APPLIES.isoformat()}; for systems that were on the market before that day from {LATER.isoformat()}."
    return f" For this system from {(LATER if placed < APPLIES.isoformat() else APPLIES).isoformat()}."
