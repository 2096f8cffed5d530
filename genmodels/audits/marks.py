"""Are the files marked, so that a machine can tell that a model made them? Signed manifests and metadata are read.

Art. 50 (2) of the EU AI Act asks that outputs be marked in a machine-readable way. A manifest (C2PA) is signed and breaks when
the file changes; metadata (IPTC, text chunks) are anybody's word and are counted apart. Watermarks of others can't be read
without their keys, and are not measured. Files are independent, so the error rates follow from the binomial.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.audits.audit import audit
from genmodels.checks.brought_marks import Marks, read_marks, signers
from genmodels.checks.marked_files import Accepted
from genmodels.estimates.estimate import clopper_pearson
from genmodels.subjects.outputs import Outputs
from genmodels.verdicts.finding import Finding, judge, not_measured
from genmodels.verdicts.items import Items
from genmodels.verdicts.limits import Limits, beyond, limit

LEAST, SHOWN = 10, 12
QUESTIONS = {
    "signed": "Does every file carry a whole, signed manifest that says a model made it?",
    "told": "Does every file say in any way that a machine reads that a model made it?",
}
REMEDY = "Sign files with a manifest where they are made, for example by c2pa, and keep them from being saved again after that."


@dataclass(frozen=True, kw_only=True)
class MarksLimits(Limits):
    """What is accepted of files without a mark."""

    unsigned: float = limit(0.0, "The share of files that may carry no whole manifest that says a model made them.")
    unsigned_effect: float = beyond("unsigned", 0.05)
    untold: float = limit(0.0, "The share of files that may say nowhere that a model made them.")
    untold_effect: float = beyond("untold", 0.05)


@audit(
    "marks",
    question="Are the files marked, so that a machine can tell that a model made them?",
    limits=MarksLimits,
    of=Outputs,
)
def marks(subject: Outputs, limits: MarksLimits) -> list[Finding]:
    """Reads the marks of up to 1,000 files."""
    found = read_marks(subject)
    if len(found) < LEAST:
        few = f"n too small: the marks of {len(found)} files could be read; at least {LEAST} are needed."
        return [not_measured("marks", question, few, part) for part, question in QUESTIONS.items()]
    unsigned = [each for each in found if not each.says_generated]
    untold = [each for each in unsigned if not each.says_in_metadata]
    broken = sum(each.manifest in ("broken", "unreadable") for each in found)
    who = f" Signed: {signers(found)}." if signers(found) else ""
    torn = f" {broken:,} manifests are broken or can't be read." if broken else ""
    return [
        _finding(
            "signed",
            unsigned,
            len(found),
            Accepted(limits.unsigned, limits.unsigned_effect),
            "without such a manifest",
            who + torn,
            _items(found, unsigned),
        ),
        _finding(
            "told",
            untold,
            len(found),
            Accepted(limits.untold, limits.untold_effect),
            "without any mark",
            "",
            _items(found, untold),
        ),
    ]


def _items(found: list[Marks], bare: list[Marks]) -> Items:
    """Which of the files that were read are without a mark."""
    without = {each.number for each in bare}
    numbers = np.array([each.number for each in found])
    return Items(np.isin(numbers, sorted(without)), numbers)


def _finding(part: str, bare: list[Marks], n: int, accepted: Accepted, fault: str, more: str, items: Items) -> Finding:
    estimate = clopper_pearson(len(bare), n)
    claim = f"{len(bare):,} of {n:,} files are {fault} ({estimate.low:.1%} to {estimate.high:.1%} of such files).{more}"
    exhibits: list[dict[str, Any]] = [
        {"file": each.place, "manifest": each.manifest, "signer": each.signer, "metadata": list(each.says_in_metadata)}
        for each in bare[:SHOWN]
    ]
    return judge(
        "marks",
        claim,
        estimate,
        limit=accepted.share,
        effect=accepted.effect,
        remedy=REMEDY,
        exhibits=exhibits,
        part=part,
        question=QUESTIONS[part],
        error_rates=accepted.rates(n, fault),
        items=[items],
    )
