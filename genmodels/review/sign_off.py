"""What people decided about an audit: a reason for each finding, and a signature under all of it; append-only and chained.

`review.jsonl` lies beside `audit.json`. Each line holds the SHA-256 of the findings that it is about (`report_seal.digest_of`; older
lines have that of the whole file) and the code of the line before it, so that a changed audit, and a line that was changed, moved or
taken out, break the seal visibly; so does an audit whose own seal does not hold. That the last lines were cut off is seen only by who
wrote down the last code. Names are as people give them: "name not verified" unless a login says so.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from genmodels.files import Unreadable, cannot_write, open_to_append, parsed, read_bytes
from genmodels.printable import printable
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.review.report_seal import broken_seal, digest_of

FILE, AUDIT = "review.jsonl", "audit.json"
DECISIONS = {
    "accept": "it stands as it is, for the reason given",
    "mitigate": "something is done about it, as the reason says",
    "reject": "the finding is wrong, for the reason given",
}
SIGNED = "signed"
FIRST = "0" * 64
MOST_REASON, MOST_NAME, MOST_BYTES = 2000, 100, 50_000_000


@dataclass(frozen=True)
class Decision:
    """One line: of which finding ("audit/part", "" for the signature under all), what was decided, why, by whom and when."""

    finding: str  # as `names_of` calls it
    decision: str
    reason: str
    by: str
    verified: bool
    time: str
    code: str
    sound: bool  # it follows from the line before it, and is about the audit that lies there now


@dataclass(frozen=True)
class Review:
    """All decisions on an audit. `broken` says what is wrong with their chain; "" where nothing is."""

    decisions: tuple[Decision, ...]
    open: tuple[str, ...]  # findings that need a decision before anybody can sign
    broken: str = ""
    outdated: bool = False  # nothing is wrong with the chain, but it is about an earlier audit
    audit: str = ""  # SHA-256 of the findings of the audit that lies there now

    @property
    def signed(self) -> Decision | None:
        """The signature that holds: the last line, if it is one and the chain is whole."""
        last = self.decisions[-1] if self.decisions else None
        return last if last and last.decision == SIGNED and not self.broken else None

    def of(self, finding: str) -> Decision | None:
        """The last decision on a finding that is sound, by its name in `names_of`; None where there is none."""
        return next((each for each in reversed(self.decisions) if each.finding == finding and each.sound), None)

    def to_dict(self) -> dict[str, Any]:
        """As JSON and the report have it: {"decisions", "open", "broken", "signed"}."""
        signed = asdict(self.signed) if self.signed else None
        decisions = [asdict(each) for each in self.decisions]
        return {"decisions": decisions, "open": list(self.open), "broken": self.broken, "signed": signed}


def read_review(folder: Path) -> Review:
    """The decisions on the audit in a folder, each judged; raises `Refusal` where there is no audit."""
    audit = _audit(folder)
    decisions, before, broken = list[Decision](), FIRST, audit.broken
    torn = bool(broken)
    for number, line in enumerate(_lines(folder / FILE), 1):
        try:
            row = parsed(line)
            code = _code({name: value for name, value in row.items() if name != "code"})
            chained = row["code"] == code and row["before"] == before
            current = row["audit"] in audit.hashes
            said = [printable(str(row[name]), MOST_REASON) for name in ("finding", "decision", "reason", "by", "time")]
            decisions.append(
                Decision(
                    said[0],
                    said[1],
                    said[2],
                    said[3],
                    row["verified"] is True,
                    said[4],
                    row["code"],
                    chained and current,
                )
            )
            before = row["code"]
        except (Unreadable, KeyError, TypeError, AttributeError):
            broken, torn = broken or f"line {number} is damaged", True
            continue
        torn = torn or not chained
        if not chained:
            broken = broken or f"line {number} was changed, moved or written by hand"
        elif not current:
            broken = broken or f"line {number} is about another audit than the one that lies there now"
    decided = {each.finding for each in decisions if each.sound}
    waiting = tuple(name for name, old in _deciding(audit.document) if not {name, old} & decided)
    return Review(tuple(decisions), waiting, broken, bool(broken) and not torn, audit.digest)


def decide(folder: Path, finding: str, decision: str, reason: str, by: str, *, verified: bool = False) -> Decision:
    """Enter a decision on a finding, by its name in `names_of`; raises `Refusal` for one that is not there, and without a reason."""
    names = names_of(_audit(folder).document["findings"])
    if finding not in names:
        raise Refusal(unknown("finding of this audit", finding, names))
    if decision not in DECISIONS:
        raise Refusal(unknown("decision", decision, DECISIONS))
    if not reason.strip():
        raise Refusal(f"There is no reason to {decision} {finding}; write one, so that others can follow it.")
    return _append(folder, finding, decision, reason, by, verified)


def sign(folder: Path, by: str, *, verified: bool = False) -> Decision:
    """Sign the audit with its decisions; raises `Refusal` while a failed or warned finding has none, or the chain is broken."""
    review = read_review(folder)
    if review.broken:
        raise Refusal(f"The review can't be signed: {review.broken}.")
    if review.open:
        raise Refusal(
            f"{len(review.open)} findings have no decision yet, such as {review.open[0]}; decide on them first."
        )
    return _append(folder, "", SIGNED, "", by, verified)


def begin_anew(folder: Path) -> str:
    """Put the review in a folder aside, so that a new one can begin; returns the name that its file has now, "" where there was none."""
    _audit(folder)
    number = 1
    while (aside := folder / f"review-{number}.jsonl").exists():
        number += 1
    try:
        (folder / FILE).rename(aside)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise cannot_write(folder, error) from error
    return aside.name


def needs_decision(document: Mapping[str, Any]) -> list[str]:
    """The findings that somebody must decide on: those that fail or warn."""
    return [name for name, _ in _deciding(document)]


def _deciding(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Their names, and those that they had before findings of one audit and part were told apart."""
    found = document["findings"]
    both = zip(names_of(found), map(name_of, found), found, strict=True)
    return [(name, old) for name, old, each in both if each.get("verdict") in ("fail", "warn")]


