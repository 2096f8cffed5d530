"""What an audit of outputs had found when it was stopped or killed, so that the next one under the same conditions goes on there.

`unfinished.json` lies in the folder of the audit: the findings of each audit that was over, under a SHA-256 of all that decides them
(outputs, labels, policy, seed, our code). Other conditions, and a file that can't be read, begin from the start.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from genmodels.files import Unreadable, read_document, write_atomically
from genmodels.refusal import Refusal
from genmodels.review.policy import Policy
from genmodels.subjects.outputs import Outputs
from genmodels.verdicts.error_rates import digest
from genmodels.verdicts.finding import Finding, from_dict

FILE = "unfinished.json"


class Unfinished:
    """The findings of the audits that are over, in a folder."""

    def __init__(self, folder: Path, outputs: Outputs, rules: Policy) -> None:
        labels = repr(outputs.labels) if outputs.labels is not None else ""
        self.file = folder / FILE
        self.key = digest([outputs.sha256, outputs.seed, rules.digest, labels])
        self.rows = self._read()

    def _read(self) -> dict[str, list[dict[str, Any]]]:
        try:
            found = read_document(self.file)
        except (Unreadable, FileNotFoundError, OSError):
            return {}
        rows = found.get("audits") if isinstance(found, dict) and found.get("key") == self.key else None
        return rows if isinstance(rows, dict) else {}

    def found(self, name: str) -> list[Finding] | None:
        """What that audit found before; None where it was not over, or can't be read."""
        rows = self.rows.get(name)
        try:
            return [from_dict(row) for row in rows] if isinstance(rows, list) and rows else None
        except Refusal:
            return None

    def keep(self, name: str, findings: Sequence[Finding]) -> None:
        """An audit is over: from now on this is not asked again."""
        written = [each.to_dict() for each in findings]
        self.rows[name] = [{key: value for key, value in row.items() if key != "calibration"} for row in written]
        write_atomically(self.file, json.dumps({"key": self.key, "audits": self.rows}))
