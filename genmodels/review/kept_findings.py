"""Which findings of an earlier audit may stand beside new ones: those made here under the very same conditions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from genmodels import __version__
from genmodels.audits.audit import AUDITS, options_of
from genmodels.refusal import Refusal
from genmodels.verdicts.finding import Finding, from_dict
from genmodels.verdicts.imported import HERE, IMPORTED, NOTE, imported, made_where
from genmodels.verdicts.options import Options

if TYPE_CHECKING:
    from genmodels.review.policy import Policy

ALIKE = {
    "n": "n",
    "seed": "seed",
    "weights": "weights",
}  # beside the options that audits declare


def conditions(
    policy: Policy, weights: Mapping[str, np.ndarray], *, n: int, seed: int, options: Iterable[Options] | None = None
) -> dict[str, Any]:
    """What every finding of an audit records, beside its limits: all that decides whether another may stand beside it.

    `options` are those of every audit, their defaults where none are given.
    """
    chosen = options_of({}).values() if options is None else options
    return {
        "policy": {"name": policy.name, "digest": policy.digest},
        "weights": digest_of(weights),
        "n": n,
        "seed": seed,
        "version": __version__,
        **{name: value for each in chosen for name, value in each.recorded().items()},
        "where": HERE,
    }


def digest_of(weights: Mapping[str, np.ndarray]) -> str:
    """SHA-256 (16 digits) over names, shapes and values of the weights."""
    sha = hashlib.sha256()
    for name, array in sorted(weights.items()):
        sha.update(f"{name}{array.dtype}{array.shape}".encode())
        sha.update(np.ascontiguousarray(array).tobytes())
    return sha.hexdigest()[:16]


def kept(
    document: Mapping[str, Any], asked: Sequence[str], now: Mapping[str, Any]
) -> tuple[list[Finding], list[dict[str, str]], list[Any]]:
    """Of audits that are not asked again: the findings that still hold; by audit, part and why those that are left out of
    the document; and of these the ones that were not imported, which pages go on showing with the reason."""
    findings, left_out, earlier = [], [], []
    for row in [*_rows(document, "findings"), *_rows(document, "earlier"), *imported(document, "findings")]:
        if row.get("audit") in asked:
            continue
        why = _against(row, now)
        if not why:
            findings.append(from_dict(row))
            continue
        left_out.append({"audit": str(row.get("audit"))[:60], "part": str(row.get("part") or "all")[:60], "why": why})
        if made_where(row) != IMPORTED:
            earlier.append(row)
    return findings, left_out, earlier


def _rows(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = document.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _against(row: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Why a finding may not stand beside those made now; "" where it may."""
    if made_where(row) != HERE:
        return NOTE if made_where(row) else "it does not say where and how it was made"
    if str(row.get("audit")) not in AUDITS:
        return "there is no such audit"
    try:
        made = from_dict(row).made
    except Refusal:
        return "it can't be read"
    policy = made.get("policy")
    before = policy if isinstance(policy, Mapping) else {}
    if before.get("digest") != now["policy"]["digest"]:
        return f"it was made under another policy ({str(before.get('name'))[:60]!r}, now {now['policy']['name']!r})"
    then = _defaults() | dict(made)  # what was made before there was an option was made without it
    other = [
        f"{called} ({str(then.get(name))[:20]}, now {now[name]})"
        for name, called in (ALIKE | _called()).items()
        if then.get(name) != now[name]
    ]
    return f"it was made with another {', '.join(other)}" if other else ""


def _defaults() -> dict[str, Any]:
    """What is recorded of the options of every audit where none are given."""
    return {name: value for each in options_of({}).values() for name, value in each.recorded().items()}


def _called() -> dict[str, str]:
    """What the options of every audit decide, by name."""
    return {name: said for audit in AUDITS.values() for name, said in audit.options.called.items()}
