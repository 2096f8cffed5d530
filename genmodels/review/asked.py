"""Audits asked one after another under a policy; each finding records all conditions that it was made under."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from genmodels.audits.audit import AUDITS
from genmodels.jobs.folder import Progress
from genmodels.review.policy import Policy
from genmodels.review.unfinished import Unfinished
from genmodels.subjects.subject import Audited
from genmodels.verdicts.finding import Finding
from genmodels.verdicts.options import Options


def ask(
    subject: Audited,
    names: Sequence[str],
    rules: Policy,
    made: Mapping[str, Any],
    options: Mapping[str, Options] | None = None,
    progress: Progress | None = None,
    unfinished: Unfinished | None = None,
) -> list[Finding]:
    """The findings of these audits, in their order; `made` is what each records beside its own limits.

    What stands in `unfinished` is not asked again, and what is asked is kept there.
    """
    findings = list[Finding]()
    conditions = dict(made)
    for name in names:
        if progress:
            progress.says(audit=name)
        before = unfinished.found(name) if unfinished else None
        found = before or AUDITS[name](subject, (options or {}).get(name), **rules.limits(name))
        if unfinished and not before:
            unfinished.keep(name, found)
        found = [_rated(finding) if name in rules.rated else finding for finding in found]
        findings += [replace(finding, made=dict(finding.made) | conditions) for finding in found]
    return findings


def _rated(finding: Finding) -> Finding:
    """The finding; a pass is none where nobody knows how often it is wrong, and the policy asks for that."""
    rates = finding.error_rates or {}
    if finding.verdict != "pass" or isinstance(rates.get("false_alarm"), int | float):
        return finding
    why = str(rates.get("not_measured") or "nothing was planted").rstrip(".")
    return replace(
        finding,
        verdict="not measured",
        reason=f"The policy lets this pass only with a measured error rate, and it was not measured: {why}.",
    )
