"""Measuring and judging kept apart: an `Estimate` says how much, a `Finding` what a policy makes of it.

Nothing that was not measured is ever 0 or a pass: it is a finding with the verdict "not measured" and a reason.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from genmodels.refusal import Refusal
from genmodels.registry import unknown

CONFIDENCE = 0.95
VERDICTS = ("fail", "not measured", "warn", "pass")  # the worst first


@dataclass(frozen=True)
class Estimate:
    """A number with its interval [low, high], 95 % where nothing else is said, and the number n of examples behind it."""

    value: float
    low: float
    high: float
    n: int

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            object.__setattr__(self, name, float(getattr(self, name)))
        object.__setattr__(self, "n", int(self.n))
        if not all(map(math.isfinite, (self.value, self.low, self.high))) or not self.low <= self.high or self.n < 1:
            raise Refusal(
                f"An estimate came out as {self.value} in [{self.low}, {self.high}] with n = {self.n}, which means nothing;"
                " check that the data are finite and not all alike."
            )

    def __str__(self) -> str:
        return f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}], n = {self.n}"


def bootstrap(
    values: Any, statistic: Callable[[np.ndarray], float] = np.mean, seed: int = 0, repetitions: int = 1000
) -> Estimate:
    """`statistic` of `values` (n, ...) with the percentile interval of `repetitions` resamples (Efron 1979)."""
    values = np.asarray(values)
    n = len(values)
    if n < 2:
        raise Refusal(f"An interval needs at least 2 values and there are {n}; take more.")
    rng = np.random.default_rng(seed)
    again = [float(statistic(values[rng.integers(n, size=n)])) for _ in range(repetitions)]
    low, high = np.quantile(again, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(float(statistic(values)), low, high, n)


def clopper_pearson(k: int, n: int, confidence: float = CONFIDENCE) -> Estimate:
    """The share k / n with its exact interval (Clopper and Pearson 1934), which is never too narrow."""
    from scipy.stats import beta

    if not 0 <= k <= n or n < 1:
        raise Refusal(f"{k} of {n} is not a share; n must be at least 1 and k between 0 and n.")
    tail = (1 - confidence) / 2
    low = float(beta.ppf(tail, k, n - k + 1)) if k else 0.0
    high = float(beta.ppf(1 - tail, k + 1, n - k)) if k < n else 1.0
    return Estimate(k / n, low, high, n)


@dataclass(frozen=True)
class Finding:
    """What an audit claims about a subject, and the verdict on it.

    `limit` is what `estimate` was compared with; `remedy` says what to do; `exhibits` are plain dictionaries that
    point at the examples behind the verdict; `calibration` holds false_alarm, power and effect where they were
    measured on planted cases; `reason` says why a claim could not be tested; `part` names the test within its audit.
    """

    audit: str
    claim: str
    verdict: str
    estimate: Estimate | None = None
    limit: float | None = None
    remedy: str = ""
    exhibits: tuple[Mapping[str, Any], ...] = ()
    calibration: Mapping[str, float] | None = None
    reason: str = ""
    part: str = ""

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise Refusal(unknown("verdict", self.verdict, VERDICTS))
        if self.estimate is None and self.verdict != "not measured":
            raise Refusal(
                f"The audit {self.audit} says {self.verdict!r} without an estimate; what is unmeasured is not a verdict."
            )

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def judge(audit: str, claim: str, estimate: Estimate, *, limit: float, warn: float | None = None,
          resolution: float = 0.0, remedy: str = "", exhibits: Sequence[Mapping[str, Any]] = (), part: str = "") -> Finding:  # fmt: skip
    """A finding on an estimate that should be low (turn the sign where high is good).

    fail: the whole interval lies above `limit`. warn: the whole interval lies above `warn`, a stricter limit.
    not measured: the interval reaches further than `resolution` above `limit`, so that a pass would mean nothing.
    pass: none of these.
    """
    verdict, reason = "pass", ""
    if estimate.low > limit:
        verdict = "fail"
    elif warn is not None and estimate.low > warn:
        verdict = "warn"
    elif estimate.high > limit + resolution:
        verdict = "not measured"
        reason = (
            f"Too few examples: a value as high as {estimate.high:.3g} could hide behind n = {estimate.n};"
            " more samples, or more held-out examples, would tell."
        )
    return Finding(
        audit, claim, verdict, estimate, limit, "" if verdict == "pass" else remedy, tuple(exhibits), None, reason, part
    )


def not_measured(audit: str, claim: str, reason: str, part: str = "") -> Finding:
    """The finding of an audit that could not be made."""
    return Finding(audit, claim, "not measured", reason=reason, part=part)


@dataclass(frozen=True)
class Policy:
    """What a team accepts: for each audit its limits by name, and which audits must have been measured.

    As JSON: {"name": "ours", "limits": {"memorisation": {"copies": 0.01}}, "required": ["memorisation"]}.
    """

    name: str = "default"
    audits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    required: tuple[str, ...] = ()

    def limits(self, audit: str) -> dict[str, float]:
        """The limits to call that audit with; empty where its own defaults hold."""
        return dict(self.audits.get(audit, {}))

    def to_json(self) -> str:
        limits = {name: dict(values) for name, values in self.audits.items()}
        return json.dumps({"name": self.name, "limits": limits, "required": list(self.required)}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Policy:
        """Read and check a policy; raises `Refusal` with what is wrong in it."""
        try:
            document = json.loads(text)
        except ValueError as error:
            raise Refusal(
                f"The policy is not JSON ({str(error)[:120]}); write it as genmodels.findings.Policy shows."
            ) from None
        if not isinstance(document, dict):
            raise Refusal('The policy is not an object; write {"limits": {...}, "required": [...]}.')
        for key in document:
            if key not in ("name", "limits", "required"):
                raise Refusal(unknown("part of a policy", key, ("name", "limits", "required")))
        limits, required = document.get("limits", {}), document.get("required", [])
        if not isinstance(limits, dict) or not all(isinstance(values, dict) for values in limits.values()):
            raise Refusal("The limits of the policy are not an object of objects; write {audit: {limit: number}}.")
        if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
            raise Refusal("`required` in the policy is not a list of names of audits.")
        for audit, values in limits.items():
            for name, value in values.items():
                if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                    raise Refusal(
                        f"The limit {audit}.{name} in the policy is {str(value)[:40]!r}; it must be a number."
                    )
        return cls(str(document.get("name", "unnamed")), limits, tuple(required))


def overall(findings: Sequence[Finding], required: Sequence[str] = ()) -> str:
    """One verdict for all: fail; not measured (nothing was, or a required audit was not); warn; pass."""
    verdicts = {finding.verdict for finding in findings}
    unmeasured = {f.audit for f in findings if f.verdict == "not measured"}
    measured = {f.audit for f in findings} - unmeasured
    if "fail" in verdicts:
        return "fail"
    if verdicts <= {"not measured"} or not set(required) <= measured:
        return "not measured"
    return "warn" if "warn" in verdicts else "pass"


def from_dict(row: Mapping[str, Any]) -> Finding:
    """The finding that `Finding.to_dict` was made of; raises `Refusal` for anything else."""
    try:
        estimate = Estimate(**row["estimate"]) if row.get("estimate") else None
        return Finding(**(dict(row) | {"estimate": estimate, "exhibits": tuple(row.get("exhibits") or ())}))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise Refusal(f"A finding that was kept can't be read ({str(error)[:80]}); audit again.") from None


def document(subject: str, findings: Sequence[Finding], required: Sequence[str] = ()) -> dict[str, Any]:
    """The JSON document of an audit: subject, verdict, findings, and by name what was not measured and why."""
    missing = [{"audit": f.audit, "reason": f.reason} for f in findings if f.verdict == "not measured"]
    absent = [name for name in required if name not in {f.audit for f in findings}]
    missing += [{"audit": name, "reason": "the policy requires it and it was not run"} for name in absent]
    return {
        "subject": subject,
        "verdict": overall(findings, required),
        "findings": [finding.to_dict() for finding in findings],
        "not_measured": missing,
    }
