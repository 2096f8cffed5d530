"""A run audited under a policy."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from genmodels.audits.audit import AUDITS, audits_of, options_of
from genmodels.jobs.folder import Progress
from genmodels.measuring.measure import _keep
from genmodels.review.asked import ask
from genmodels.review.kept_findings import conditions, kept
from genmodels.review.policy import Policy
from genmodels.runs.run import Run
from genmodels.subjects.subject import Subject
from genmodels.trained.opening import newest_weights, open_model
from genmodels.training.loading import load_for
from genmodels.verdicts.finding import document


def audit_run(
    run: Run,
    names: Sequence[str] = (),
    *,
    n: int = 4000,
    seed: int = 0,
    policy: Policy | Path | None = None,
    options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    file: Path | None = None,
) -> dict[str, Any]:
    """Every audit that reads such examples (or those named) of a run under a policy, as the document of `genmodels audit --json`.

    Findings of audits that are not asked again stay only where they were made here under the same policy, n and seed and
    of the same weights; others are named under `left_out` with the reason. `options` are those that the audits declare, in one
    table: {"full": True, "pairs": "pairs.csv"}.
    Where a `progress` is given it hears how far the audit is and can stop it: then nothing is kept.
    """
    for name in names:
        AUDITS[name]
    given = options_of(options or {})
    rules = Policy.read(policy) if isinstance(policy, Path) else policy or Policy()
    ignored: Callable[[str, int, int], None] = lambda what, done, of: None  # noqa: E731
    data = load_for(run.experiment)
    who, report = f"{run.experiment.model} {run.id}", progress or ignored
    subject = Subject(open_model(run), data, n=n, seed=seed, name=who, report=report)
    made = conditions(rules, newest_weights(run), n=n, seed=seed, options=given.values())
    chosen = names or audits_of(subject)
    asked = [name for name in AUDITS if name in chosen]
    findings, left_out, earlier = kept(run.findings(), asked, made) if names else ([], [], [])
    findings += ask(subject, asked, rules, made, given, progress)
    today = {name: {"n": n, "seed": seed, "date": time.strftime("%Y-%m-%d")} for name in asked}
    still = {finding.audit for finding in findings} | {row["audit"] for row in earlier}
    result = document(run.id, findings, rules.required_of(subject)) | {
        "policy": rules.to_dict() | {"digest": rules.digest},
        "left_out": left_out,
        "audited": _dates(run, still) | today,
    }
    _keep(run, run.findings() | result | {"earlier": earlier}, file)
    return result


def _dates(run: Run, names: set[str]) -> dict[str, Any]:
    """When, with which n and seed, these audits were asked of a run before."""
    before = run.findings().get("audited")
    return {name: row for name, row in (before if isinstance(before, dict) else {}).items() if name in names}
