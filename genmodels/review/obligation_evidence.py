"""What in an audit stands for a clause: judged findings measure; what was only reported, or asked and not measured, is told as that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from genmodels.review.document_values import is_number

# Evidence that lies in the whole document, not in the findings of one audit.
OF_LIMITS, OF_GAPS, OF_RATES, OF_TRAINING, OF_INTERVALS = "*limits", "*gaps", "*rates", "*training", "*intervals"
JUDGED = ("fail", "warn", "pass")
MOST = 4  # findings that are told of one clause


@dataclass(frozen=True)
class Evidence:
    """What was measured, in words; where nothing was, what lacks ("" where nothing was asked)."""

    measured: str = ""
    lacking: str = ""


def evidence_for(names: Sequence[str], document: Mapping[str, Any]) -> Evidence:
    """The evidence of a clause; `names` are "audit", "audit/part" or one of the above."""
    findings = [each for each in document.get("findings") or [] if isinstance(each, Mapping)]
    whole = [OF_DOCUMENT[name](document, findings) for name in names if name in OF_DOCUMENT]
    if whole:
        return whole[0]
    own = [each for each in findings if {each.get("audit"), f"{each.get('audit')}/{each.get('part')}"} & set(names)]
    judged = [each for each in own if each.get("verdict") in JUDGED and each.get("estimate")]
    if judged:
        more = f"; and {len(judged) - MOST} more" if len(judged) > MOST else ""
        return Evidence("; ".join(_said(each) for each in judged[:MOST]) + more)
    reported = [each for each in own if each.get("verdict") == "reported" and each.get("estimate")]
    if reported:
        return Evidence(lacking=f"reported, not judged: {'; '.join(_said(each) for each in reported[:MOST])}")
    return Evidence(lacking=f"asked and not measured: {own[0].get('reason')}") if own else Evidence()


def _said(finding: Mapping[str, Any]) -> str:
    estimate = finding["estimate"]
    return (
        f"{finding.get('audit')}, {finding.get('part') or 'all'}: {finding.get('verdict')}, {estimate['value']:.3g}"
        f" ({estimate['low']:.3g} to {estimate['high']:.3g}), n = {estimate['n']}"
    )


def _judged(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [each for each in findings if each.get("verdict") in JUDGED and each.get("estimate")]


def _limits(document: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> Evidence:
    policy, judged = document.get("policy"), _judged(findings)
    if not isinstance(policy, Mapping) or not judged:
        return Evidence()
    return Evidence(
        f"the policy {policy.get('name')} (digest {policy.get('digest')}) sets limits, by which {len(judged)} findings were judged; verdict on all: {document.get('verdict')}"
    )


def _gaps(document: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> Evidence:
    gaps = [each for each in document.get("not_measured") or [] if isinstance(each, Mapping)]
    checks = [each for each in document.get("checks") or [] if isinstance(each, Mapping) and each.get("reason")]
    names = dict.fromkeys(str(each.get("audit")) for each in (*gaps, *checks))
    if not findings:
        return Evidence()
    return Evidence(
        f"{len(names)} audits are not measured in whole or in part, each with its reason ({', '.join(names) or 'none'})"
    )


def _rates(document: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> Evidence:
    judged = _judged(findings)
    known = [each for each in judged if is_number((each.get("error_rates") or {}).get("false_alarm"))]
    if not known:
        return Evidence(lacking="no error rate of a verdict was measured" if judged else "")
    return Evidence(
        f"false alarms and power of {len(known)} of {len(judged)} verdicts were measured; the others say why not"
    )


def _training(document: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> Evidence:
    status = document.get("status")
    seconds = status.get("cpu_seconds") if isinstance(status, Mapping) else None
    if is_number(seconds):
        return Evidence(f"training took {seconds:,.0f} processor seconds; joules were not measured")
    return Evidence(lacking="what training cost only the team knows; what the audit cost stands in this report")


def _intervals(document: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> Evidence:
    judged = _judged(findings)
    wide = sum(each["estimate"].get("low") != each["estimate"].get("high") for each in judged)
    if not judged:
        return Evidence()
    return Evidence(
        f"of {len(judged)} judged numbers {wide} have an interval for others like these items, and {len(judged) - wide} are counts of these items alone"
    )


OF_DOCUMENT: Mapping[str, Callable[[Mapping[str, Any], Sequence[Mapping[str, Any]]], Evidence]] = {
    OF_LIMITS: _limits,
    OF_GAPS: _gaps,
    OF_RATES: _rates,
    OF_TRAINING: _training,
    OF_INTERVALS: _intervals,
}
