"""How often each audit is wrong: its false alarms on planted innocents, and the culprits that it catches.

A case is flagged where the finding's verdict would be "fail" at the audit's default limits. What can be resampled is, a
thousand times; of really trained models there are as many as were trained. The result is kept in
`genmodels/audits/calibration.json` and stands beside each verdict. Rates have exact intervals; repetitions that share a
split of the data are alike, so there it is splits that count.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from genmodels.calibration.case import PLANTED
from genmodels.estimates.clustered import clustered
from genmodels.estimates.estimate import clopper_pearson
from genmodels.files import write_atomically
from genmodels.refusal import Refusal
from genmodels.registry import unknown

KEPT = Path(__file__).parent / "calibration.json"
REPETITIONS = 1000

Row = dict[str, Any]
Report = Callable[[str], None]


def calibrate(
    names: Sequence[str], repetitions: int = REPETITIONS, seed: int = 0, report: Report = lambda said: None
) -> list[Row]:
    """Rows of audit, part, case, culprit, effect, n, repetitions, flagged, rate, low, high (95 %), seed, date.

    Raises `Refusal` for an audit that has no planted cases.
    """
    for name in names:
        if name not in PLANTED:
            raise Refusal(unknown("calibrated audit", name, PLANTED))
    rows: list[Row] = []
    for name in names or PLANTED:
        for case, flags, clusters in PLANTED[name](repetitions, seed, report):
            row = dataclasses.asdict(case) | rate(flags, clusters)
            rows.append(
                {"audit": name, "case": row.pop("name"), **row, "seed": seed, "date": time.strftime("%Y-%m-%d")}
            )
            report(f"{name} {case.part}: {case.name}, n = {case.n}: {row['flagged']} of {row['repetitions']}")
    return rows


def rate(flags: np.ndarray, clusters: np.ndarray | None = None) -> Row:
    """Repetitions, how many were flagged, and the rate with its exact interval (over clusters where there are some)."""
    flags = np.asarray(flags, float)
    estimate = clopper_pearson(int(flags.sum()), len(flags)) if clusters is None else clustered(flags, clusters)
    return {
        "repetitions": len(flags),
        "flagged": int(flags.sum()),
        "rate": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        **({} if clusters is None else {"clusters": estimate.n}),
    }


def keep(rows: Sequence[Row], file: Path = KEPT) -> None:
    """Write the rows, in place of those of the same audits."""
    again = {row["audit"] for row in rows}
    write_atomically(
        file, json.dumps([row for row in kept(file) if row["audit"] not in again] + list(rows), indent=1) + "\n"
    )


def kept(file: Path = KEPT) -> list[Row]:
    """What was measured; [] where nothing was."""
    return json.loads(file.read_text()) if file.is_file() else []


def of(audit: str, part: str, rows: Sequence[Row] | None = None) -> Mapping[str, Any] | None:
    """The error rates of a test of single files, as `verify` makes them: false_alarm (the worst of the innocents), power at effect, n; None: not measured."""
    own = [row for row in (kept() if rows is None else rows) if row["audit"] == audit and row["part"] == part]
    innocent, guilty = [row for row in own if not row["culprit"]], [row for row in own if row["culprit"]]
    if not innocent or not guilty:
        return None
    worst = max(innocent, key=lambda row: row["rate"])
    caught = next((row for row in guilty if row["shown"]), guilty[0])
    return {
        "false_alarm": worst["rate"],
        "false_alarm_high": worst["high"],
        "power": caught["rate"],
        "power_low": caught["low"],
        "effect": caught["effect"],
        "case": caught["case"],
        "n": caught["n"],
        "repetitions": worst["repetitions"],
        "date": caught["date"],
    }
