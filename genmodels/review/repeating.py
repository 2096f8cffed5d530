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


def with_commands_of_run(document: Mapping[str, Any], run: str, shipped: Sequence[str]) -> dict[str, Any]:
    """The findings and measures of a run, each with the command that gives it again, as far as each says how it was made.

    `shipped` are the names of policies that need no file.
    """
    rows = {}
    for name, command_of in (("findings", _of_finding), ("measures", _of_measure)):
        found = document.get(name)
        if isinstance(found, list):
            rows[name] = [
                {**row, "command": shlex.join(["genmodels", *words])}
                if isinstance(row, Mapping) and (words := command_of(row, run, document, shipped))
                else row
                for row in found
            ]
    return {**document, **rows}


def _of_finding(
    row: Mapping[str, Any], run: str, document: Mapping[str, Any], shipped: Sequence[str]
) -> list[str] | None:
    """`audit RUN --audit NAME ...`; None for a finding that does not say how it was made."""
    made = row.get("made")
    if not isinstance(made, Mapping) or "n" not in made:
        return None
    flags = [f"--seed={made['seed']}"] if made.get("seed") else []
    policy = made.get("policy")
    name = printable(str(policy.get("name"))) if isinstance(policy, Mapping) else "default"
    flags += [] if name == "default" else ["--policy", name if name in shipped else f"{name}.json"]
    flags += ["--full"] if made.get("full") is True else []
    return ["audit", run, "--audit", printable(str(row.get("audit"))), "-n", printable(str(made["n"])), *flags]


def _of_measure(
    row: Mapping[str, Any], run: str, document: Mapping[str, Any], shipped: Sequence[str]
) -> list[str] | None:
    """`measure RUN --metric NAME ...`: of a name such as "kid [pixels]" the features stand in brackets."""
    name, _, rest = printable(str(row.get("metric") or "")).partition(":")[0].partition(" [")
    if not name:
        return None
    samples = document.get("samples")
    flags = ["-n", str(samples)] if isinstance(samples, int) else []
    flags += [f"--seed={row['seed']}"] if isinstance(row.get("seed"), int) and row["seed"] else []
    return ["measure", run, "--metric", name, *flags, *(["--features", rest.rstrip("]")] if rest else [])]


def name_of_file(path: str) -> str:
    """The last part of a path, on one line."""
    return printable(path.rstrip("/").rpartition("/")[2] or path, 200)
