"""Measuring and judging kept apart: an `Estimate` says how much, a `Finding` what a policy makes of it.

Nothing that was not measured is ever 0 or a pass: it is a finding with the verdict "not measured" and a reason.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from genmodels.estimates.estimate import Estimate
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.verdicts.items import Items

VERDICTS = (
    "fail",
    "not measured",
    "warn",
    "pass",
    "reported",
)  # the worst first; "reported": a number that nothing judges


@dataclass(frozen=True)
class Finding:
    """What an audit found out about a subject, and the verdict on it.

    `question` is what was asked, `claim` what was found, in a sentence with its numbers; `limit` is what `estimate` was
    compared with; `remedy` says what to do; `exhibits` are plain dictionaries that point at the examples behind the
    verdict; `error_rates` says how often this very verdict is wrong (`genmodels.verdicts.error_rates`), or why that was not
    measured; `reason` says why nothing could be judged; `part` names the test within its audit; `made` says by which
    policy, limits, thresholds, n and seed, of which weights and where it was made. `items` are the values of single outputs, which
    are kept beside the document and not in it.
    """

    audit: str
    claim: str
    verdict: str
    estimate: Estimate | None = None
    limit: float | None = None
    remedy: str = ""
    exhibits: tuple[Mapping[str, Any], ...] = ()
    error_rates: Mapping[str, Any] | None = None
    reason: str = ""
    part: str = ""
    question: str = ""
    made: Mapping[str, Any] = field(default_factory=dict)
    items: tuple[Items, ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("claim", "question", "reason", "remedy"):
            object.__setattr__(self, name, spaced(getattr(self, name)))
        if self.verdict not in VERDICTS:
            raise Refusal(unknown("verdict", self.verdict, VERDICTS))
        if self.estimate is None and self.verdict != "not measured":
            raise Refusal(
                f"The audit {self.audit} says {self.verdict!r} without an estimate; what is unmeasured is not a verdict."
            )

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it; `calibration` is another name of `error_rates` until 1.0."""
        written = asdict(replace(self, items=())) | {"calibration": self.error_rates}
        del written["items"]
        if self.estimate and self.estimate.of == Estimate.of:
            del written["estimate"]["of"]  # what is usual is not said
        return written


def spaced(text: str) -> str:
    """The text with a space before each per cent sign, as everywhere on the pages.

    >>> spaced("39% of them")
    '39 % of them'
    """
    return re.sub(r"(?<=\d)%", " %", text)


def verdict_of(estimate: Estimate, *, limit: float, effect: float, warn: float | None = None, most: float = 1.0) -> str:
    """The verdict on an estimate that should be low (turn the sign where high is good).

    reported: no value can lie above `limit`, because `most` is the greatest possible one. fail: the whole interval lies
    above `limit`. warn: the whole interval lies above `warn`, a stricter limit. not measured: the interval still holds
    `limit` + `effect`, which the policy wants seen, so that a pass would mean nothing. pass: none of these.
    """
    if limit >= most:
        return "reported"
    if estimate.low > limit:
        return "fail"
    if warn is not None and estimate.low > warn:
        return "warn"
    return "not measured" if estimate.high > limit + effect else "pass"


def judge(
    audit: str,
    claim: str,
    estimate: Estimate,
    *,
    limit: float,
    effect: float = 0.0,
    warn: float | None = None,
    most: float = 1.0,
    remedy: str = "",
    exhibits: Sequence[Mapping[str, Any]] = (),
    part: str = "",
    question: str = "",
    error_rates: Mapping[str, Any] | None = None,
    items: Sequence[Items] = (),
) -> Finding:
    """The finding with the verdict of `verdict_of`; `claim` is the sentence of what was found."""
    verdict = verdict_of(estimate, limit=limit, effect=effect, warn=warn, most=most)
    return Finding(
        audit,
        claim,
        verdict,
        estimate,
        limit,
        remedy if verdict in ("fail", "warn") else "",
        tuple(exhibits),
        error_rates,
        _too_few(estimate, limit, effect) if verdict == "not measured" else "",
        part,
        question,
        items=tuple(items),
    )


def _too_few(estimate: Estimate, limit: float, effect: float) -> str:
    """Why a pass would mean nothing, and about how many examples would tell, if the value stayed where it is."""
    told = f"n too small: a value as high as {estimate.high:.3g} could hide behind n = {estimate.n}"
    room, over = limit + effect - estimate.value, estimate.value - limit
    ratios = [(estimate.high - estimate.value) / room] if room > 0 else []
    ratios += [(estimate.value - estimate.low) / over] if over > 0 else []
    ratio = min(ratios, default=0.0)
    if not ratio or ratio > 100:
        return f"{told}; many more examples would show it."
    wanted = max(estimate.n + 1, estimate.n * ratio**2)
    size = 10 ** max(0, math.floor(math.log10(wanted)) - 1)
    return f"{told}; about {math.ceil(wanted / size) * size:,} would do."


def not_measured(audit: str, question: str, reason: str, part: str = "") -> Finding:
    """The finding of an audit that could not be made: the question stands, and why it has no answer."""
    return Finding(audit, question, "not measured", reason=reason, part=part, question=question)


def overall(findings: Sequence[Finding], required: Sequence[str] = ()) -> str:
    """One verdict for all: fail; not measured (nothing was, or a required audit was not); warn; pass."""
    judged = [finding for finding in findings if finding.verdict != "reported"]
    verdicts = {finding.verdict for finding in judged}
    unmeasured = {f.audit for f in judged if f.verdict == "not measured"}
    measured = {f.audit for f in judged} - unmeasured
    if "fail" in verdicts:
        return "fail"
    if verdicts <= {"not measured"} or not set(required) <= measured:
        return "not measured"
    return "warn" if "warn" in verdicts else "pass"


def from_dict(row: Mapping[str, Any]) -> Finding:
    """The finding that `Finding.to_dict` was made of; raises `Refusal` for anything else."""
    try:
        estimate = Estimate(**row["estimate"]) if row.get("estimate") else None
        known = {name: value for name, value in row.items() if name not in ("calibration", "command", "items")}
        if "error_rates" not in row:
            known["error_rates"] = {"not_measured": "it was kept before rates were measured in place; audit again"}
        return Finding(**(known | {"estimate": estimate, "exhibits": tuple(row.get("exhibits") or ())}))
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
        raise Refusal(f"A finding that was kept can't be read ({str(error)[:80]}); audit again.") from None


def document(subject: str, findings: Sequence[Finding], required: Sequence[str] = ()) -> dict[str, Any]:
    """The JSON document of an audit: subject, verdict, findings, and by name what was not measured and why."""
    missing = [{"audit": f.audit, "reason": f.reason} for f in findings if f.verdict == "not measured"]
    absent = [name for name in required if name not in {f.audit for f in findings}]
    missing += [{"audit": name, "reason": "the policy requires it and it was not run"} for name in absent]
    return {
        "subject": subject,
        "verdict": overall(findings, required),
        "counts": {verdict: sum(finding.verdict == verdict for finding in findings) for verdict in VERDICTS},
        "findings": [finding.to_dict() for finding in findings],
        "not_measured": missing,
    }
