"""The same measure of two runs, and what lies between them."""

from __future__ import annotations

from typing import Any

import numpy as np

from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.verdicts.imported import NOTE, imported


def difference(first: Run, second: Run, name: str) -> dict[str, Any]:
    """The same measure of two runs and what lies between them; raises `Refusal` where protocols differ, with the reason.

    The interval of the difference takes the two for independent.
    """
    rows = []
    for run in (first, second):
        row = next(
            (
                row
                for row in run.findings().get("measures", [])
                if row.get("metric") == name and row.get("value") is not None
            ),
            None,
        )
        if row is None:
            came = any(row.get("metric") == name for row in imported(run.findings(), "measures"))
            raise Refusal(
                f"{name[:60]} of {run.id} is {NOTE if came else 'not measured'}; measure it with: genmodels measure {run.id}"
            )
        rows.append(row | {"data": str(run.facts.get("data_sha256", ""))[:8]})
    for key, said in (("protocol", "protocol"), ("n", "number of examples"), ("data", "data")):
        if rows[0][key] != rows[1][key]:
            raise Refusal(
                f"{name[:60]} of {first.id} and of {second.id} can't be compared: the {said} is {str(rows[0][key])[:120]!r} and {str(rows[1][key])[:120]!r};"
                " measure both in the same way."
            )
    value = rows[0]["value"] - rows[1]["value"]
    reach = np.hypot(*(max(row["high"] - row["value"], row["value"] - row["low"]) for row in rows))
    return {
        "metric": name,
        "first": rows[0]["value"],
        "second": rows[1]["value"],
        "difference": value,
        "low": value - reach,
        "high": value + reach,
        "better": rows[0]["better"],
        "protocol": rows[0]["protocol"],
    }
