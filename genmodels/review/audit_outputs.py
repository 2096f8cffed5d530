"""Outputs that a team brought, audited under a policy: what can be asked of them, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from genmodels import __version__
from genmodels.audits.audit import AUDITS, audits_of
from genmodels.jobs.folder import Progress
from genmodels.refusal import Refusal
from genmodels.review.asked import ask
from genmodels.review.obligations import notice, register
from genmodels.review.planning import planned_under
from genmodels.review.policy import Policy
from genmodels.review.unfinished import Unfinished
from genmodels.subjects.labelled import with_labels
from genmodels.subjects.outputs import Outputs
from genmodels.subjects.plan import Plan, matched
from genmodels.subjects.subject import Audited
from genmodels.verdicts.finding import Finding, document
from genmodels.verdicts.imported import HERE

Keep = Callable[
    [Outputs, Sequence[Finding]], Mapping[str, str]
]  # of findings with their items, what a document says of them
MOST_NAMED = 1000  # files and lines that were left out, by name


def checks_of(subject: Audited) -> list[dict[str, str]]:
    """Every audit of this kind of example: {"audit", "question", "reason"}; "reason" says why it can't be asked, else "".

    Nothing runs for it: what a subject lacks is known before the audit starts.
    """
    rows = []
    for name, audit in AUDITS.items():
        if subject.kind in audit.kinds:
            lacking = audit.lacking(subject)
            rows.append({"audit": name, "question": audit.question, "reason": lacking.reason if lacking else ""})
    return rows


def looked_at(outputs: Outputs) -> dict[str, Any]:
    """What was brought and what can be asked of it, before anything is judged: {"subject", "outputs", "checks"}."""
    outputs = with_labels(outputs)
    return {"subject": outputs.name, "outputs": about(outputs), "checks": checks_of(outputs)}


def audit_outputs(
    outputs: Outputs,
    names: Sequence[str] = (),
    *,
    policy: Policy | None = None,
    progress: Progress | None = None,
    folder: Path | None = None,
    keep: Keep | None = None,
) -> dict[str, Any]:
    """Every audit of brought outputs (or those named) under a policy, as the document of `genmodels audit --json`.

    What was left out of what was brought is counted and named under "outputs"; "checks" is the table of `checks_of`. Where a
    `folder` is given, an audit that was stopped or killed there goes on with what it had found (`Unfinished`). `keep` is given
    the findings with their items, and what it returns stands under "items".
    """
    for name in names:
        AUDITS[name]
    rules, outputs = policy or Policy(), with_labels(outputs)
    asked = names or audits_of(outputs)
    made = {
        "policy": {"name": rules.name, "digest": rules.digest},
        "outputs": outputs.sha256,
        "where": HERE,
        "version": __version__,
    }
    unfinished = Unfinished(folder, outputs, rules) if folder else None
    findings = ask(outputs, asked, rules, made, progress=progress, unfinished=unfinished)
    found = document(outputs.name, findings, rules.required_of(outputs)) | {
        "policy": rules.to_dict() | {"digest": rules.digest},
        "outputs": about(outputs),
        "checks": checks_of(outputs),
    }
    if keep is not None and (items := keep(outputs, findings)):
        found["items"] = items
    return found | {"obligations": register(found, rules.team), "read": notice()}


def audit_plan(
    plan: Plan,
    outputs: Outputs,
    names: Sequence[str] = (),
    *,
    policy: Policy | None = None,
    progress: Progress | None = None,
    folder: Path | None = None,
    keep: Keep | None = None,
) -> dict[str, Any]:
    """The answers to a plan audited under the policy that it was sealed with; how they fit it stands under "plan".

    Raises `Refusal` for another policy: what counts as wrong was fixed before any answer was seen.
    """
    rules = policy or planned_under(plan)
    if rules.digest != plan.policy.get("digest"):
        raise Refusal("The plan was sealed under another policy; leave --policy out, or make a new plan.")
    answers, matching = matched(plan, outputs)
    found = audit_outputs(answers, names or plan.audits, policy=rules, progress=progress, folder=folder, keep=keep)
    return found | {
        "plan": {
            "seal": plan.seal,
            "created": plan.created,
            "matching": matching.to_dict(),
            "said": matching.sentence(),
        }
    }


def about(outputs: Outputs) -> dict[str, Any]:
    """What was brought, ready for JSON: counts, prompts, what was left out and why, and the SHA-256 of it all."""
    references = {
        name: {"name": each.name, "n": len(each), "sha256": each.sha256}
        for name, each in (("training", outputs.training), ("held_out", outputs.held_out))
        if each is not None
    }
    return {
        "name": outputs.name,
        "kind": outputs.kind,
        "n": outputs.n,
        "prompts": len(outputs.prompts),
        "without_prompt": sum(not each.prompt for each in outputs.items),
        "empty": sum(not each.text.strip() for each in outputs.items) if outputs.pictures is None else 0,
        "left_out": [{"file": each.name, "reason": each.reason} for each in outputs.left_out[:MOST_NAMED]],
        "left_out_count": len(outputs.left_out),
        "took": outputs.took,
        "sha256": outputs.sha256,
        **references,
    }
