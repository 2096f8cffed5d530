"""What single outputs add to each finding of an audit: one small file beside it, by which another audit is compared pair by pair.

`items.json` holds no prompt, no answer and no name of a file: outputs are known by the hash of their id, and by the hash of
their prompt with their number among the outputs to that prompt. audit.json holds its SHA-256, so that a signature covers it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genmodels.files import Unreadable, parsed, read_bytes
from genmodels.review.earlier_audits import ITEMS, put_items
from genmodels.subjects.outputs import Outputs
from genmodels.verdicts.finding import Finding
from genmodels.verdicts.items import Items

FILE, FORMAT = ITEMS, 1
MOST = 100_000  # outputs; of more, none are kept
DIGITS = 16  # of a hash
FIELDS = ("audit", "part", "series", "rule", "size", "at", "values", "units")


@dataclass(frozen=True, eq=False)
class Kept:
    """The values (n,) of one finding, or of one series of it, with the keys by which they are found again.

    `ids` and `prompts` (n,) are keys of outputs; of sets of prompts both are the key of the set.
    """

    rule: str
    size: bool
    ids: tuple[str, ...]
    prompts: tuple[str, ...]
    values: np.ndarray
    units: tuple[str, ...]


def write_items(folder: Path, outputs: Outputs, findings: Sequence[Finding]) -> dict[str, str]:
    """Write the items of all findings beside an audit; returns {"sha256": ...}, or {} where there is nothing to keep."""
    rows = [_row(finding, items) for finding in findings for items in finding.items]
    if not rows or outputs.n > MOST:
        (folder / FILE).unlink(missing_ok=True)
        return {}
    asked = [_hash(each.prompt) if each.prompt else "" for each in outputs.items]
    met = Counter[str]()
    again = []
    for key in asked:
        again.append(met[key])
        met[key] += 1
    document = {
        "format": FORMAT,
        "ids": [_hash(each.id) for each in outputs.items],
        "prompts": asked,
        "again": again,
        "findings": rows,
    }
    content = json.dumps(document, separators=(",", ":"))
    put_items(folder, content)
    return {"sha256": hashlib.sha256(content.encode()).hexdigest()}


def _row(finding: Finding, items: Items) -> dict[str, Any]:
    at: list[Any] = [_hash(name) for name in items.names] if items.numbers is None else items.numbers.tolist()
    units = None if items.units is None else np.unique(items.units, return_inverse=True)[1].tolist()
    values = [round(float(value), 6) for value in items.values]
    return {
        "audit": finding.audit,
        "part": finding.part,
        "series": items.series,
        "rule": _hash(items.rule),
        "size": items.size,
        "at": at,
        "values": [int(value) if value == int(value) else value for value in values],
        "units": units,
    }


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:DIGITS]


def read_items(folder: Path, sha256: str) -> dict[tuple[str, str, str], Kept]:
    """The items beside an audit that names this SHA-256, by audit, part and series; {} where they are not there or not its own."""
    for name in (FILE, f"items-{sha256[:16]}.json"):  # the second beside an earlier audit
        try:
            content = read_bytes(folder / name)
            if hashlib.sha256(content).hexdigest() == sha256:
                return _read(parsed(content))
        except (FileNotFoundError, Unreadable, ValueError, KeyError, TypeError, IndexError, AttributeError):
            continue
    return {}


def _read(document: Mapping[str, Any]) -> dict[tuple[str, str, str], Kept]:
    ids, asked = [str(each) for each in document["ids"]], [str(each) for each in document["prompts"]]
    prompts = [f"{key} {number}" if key else "" for key, number in zip(asked, document["again"], strict=True)]
    if document["format"] != FORMAT or len(ids) != len(prompts):
        raise ValueError("another format")
    found = {}
    for row in document["findings"]:
        audit, part, series, rule, size, at, values, units = (row[name] for name in FIELDS)
        named = bool(at) and isinstance(at[0], str)
        if min((number for number in at if not named), default=0) < 0:
            raise ValueError("no such output")
        numbers = np.array(values, float)
        if not np.isfinite(numbers).all() or len(numbers) != len(at) or (units is not None and len(units) != len(at)):
            raise ValueError("not one value an output")
        found[str(audit), str(part), str(series)] = Kept(
            str(rule),
            bool(size),
            tuple(map(str, at)) if named else tuple(ids[i] for i in at),
            tuple(map(str, at)) if named else tuple(prompts[i] for i in at),
            numbers,
            tuple(map(str, units if units is not None else range(len(at)))),
        )
    return found
