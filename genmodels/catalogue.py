"""What the registries hold, as rows: for `genmodels list`, the pages and the tables of `docs/`."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from genmodels.runs import instants
from genmodels.runs.run import SHOWN, Run
from genmodels.runs.store import RunStore, gallery_names

Rows = list[dict[str, Any]]


def models() -> Rows:
    """Every model family with its knobs."""
    from genmodels.models.recipe import MODELS

    return [
        {
            "name": name,
            "summary": recipe.summary(),
            "knobs": {k.name: {"default": k.default, "help": k.help, "allowed": k.expected()} for k in recipe.knobs()},
        }
        for name, recipe in MODELS.items()
    ]


def data() -> Rows:
    """Every data set with its counts of examples, licence and shares of groups, or a note that says why there are none.

    No set is read for it. An example is a picture, or a window of a text, which also has "text": {"documents", "characters", "tokens"}
    (training, held out) and "vocabulary"; of music also "music": {"pieces", "steps"}, a piece in several keys counting once.
    """
    from genmodels.data.dataset import DATA
    from genmodels.data.facts import known
    from genmodels.kinds.kind import KINDS

    rows = []
    for name, source in DATA.items():
        row: dict[str, Any] = {
            "name": name,
            "kind": source.kind,
            "summary": source.summary(),
            "n_train": None,
            "n_test": None,
            "example": KINDS[source.kind].example(source()),
            "licence": source.licence,
        }
        if described := known(name):
            row |= {"n_train": described["n_train"], "n_test": described["n_test"], "shares": shares(described)}
            if "documents" in described:
                row["text"] = {name: described[name] for name in ("documents", "characters", "tokens", "vocabulary")}
            if "pieces" in described:
                row["music"] = {name: described[name] for name in ("pieces", "steps")}
        else:
            row["note"] = _why_not_counted(name)
        rows.append(row)
    return rows


def _why_not_counted(name: str) -> str:
    from genmodels.data.dataset import DATA
    from genmodels.data.facts import built_in
    from genmodels.refusal import Refusal

    if name in built_in():
        return f"What it holds depends on the Python that runs here ({platform.python_version()}), so it is counted when it is first used."
    if not DATA[name].offline:
        return "It is fetched from the internet when it is first used."
    try:
        DATA[name]().load()
    except Refusal as refusal:
        return str(refusal)
    return ""


def shares(description: Mapping[str, Any], most: int = 6) -> dict[str, str]:
    """Grouping to its largest groups with their share of the training examples that have one."""
    said = {}
    for grouping, groups in description["groups"].items():
        largest = sorted(groups, key=lambda group: -group["share"])
        more = f" and {len(largest) - most} more" if len(largest) > most else ""
        said[grouping] = ", ".join(f"{group['group']} {group['share']:.0%}" for group in largest[:most]) + more
    return said


def metrics() -> Rows:
    """Every metric with its direction and source."""
    from genmodels.metrics.metric import METRICS

    return [{"name": name} | metric.about() for name, metric in METRICS.items()]


def audits() -> Rows:
    """Every audit with its question, and the limits that a policy may set: what each means, its default and its range."""
    from genmodels.audits.audit import AUDITS

    return [
        {
            "name": name,
            "question": audit.question,
            "limits": {
                limit: {"default": default, **asdict(audit.limit(limit))} for limit, default in audit.limits().items()
            },
        }
        for name, audit in AUDITS.items()
    ]


def runs() -> Rows:
    """Every run, newest first, then the gallery; when it was begun (ISO 8601, local time with its offset), and of a damaged one what is wrong with it."""
    from genmodels import gallery

    rows = []
    for run in [*RunStore.default(), *(Run(gallery.GALLERY / name) for name in gallery_names())]:
        status, damage = run.status, run.damage
        state = "damaged" if damage else run.judge(status)
        rows.append(
            {
                "name": run.id,
                "state": SHOWN.get(state, state),
                "epoch": status.get("epoch"),
                "seconds": status.get("seconds"),
                "begun": instants.iso(run.created),
                "problem": damage,
            }
        )
    return rows


SECTIONS: Mapping[str, Callable[[], Rows]] = {
    "models": models,
    "data": data,
    "metrics": metrics,
    "audits": audits,
    "runs": runs,
}


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = ()) -> str:
    """Rows as a Markdown table of their plain columns."""
    if not rows:
        return "(none)"
    columns = columns or [name for name, value in rows[0].items() if not isinstance(value, Mapping)]
    lines = ["| " + " | ".join(columns) + " |", "| " + " | ".join("---" for _ in columns) + " |"]
    lines += ["| " + " | ".join(_cell(row.get(name)) for name in columns) + " |" for row in rows]
    return "\n".join(lines)


def for_people(rows: Rows) -> Rows:
    """Rows with the instant in which each was begun as a terminal shows it: local time with its zone."""
    return [
        row | {"begun": instants.shown(datetime.fromisoformat(row["begun"]).timestamp())} if row.get("begun") else row
        for row in rows
    ]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
