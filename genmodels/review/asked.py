"""Audits asked one after another under a policy; each finding records all conditions that it was made under."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from genmodels.audits.audit import AUDITS
from genmodels.jobs.folder import Progress
from genmodels.review.policy import Policy
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
) -> list[Finding]:
    """The findings of these audits, in their order; `made` is what each records beside its own limits."""
    findings = list[Finding]()
    conditions = dict(made)
    for name in names:
        if progress:
            progress.says(audit=name)
        found = AUDITS[name](subject, (options or {}).get(name), **rules.limits(name))
        findings += [replace(finding, made=dict(finding.made) | conditions) for finding in found]
    return findings
