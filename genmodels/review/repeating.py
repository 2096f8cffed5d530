"""The command that gives a finding again, as somebody else can type it: names of files only, no folders of this machine."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from genmodels.printable import printable


def with_commands(document: Mapping[str, Any], subject: str, flags: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The document of an audit with a "command" beside each finding: `genmodels audit SUBJECT --audit NAME` and these flags.

    A flag without a value stands alone. Where a value is a path, `name_of_file` makes it one that says nothing of this machine.
    """
    words = [word for flag, value in flags for word in ((flag, printable(value, 200)) if value else (flag,))]
    findings = [
        {**finding, "command": shlex.join(["genmodels", "audit", subject, "--audit", audit, *words])}
        for finding in document.get("findings") or []
        if (audit := printable(str(finding["audit"])))
    ]
    return {**document, "findings": findings}


def name_of_file(path: str) -> str:
    """The last part of a path, on one line."""
    return printable(path.rstrip("/").rpartition("/")[2] or path, 200)
