"""Two audits side by side: what changed beyond chance, how small a change would have been seen, and what can't be compared and why.

Outputs are paired by the id of their question where both audits answer one plan (or are of the same outputs), else by
prompt and number among the answers to it (`genmodels.estimates.paired` says which test). Where an audit kept no items, or few
pairs are found, the two intervals are compared as of independent samples. Holm 1979 over all findings compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genmodels.estimates.corrected_shares import holm
from genmodels.estimates.estimate import Estimate
from genmodels.estimates.paired import LEVEL, Difference, unpaired
from genmodels.files import Unreadable, parsed, read_bytes
from genmodels.printable import printable
from genmodels.refusal import Refusal
from genmodels.review.incomparable import notes_on, why_not
from genmodels.review.kept_items import Kept, read_items
from genmodels.review.pairing_items import by_pairs

AUDIT, MOST_BYTES = "audit.json", 50_000_000
WORSE, NOT_WORSE, NOT_MEASURED = "worse", "not worse", "not measured"
Key = tuple[str, str]


@dataclass(frozen=True)
class Told:
    """One audit as it lies in its folder: its document, the SHA-256 of its file, and the items beside it."""

    document: Mapping[str, Any]
    sha256: str
    items: Mapping[tuple[str, str, str], Kept]

    @property
    def findings(self) -> dict[Key, Mapping[str, Any]]:
        """By audit and part."""
        return {(str(each.get("audit")), str(each.get("part") or "")): each for each in self.document["findings"]}

    @property
    def outputs(self) -> str:
        """The SHA-256 of what was brought; "" where it was a run."""
        return str((self.document.get("outputs") or {}).get("sha256") or "")

    @property
    def seal(self) -> str:
        """The seal of the plan that it answers; "" where there is none."""
        return str((self.document.get("plan") or {}).get("seal") or "")

    def to_dict(self) -> dict[str, Any]:
        """Which audit it is."""
        policy = self.document.get("policy")
        return {
            "subject": str(self.document.get("subject") or ""),
            "verdict": str(self.document.get("verdict") or ""),
            "n": (self.document.get("outputs") or {}).get("n"),
            "policy": str(policy.get("name") or "") if isinstance(policy, Mapping) else "",
            "sha256": self.sha256,
            "seal": self.seal,
        }


def read_audit(path: Path) -> Told:
    """The audit in a folder, or in a file; raises `Refusal` where there is none."""
    file = path / AUDIT if path.is_dir() else path
    shown = printable(str(file), 200)
    try:
        content = read_bytes(file, MOST_BYTES)
        document = parsed(content)
    except FileNotFoundError:
        raise Refusal(f"There is no {shown}; name the folder that `genmodels audit ... --out` wrote.") from None
    except Unreadable as reason:
        raise Refusal(f"The audit {shown} {reason}; audit again.") from None
    found = document.get("findings") if isinstance(document, dict) else None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Refusal(f"{shown} holds no findings of an audit; name the folder that `genmodels audit ... --out` wrote.")
    for name in ("outputs", "plan"):
        if not isinstance(document.get(name, {}), dict):
            raise Refusal(f"The audit {shown} is damaged ({name}); audit again.")
    kept = document.get("items")
    sha256 = str(kept.get("sha256") or "") if isinstance(kept, dict) else ""
    return Told(document, hashlib.sha256(content).hexdigest(), read_items(file.parent, sha256) if sha256 else {})


def compared(first: Told, second: Told, *, seed: int = 0) -> dict[str, Any]:
    """What lies between two audits, as the document of `genmodels compare --json`."""
    rows, left = list[dict[str, Any]](), list[dict[str, str]]()
    mine, other = first.findings, second.findings
    for key in [*mine, *(key for key in other if key not in mine)]:
        reason = why_not(mine.get(key), other.get(key), first.document, second.document)
        if reason:
            left.append({"audit": key[0], "part": key[1] or "all", "reason": reason})
            continue
        rows += _rows(key, first, second, seed)
    tested = [row for row in rows if row["p"] is not None]
    for row, p in zip(tested, holm(np.array([row["p"] for row in tested])) if tested else (), strict=True):
        row["holm"] = float(p)
        row["changed"] = bool(p <= LEVEL)
        row["worse"] = row["changed"] and row["judged"] and row["difference"] > 0
    for row in rows:
        made = row.pop("_made")
        row["seen"] = made.smallest_seen(LEVEL / len(tested)) if made is not None else None
    lost = _lost(left, first.document, second.document)
    verdict = WORSE if any(row["worse"] for row in rows) else NOT_MEASURED if lost or not tested else NOT_WORSE
    return {
        "first": first.to_dict(),
        "second": second.to_dict(),
        "verdict": verdict,
        "said": _said(rows, tested, lost),
        "notes": notes_on(first.document, second.document),
        "findings": rows,
        "not_comparable": left,
    }


def _rows(key: Key, first: Told, second: Told, seed: int) -> list[dict[str, Any]]:
    """One row, or one for each group where a finding is of the largest gap of several."""
    mine, other = first.findings[key], second.findings[key]
    paired = by_pairs(key, first, second, seed)
    if paired.differences:
        return [_row(key, mine, other, made, series, paired.said) for series, made in paired.differences]
    one, two = _estimate(mine), _estimate(other)
    if "reported" in (mine.get("verdict"), other.get("verdict")):
        said = f"{paired.said} It is told without a verdict, so the difference is told and not tested."
        return [_row(key, mine, other, None, "", said)]
    made = unpaired(one, two)
    if made is None:
        said = f"{paired.said} It was counted whole and has no interval, so the difference is told and not tested."
        return [_row(key, mine, other, None, "", said)]
    return [_row(key, mine, other, made, "", f"{paired.said} So the two intervals were compared.")]


def _estimate(finding: Mapping[str, Any]) -> Estimate:
    given = finding["estimate"]
    n = given.get("n")
    value, low, high = (float(given[name]) for name in ("value", "low", "high"))
    return Estimate(value, low, high, max(1, n) if isinstance(n, int) else 1)


def _row(
    key: Key, mine: Mapping[str, Any], other: Mapping[str, Any], made: Difference | None, series: str, said: str
) -> dict[str, Any]:
    sides: dict[str, dict[str, Any]] = {
        name: {
            "value": e.value,
            "low": e.low,
            "high": e.high,
            "n": e.n,
            "verdict": str(each.get("verdict")),
            "limit": each.get("limit"),
        }
        for name, each in (("first", mine), ("second", other))
        for e in [_estimate(each)]
    }
    if sides["first"]["limit"] != sides["second"]["limit"]:
        said += " Other limits hold, so the verdicts can't be compared."
    row: dict[str, Any] = {
        "audit": key[0],
        "part": key[1] or "all",
        "series": series,
        **sides,
        "before": made.first if made else sides["first"]["value"],
        "now": made.second if made else sides["second"]["value"],
        "difference": made.value if made else sides["second"]["value"] - sides["first"]["value"],
        "low": made.low if made else None,
        "high": made.high if made else None,
        "p": made.p if made else None,
        "holm": None,
        "n": made.pairs if made else None,
        "units": made.units if made else None,
        "statistic": made.how if made else "none",
        "said": said,
        "judged": "reported" not in (str(mine.get("verdict")), str(other.get("verdict"))),
        "changed": False,
        "worse": False,
    }
    return row | {"_made": made}


def _lost(left: list[dict[str, str]], first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """The findings that a policy requires and that can't be compared: that nothing became worse can't be said without them."""
    required = {
        str(name)
        for each in (first, second)
        if isinstance(each.get("policy"), Mapping) and isinstance(each["policy"].get("required"), list)
        for name in each["policy"]["required"]
    }
    return [f"{row['audit']}, {row['part']}" for row in left if row["audit"] in required]


def _said(rows: list[dict[str, Any]], tested: list[dict[str, Any]], lost: list[str]) -> str:
    """What came out, in one or two sentences."""
    if not tested:
        return "Nothing could be tested, so nothing is said of whether the second is worse."
    worse, changed = sum(row["worse"] for row in rows), sum(row["changed"] for row in rows)
    told = f"Of {len(tested)} differences tested together (Holm), {changed} {'is' if changed == 1 else 'are'} beyond chance"
    told += f"; in {worse} of them the second is worse." if changed else "."
    if lost and not worse:
        told += f" {lost[0]} is required and could not be compared, so that nothing became worse can't be said."
    return told


def word_of(row: Mapping[str, Any]) -> str:
    """worse, better, changed (where nothing is judged), no change seen, or not tested."""
    if row["p"] is None:
        return "not tested"
    if not row["changed"]:
        return "no change seen"
    return "worse" if row["worse"] else "better" if row["judged"] else "changed"


def sentence_of(row: Mapping[str, Any]) -> str:
    """A difference with its interval, its test and the smallest one that would have been seen."""
    told = f"{row['before']:.4g} and {row['now']:.4g}"
    if row["p"] is None:
        return f"{told}, difference {row['difference']:+.4g}. {row['said']}"
    seen = row["seen"]
    small = (
        f"a difference of {seen:.3g} would have been seen in 80 % of cases"
        if seen
        else "how small a difference would have been seen can't be told from so few"
    )
    return (
        f"{told}, difference {row['difference']:+.4g} ({row['low']:+.4g} to {row['high']:+.4g}; p = {row['p']:.3g}, with Holm {row['holm']:.3g};"
        f" {row['statistic']}); {small}. {row['said']}"
    )
