"""What of two audits can't be compared, and why; and what differs between them without keeping their numbers apart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from genmodels.audits.audit import AUDITS
from genmodels.printable import printable
from genmodels.verdicts.limits import EFFECT

OF_TRAINING = {"training pictures", "training texts"}


def why_not(
    mine: Mapping[str, Any] | None, other: Mapping[str, Any] | None, first: Mapping[str, Any], second: Mapping[str, Any]
) -> str:
    """Why a finding of the first audit can't be held against that of the second; "" where it can."""
    if mine is None or other is None:
        return f"Only the {'second' if mine is None else 'first'} audit has it."
    for name, each in (("first", mine), ("second", other)):
        if not _measured(each):
            why = printable(str(each.get("reason") or "no estimate was made"), 300)
            return f"Not measured in the {name}: {why}"
    if said := _other_version(mine, other):
        return said
    if said := _other_effects(mine, other):
        return said
    if _needs_training(mine) and _training(first) != _training(second):
        return "The training examples that were brought beside the two differ, so what counts as copied differs."
    return ""


def _measured(finding: Mapping[str, Any]) -> bool:
    estimate = finding.get("estimate")
    if not isinstance(estimate, Mapping):
        return False
    values = [estimate.get(name) for name in ("value", "low", "high")]
    if not all(isinstance(each, int | float) and math.isfinite(each) for each in values):
        return False
    return float(estimate["low"]) <= float(estimate["high"])


def _made(finding: Mapping[str, Any]) -> Mapping[str, Any]:
    made = finding.get("made")
    return made if isinstance(made, Mapping) else {}


def _other_version(mine: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Another version of the instrument may read the same outputs otherwise; what says none is older than versions."""
    versions = [str(_made(each).get("version") or "") for each in (mine, other)]
    if versions[0] == versions[1] or not all(versions):
        return ""
    return f"Measured by GenModels {versions[0][:20]} and {versions[1][:20]}: the instrument may differ; audit both with one version."


def _limits(finding: Mapping[str, Any]) -> Mapping[str, Any]:
    limits = _made(finding).get("limits")
    return limits if isinstance(limits, Mapping) else {}


def _other_effects(mine: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """What must be seen decides how some audits look (which distance counts), so that other numbers come of it."""
    one, two = _limits(mine), _limits(other)
    names = [name for name in {*one, *two} if name.endswith(EFFECT) and one.get(name) != two.get(name)]
    if not names:
        return ""
    name = sorted(names)[0]
    return f"Another effect had to be seen ({name} {one.get(name)} and {two.get(name)}): audit both under one policy."


def _needs_training(finding: Mapping[str, Any]) -> bool:
    name = str(finding.get("audit"))
    return bool(name in AUDITS and OF_TRAINING & set(AUDITS[name].needs)) or finding.get("part") == "training"


def _training(document: Mapping[str, Any]) -> str:
    outputs = document.get("outputs")
    training = outputs.get("training") if isinstance(outputs, Mapping) else None
    return str(training.get("sha256")) if isinstance(training, Mapping) else ""


def _policy(document: Mapping[str, Any]) -> Mapping[str, Any]:
    policy = document.get("policy")
    return policy if isinstance(policy, Mapping) else {}


def notes_on(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """What else differs: the numbers can be compared, the verdicts can't, or pairs are found in another way."""
    found = []
    policies = [_policy(each) for each in (first, second)]
    if policies[0].get("digest") != policies[1].get("digest"):
        names = [printable(str(each.get("name") or "none"), 60) for each in policies]
        found.append(
            f"The policies differ ({names[0]}, {names[1]}): the numbers can be compared, the verdicts can't, since other limits hold."
        )
    seals = [str((each.get("plan") or {}).get("seal") or "") for each in (first, second)]
    if seals[0] != seals[1]:
        told = [seal[:12] or "none" for seal in seals]
        found.append(
            f"The plans differ (seals {told[0]}, {told[1]}): outputs are paired by prompt and number, not by question."
        )
    counts = [(each.get("outputs") or {}).get("n") for each in (first, second)]
    if counts[0] != counts[1] and all(isinstance(each, int) for each in counts):
        found.append(f"There are {counts[0]:,} outputs and {counts[1]:,}: what only one of the two has is in no pair.")
    if ("outputs" in first) != ("outputs" in second):
        found.append(
            "One audit is of a run of ours and the other of outputs that were brought: few checks are of both."
        )
    old = [
        name
        for name, each in (("first", first), ("second", second))
        if "outputs" in each and not all(_made(row).get("version") for row in each["findings"])
    ]
    if old:
        found.append(
            f"The {' and the '.join(old)} audit does not say by which version it was made: the instrument may differ."
        )
    return found
