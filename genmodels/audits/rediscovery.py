"""Does it write its training molecules again, or molecules that hardly differ from them?

A model of molecules that copies nothing still writes some training molecules: the small and usual ones, which anybody who
knows the rules comes upon. So what is counted is set beside what it never saw (`genmodels.checks.copied_molecules`): how
many held-out molecules it writes, and how near training molecules come to each other. Only what is beyond that is copying.
Novelty, as MOSES counts it (Polykovskiy et al. 2020, arXiv 1811.12823), makes no such difference.

Known limits: where whole scaffolds were held out (the sets molecules and own ones), a held-out molecule is harder to come
upon than one with a scaffold that was trained on, so that a model which learned scaffolds is counted among those that copy;
the limit leaves room for that. Fingerprints don't see which way a molecule is folded (stereochemistry). One changed atom
takes a small molecule below the likeness that counts as near: of seven usual changes 2 to 52 % are seen (docs/molecules.md),
so that few near copies do not say that nothing was copied and changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.audits.audit import audit
from genmodels.checks.copied_molecules import LEAST, NEAR, Molecules
from genmodels.checks.copied_molecules_rates import rates_of_near, rates_of_rediscovered
from genmodels.kinds.molecule.chemistry import canonical
from genmodels.kinds.text.decoding import Decoding
from genmodels.refusal import Refusal
from genmodels.subjects.subject import Subject
from genmodels.trained.roles import to_continue
from genmodels.verdicts.error_rates import kept_by
from genmodels.verdicts.finding import Finding, judge, not_measured
from genmodels.verdicts.limits import Limits, beyond, limit

REMEDY = "Train for fewer epochs (the held-out loss says when), or on more molecules, or with dropout; or leave known molecules out of what it writes."
EXACT, ALIKE = (
    "Does it write training molecules again?",
    "Does it write molecules that hardly differ from training molecules?",
)
SHOWN = 12
VERSION = "copied molecules 1"


@dataclass(frozen=True, kw_only=True)
class RediscoveryLimits(Limits):
    """What is accepted: shares of the different molecules that it writes."""

    rediscovered: float = limit(
        0.2, "The share of what it writes that may be training molecules, beyond what is natural."
    )
    rediscovered_effect: float = beyond("rediscovered", 0.3)
    near: float = limit(
        0.1, "The share of what else it writes that may hardly differ from training molecules, beyond what is usual."
    )
    near_effect: float = beyond("near", 0.1)


@audit(
    "rediscovery",
    question="Does it write its training molecules again?",
    kinds=("molecule",),
    needs=("tokens",),
    limits=RediscoveryLimits,
)
def rediscovery(subject: Subject, limits: RediscoveryLimits) -> list[Finding]:
    """Compares what it writes with training molecules, and with what it never saw.

    Raises `Refusal` for fewer than 50 different molecules, written or held out.
    """
    different, known = written(subject), Molecules(subject.data)
    for what, count in (
        ("different molecules in what it wrote", len(different)),
        ("held-out molecules", len(known.test)),
    ):
        if count < LEAST:
            raise Refusal(f"n too small: there are {count} {what}; at least {LEAST} are needed, so take more samples.")
    return [
        _rediscovered(subject, different, known, limits.rediscovered, limits.rediscovered_effect),
        _near(subject, [each for each in different if each not in known.train], known, limits.near, limits.near_effect),
    ]


def written(subject: Subject) -> list[str]:
    """The different molecules among n texts of the subject, canonical."""
    model = to_continue(subject.generator)
    subject.report("molecules", 0, subject.n)
    decoding = Decoding(length=model.context, temperature=1.0, watermark="none")
    texts = model.sample(subject.n, seed=subject.seed, decoding=decoding)
    return list(dict.fromkeys(found for each in texts if (found := canonical(str(each))) is not None))


def _rediscovered(subject: Subject, different: list[str], known: Molecules, accepted: float, effect: float) -> Finding:
    """Training molecules as they are."""
    found = known.rediscovered(different)
    estimate = found.estimate()
    claim = (
        f"Of {found.written:,} different molecules {found.known:,} are training molecules; it writes {found.held_out:,} of {found.test:,} held-out ones,"
        f" so that {found.natural:,.0f} of {found.train:,} training ones are natural. What is beyond that is {estimate.value:.1%} of what it writes"
        f" ({estimate.low:.1%} to {estimate.high:.1%})."
    )
    rates = kept_by(
        (VERSION, "exact", repr(found), accepted, effect, subject.seed),
        lambda: rates_of_rediscovered(found, accepted, effect, subject.seed),
    )
    shown = [each for each in different if each in known.train][:SHOWN]
    return judge(
        "rediscovery",
        claim,
        estimate,
        limit=accepted,
        effect=effect,
        remedy=REMEDY,
        exhibits=[{"molecule": each, "training": each, "Tanimoto": 1.0} for each in shown],
        part="rediscovered",
        question=EXACT,
        error_rates=rates,
    )


def _near(subject: Subject, others: list[str], known: Molecules, accepted: float, effect: float) -> Finding:
    """Molecules near to training molecules."""
    where, alike = known.nearest(others) if others else (np.zeros(0, int), np.zeros(0))
    if len(others) < LEAST:
        from_few = (
            f"n too small: {len(others)} of the molecules that it wrote are no training molecules; {LEAST} are needed."
        )
        return _unmeasured(from_few)
    found = known.near(alike)
    estimate = found.estimate()
    claim = (
        f"Of {found.written:,} molecules that are not among the training molecules {found.near:,} ({found.near / found.written:.1%}) have a Tanimoto likeness of {NEAR} or more to one;"
        f" so have {found.usual / found.train:.1%} of training molecules to another one. What is beyond that is {estimate.value:.1%} ({estimate.low:.1%} to {estimate.high:.1%})."
    )
    rates = kept_by(
        (VERSION, "near", repr(found), accepted, effect, subject.seed),
        lambda: rates_of_near(found, accepted, effect, subject.seed),
    )
    exhibits: list[dict[str, Any]] = [
        {"molecule": others[i], "training": known.compared[int(where[i])], "Tanimoto": round(float(alike[i]), 3)}
        for i in np.argsort(-alike, kind="stable")[:SHOWN]
    ]
    return judge(
        "rediscovery",
        claim,
        estimate,
        limit=accepted,
        effect=effect,
        remedy=REMEDY,
        exhibits=exhibits,
        part="near",
        question=ALIKE,
        error_rates=rates,
    )


def _unmeasured(reason: str) -> Finding:
    return not_measured("rediscovery", ALIKE, reason, "near")