def names_of(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    """How each finding of an audit is called in a review: "audit/part" where one has it alone, else with its question, and with a
    number where that does not tell them apart either. Names hold as long as the same is asked, in whatever order.

    >>> names_of([{"audit": "a", "part": "x"}, {"audit": "b", "question": "One?"}, {"audit": "b", "question": "Two?"}])
    ['a/x', 'b/all: One?', 'b/all: Two?']
    """
    plain = [name_of(each) for each in findings]
    asked = [
        name if plain.count(name) == 1 else printable(f"{name}: {each.get('question') or ''}", MOST_REASON)
        for name, each in zip(plain, findings, strict=True)
    ]
    names = list[str]()
    for name in asked:
        number, told = 1, name if asked.count(name) == 1 else f"{name} (1)"
        while told in names:
            number += 1
            told = f"{name} ({number})"
        names.append(told)
    return names


def name_of(finding: Mapping[str, Any]) -> str:
    """A finding's audit and part, "audit/part", on one line as it is written down and read again."""
    return printable(f"{finding.get('audit')}/{finding.get('part') or 'all'}", MOST_REASON)


def _append(folder: Path, finding: str, decision: str, reason: str, by: str, verified: bool) -> Decision:
    if not by.strip():
        raise Refusal("Nobody is named; say who decides.")
    with open_to_append(folder / FILE) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        review = read_review(folder)
        row = {
            "finding": finding,
            "decision": decision,
            "reason": printable(reason.strip(), MOST_REASON),
            "by": printable(by.strip(), MOST_NAME),
            "verified": verified,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "audit": review.audit,
            "before": review.decisions[-1].code if review.decisions else FIRST,
        }
        code = _code(row)
        file.write((json.dumps(row | {"code": code}, ensure_ascii=False) + "\n").encode())
        file.flush()
        os.fsync(file.fileno())
    return Decision(finding, decision, str(row["reason"]), str(row["by"]), verified, str(row["time"]), code, True)


def _code(row: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(row, sort_keys=True, ensure_ascii=False).encode(errors="replace")).hexdigest()


@dataclass(frozen=True)
class _Audit:
    """The audit in a folder, the SHA-256 of its findings, what lines may call it by, and why its seal does not hold."""

    document: dict[str, Any]
    digest: str
    hashes: tuple[str, ...]
    broken: str


def _audit(folder: Path) -> _Audit:
    shown = printable(str(folder), 120)
    try:
        content = read_bytes(folder / AUDIT, MOST_BYTES)
        document = parsed(content)
    except FileNotFoundError:
        raise Refusal(
            f"There is no audit in {shown}; name the folder that `genmodels audit ... --out` wrote."
        ) from None
    except Unreadable as reason:
        raise Refusal(f"The audit in {shown} {reason}; audit again.") from None
    found = document.get("findings") if isinstance(document, dict) else None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Refusal(f"The audit in {shown} holds no findings; audit again.")
    digest, why = digest_of(document), broken_seal(content)
    broken = f"the audit was changed since it was sealed ({why})" if why else ""
    return _Audit(document, digest, (digest, hashlib.sha256(content).hexdigest()), broken)


def _lines(file: Path) -> list[bytes]:
    try:
        return [line for line in read_bytes(file, MOST_BYTES).split(b"\n") if line.strip()]
    except FileNotFoundError:
        return []
    except Unreadable as reason:
        raise Refusal(f"The review beside the audit {reason}; take it away and begin again.") from None
