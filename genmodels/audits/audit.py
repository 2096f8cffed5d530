"""What an audit is: a question asked of a subject, answered by findings.

An audit is a function `(subject, *, limit=...) -> list[Finding]` whose keyword arguments are the limits that a policy
may set; the decorator says what each means and which values it may have.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from genmodels.refusal import Refusal
from genmodels.registry import Registry, unknown
from genmodels.subjects.subject import Subject
from genmodels.verdicts.finding import Finding, not_measured
from genmodels.verdicts.limits import EFFECT, Limit, effect_of

AUDITS = Registry("audit")


@dataclass(frozen=True)
class Audit:
    """An audit and the question that it answers; calling it asks."""

    name: str
    question: str
    function: Callable[..., list[Finding]]
    kinds: tuple[str, ...] = ("image",)  # of example that it can read
    declared: Mapping[str, Limit] = field(default_factory=dict)

    def __call__(self, subject: Subject, **limits: float) -> list[Finding]:
        """The findings. What the subject does not allow to be measured comes back as "not measured" with the reason."""
        limits = self.checked(limits)
        made = {"limits": self.limits() | limits, "n": subject.n, "seed": subject.seed, "data": subject.data.name}
        if (kind := subject.data.spec.kind) not in self.kinds:
            return [
                _unmade(
                    self,
                    made,
                    f"This audit reads examples of the kind {' or '.join(self.kinds)}; there is none for {kind} yet.",
                )
            ]
        try:
            findings = self.function(subject, **limits)
        except Refusal as refusal:
            return [_unmade(self, made, str(refusal))]
        return [replace(finding, made=dict(finding.made) | made, error_rates=_rates(finding)) for finding in findings]

    def limits(self) -> dict[str, Any]:
        """The limits that a policy may set, with their defaults."""
        parameters = list(inspect.signature(self.function).parameters.values())[1:]
        return {parameter.name: parameter.default for parameter in parameters}

    def limit(self, name: str) -> Limit:
        """What a limit means and its range; raises `Refusal` for an unknown one, with the nearest name."""
        if name not in self.limits():
            raise Refusal(unknown(f"limit of the audit {self.name}", name, self.limits()))
        if name in self.declared:
            return self.declared[name]
        base = name.removesuffix(EFFECT)
        return (
            effect_of(base, self.limit(base)) if base != name and base in self.limits() else Limit("An accepted share.")
        )

    def checked(self, limits: Mapping[str, Any]) -> dict[str, float]:
        """The limits as numbers; raises `Refusal` for an unknown one and for a value out of its range."""
        return {name: self.limit(name).checked(f"{self.name}.{name}", value) for name, value in limits.items()}

    def summary(self) -> str:
        """The first line of its docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]


def _unmade(audit: Audit, made: Mapping[str, Any], reason: str) -> Finding:
    return replace(
        not_measured(audit.name, audit.question, reason), made=made, error_rates={"not_measured": "nothing was judged"}
    )


def _rates(finding: Finding) -> Mapping[str, Any]:
    """The error rates of this verdict, as the audit measured them in place, or that there are none."""
    if finding.error_rates is not None:
        return finding.error_rates
    if finding.verdict in ("reported", "not measured"):
        return {"not_measured": "nothing was judged"}
    return {"not_measured": "no rates were counted at these limits, this n and on these data"}


def audit(
    name: str, *, question: str, kinds: tuple[str, ...] = ("image",), limits: Mapping[str, Limit] | None = None
) -> Callable[[Callable[..., list[Finding]]], Callable[..., list[Finding]]]:
    """Decorator: enter a function (subject, *, limits) -> findings in `AUDITS`; the function itself stays as it was.

    `limits` says of each keyword what it means and its range; `<limit>_effect` needs no saying.
    """

    def enter(function: Callable[..., list[Finding]]) -> Callable[..., list[Finding]]:
        AUDITS.add(name)(Audit(name, question, function, kinds, limits or {}))
        return function

    return enter
