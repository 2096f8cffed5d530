"""Marked files: the shares that are accepted, the findings on them, and what each change leaves of the marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.estimates.estimate import Estimate, clopper_pearson
from genmodels.subjects.subject import Subject
from genmodels.verdicts.error_rates import Case, Rates, exactly, unknown_rates
from genmodels.verdicts.finding import Finding, judge, verdict_of

FILES, WORN = 80, 24  # that are sent out; that are worn, which takes far longer
LEAST = 10
SURE = 0.001
QUESTIONS = {
    "manifest of a picture": "Does every saved picture carry a whole manifest of this machine that says a model made it?",
    "manifest of a clip": "Does every saved clip carry a whole manifest of this machine that says a model made it?",
    "manifest of a text": "Does every saved text come with a signed statement of this machine?",
    "watermark": "Is the watermark found in a {kind} as it was saved?",
    "together": "Is some mark found after every change that happens to a {kind}?",
}
MARK_OF = {
    "picture": "manifest",
    "clip": "manifest",
    "text": "signed statement",
}  # what says beside the watermark who made a file
WAYS = "Send files out by ways that keep the manifest; state in the card which changes lose every mark."
REMEDY = "Save files with genmodels.provenance.marking, and check that the keys of this machine are those that mark."


@dataclass(frozen=True)
class Accepted:
    """An accepted share, and how far beyond it a share must be seen."""

    share: float
    effect: float

    def verdict(self, estimate: Estimate) -> str:
        """The verdict on a share: pass, fail or "not measured"."""
        return verdict_of(estimate, limit=self.share, effect=self.effect)

    def rates(self, n: int, fault: str, worst_of: int = 1) -> Rates:
        """The error rates of a verdict on k of n files; `fault` completes "models that leave 5 % of their files ..."."""
        if self.share >= 1:
            return unknown_rates("nothing was judged: no share can lie above the limit")
        beyond = min(1.0, self.share + self.effect)
        planted = [(False, share) for share in sorted({0.0, self.share})] + [
            (True, share) for share in sorted({(self.share + beyond) / 2, beyond})
        ]
        cases = [
            (Case(f"leave {100 * share:.1f} % of their files {fault}", culprit, max(0.0, share - self.share)), share)
            for culprit, share in planted
        ]
        crude = (Case(f"leave every file {fault}", True, 1 - self.share, crude=True), 1.0)
        return exactly(n, [*cases, crude], lambda k: self.verdict(share_of(k, n, worst_of)))


@dataclass(frozen=True)
class AcceptedShares:
    """The limits of the three questions."""

    unmarked: Accepted
    unseen: Accepted
    lost: Accepted


def survived(change: str, seen: np.ndarray, kept: np.ndarray) -> dict[str, Any]:
    """What a change leaves: of files (n,) the shares in which the watermark is `seen`, that are `kept` in the ledger, or either."""
    either = seen | kept
    return {
        "change": change,
        "watermark": float(seen.mean()),
        "ledger": float(kept.mean()),
        "together": float(either.mean()),
        "n": len(seen),
        "missed": int((~either).sum()),
        "unseen": int((~seen).sum()),
    }


def of_manifests(bare: int, n: int, limit: Accepted, kind: str, exhibits: list[dict[str, Any]]) -> Finding:
    """The finding that `bare` of n files have no whole manifest, or signed statement, of this machine."""
    part, estimate, what = (
        f"manifest of a {kind}",
        share_of(bare, n),
        MARK_OF[kind],
    )
    claim = f"{bare} of {n} {kind}s were saved without a whole {what} of this machine{_between(estimate)}; accepted are {100 * limit.share:.0f} %."
    rates = limit.rates(n, f"without a {what}")
    return judge(
        "provenance",
        claim,
        estimate,
        limit=limit.share,
        effect=limit.effect,
        remedy=REMEDY,
        exhibits=exhibits,
        part=part,
        question=QUESTIONS[part],
        error_rates=rates,
    )


def of_survival(rows: list[dict[str, Any]], policy: AcceptedShares, kind: str, how: str) -> list[Finding]:
    """The findings on the watermark as files were saved, and on the change that costs most of them all marks."""
    first, worst, n, few = rows[0], max(rows, key=lambda row: row["missed"]), rows[0]["n"], len(rows)
    estimate, lost = share_of(first["unseen"], n), share_of(worst["missed"], n, few)
    unseen = f"In {first['unseen']} of {n} {kind}s, {how}, the watermark is not found as they were saved{_between(estimate)}; accepted are {100 * policy.unseen.share:.0f} %."
    claim = f"The worst of {few} changes, {worst['change']}, leaves {worst['missed']} of {n} {kind}s ({how}) with no mark that is found{_between(lost)}; accepted are {100 * policy.lost.share:.0f} %. Each change: see the survival matrix."
    return [
        judge(
            "provenance",
            unseen,
            estimate,
            limit=policy.unseen.share,
            effect=policy.unseen.effect,
            remedy=REMEDY,
            exhibits=rows[:1],
            part=f"watermark of a {kind}",
            question=QUESTIONS["watermark"].format(kind=kind),
            error_rates=policy.unseen.rates(n, "without a watermark that is found"),
        ),
        judge(
            "provenance",
            claim,
            lost,
            limit=policy.lost.share,
            effect=policy.lost.effect,
            remedy=WAYS,
            exhibits=rows,
            part=f"together of a {kind}",
            question=QUESTIONS["together"].format(kind=kind),
            error_rates=policy.lost.rates(n, "without any mark after one of the changes", few),
        ),
    ]


def share_of(k: int, n: int, worst_of: int = 1) -> Estimate:
    """The share with an interval that allows for having taken the worst of so many."""
    return clopper_pearson(k, n, 1 - 0.05 / worst_of)


def _between(estimate: Estimate) -> str:
    return f" ({100 * estimate.low:.1f} % to {100 * estimate.high:.1f} % of all would be)"


def facts_of(subject: Subject) -> dict[str, str]:
    """What is written into the manifest of a file: the model and the seed."""
    return {"Model": subject.name, "Seed": str(subject.seed)}
