"""What an audit is evidence of: clauses of the EU AI Act and its Code of Practice, and of NIST's documents, with what stands for each.

Each is *measured* (a finding says how much), *declared* (somebody says so), *open*, or *not applicable* (why). No text of a law
was open to us: each clause is told in our own words, from readings of others, on the day below. It is evidence for a
reviewer and not legal advice, and says nothing of whether anybody complies with anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

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
    Clause("Art. 50 (1)", ACT, "People who talk to an AI system are told so.", (PROVIDER,)),
    Clause("Art. 50 (2)", ACT, "What a system generates is marked so that a machine can tell.", (PROVIDER,), ("marks/signed", "marks/told", "provenance")),
    Clause("Art. 50 (3)", ACT, "People are told that their emotions or biometric features are read.", (DEPLOYER,)),
    Clause("Art. 50 (4)", ACT, "Deepfakes, and texts that inform the public, are disclosed as made by AI.", (DEPLOYER,)),
    Clause("Art. 50 (5)", ACT, "All of this is said clearly, at the first encounter, and accessibly."),
    Clause("Art. 5 (1) (ba), (bb)", ACT, "From 2 December 2026: no systems for intimate pictures without consent, and none for pictures of child abuse."),
    Clause("1.1.1", CODE, "Metadata that are signed and time-stamped; our own signatures carry the clock of this machine, not that of an authority.", (PROVIDER,), ("marks/signed", "provenance/manifest of a picture", "provenance/manifest of a text")),
    Clause("1.1.2", CODE, "A watermark that can't be seen; not for texts of fewer than 200 tokens.", (PROVIDER,), ("provenance/watermark of a picture", "provenance/watermark of a text")),
    Clause("1.2", CODE, "Marks outlive what usually happens to a file.", (PROVIDER,), ("provenance/together of a picture", "provenance/together of a text")),
    Clause("Commitment 2", CODE, "Those who meet the outputs can check them, free of charge.", (PROVIDER,)),
    Clause("Harmful bias", NIST, "Differences between groups are measured on what the system makes.", evidence=("shares", "wording", "refusals", "bias", "bias-of-text")),
    Clause("Data privacy", NIST, "Training data that come out again, and personal data in outputs, are looked for.", evidence=("personal-data", "verbatim", "extraction", "membership")),
    Clause("Intellectual property", NIST, "Outputs that copy training examples are looked for.", evidence=("copies", "verbatim", "memorisation", "extraction")),
    Clause("Information integrity", NIST, "Where outputs come from can be told.", evidence=("marks", "provenance")),
    Clause("Uncertainty", TESTS, "Each number says its uncertainty, and whether that is of these items or of others like them.", evidence=("*",)),
)  # fmt: skip


def register(document: Mapping[str, Any], team: Mapping[str, Any], today: date | None = None) -> list[dict[str, str]]:
    """Each clause with its status and what stands for it, for the report: {"source", "text", "status", "evidence"}.

    `team` is that part of the policy: role, the day on which the system was placed on the market, and what is declared.
    """
    findings = [each for each in document.get("findings") or [] if isinstance(each, Mapping)]
    rows = []
    for clause in REGISTER:
        status, evidence = _status(clause, findings, team)
        since = _since(clause, team)
        rows.append(
            {
                "source": f"{clause.source}, {clause.id}",
                "text": clause.text + since,
                "status": status,
                "evidence": evidence,
            }
        )
    return rows


def notice(today: date | None = None) -> str:
    """When the register was read, and that it must be read again where that is long ago."""
    age = ((today or date.today()) - READ_ON).days
    old = f" That is {age} days ago: read the sources again before you rely on it." if age > STALE else ""
    return f"Read on {READ_ON.isoformat()}, from readings of others; evidence for a reviewer and not legal advice.{old}"


def _status(clause: Clause, findings: Sequence[Mapping[str, Any]], team: Mapping[str, Any]) -> tuple[str, str]:
    declared = team.get("declared") or {}
    role = team.get("role") or ""
    if role and role not in clause.roles and role != "both":
        return "not applicable", f"it asks the {' and the '.join(clause.roles)}, and the team is the {role}"
    measured = [each for each in findings if _is_evidence(clause, each) and each.get("estimate")]
    if measured:
        return "measured", "; ".join(_said(each) for each in measured[:4])
    if clause.id in declared:
        said = declared[clause.id]
        return "declared", f"{said['says']} ({said['by']}, {said['when']})"
    lacking = [each for each in findings if _is_evidence(clause, each)]
    why = f"asked and not measured: {lacking[0].get('reason')}" if lacking else "nothing was measured or declared"
    return "open", why + ("" if role or len(clause.roles) == 2 else "; the policy does not say the team's role")


def _is_evidence(clause: Clause, finding: Mapping[str, Any]) -> bool:
    names = (finding.get("audit"), f"{finding.get('audit')}/{finding.get('part')}", "*")
    return any(each in clause.evidence for each in names)


def _said(finding: Mapping[str, Any]) -> str:
    estimate = finding["estimate"]
    return (
        f"{finding.get('audit')}, {finding.get('part')}: {finding.get('verdict')}, {estimate['value']:.3g}"
        f" ({estimate['low']:.3g} to {estimate['high']:.3g}), n = {estimate['n']}"
    )


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
