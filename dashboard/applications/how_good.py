"""What was measured of a model of an application, beside what others published, its risks, and where it is audited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import streamlit as st

from dashboard import navigation
from dashboard.parts import stating, verdicts
from dashboard.safe_text import plain_text, safe_text
from genmodels.runs.run import Run

REMEMBERS = (("memorisation", "What does it remember?"),)  # pages that audit it, and what links to them say


@runtime_checkable
class Published(Protocol):
    """A data set that says what others reached on it, "" for nothing."""

    published: str


def about_model(
    run: Run, risks: str, audits: Sequence[tuple[str, str]] = REMEMBERS, on_request: Sequence[str] = ()
) -> None:
    """What was measured of the model, its risks, and where it is audited; `on_request` are measures that somebody has to name."""
    measured = [row for row in run.findings().get("measures", []) if isinstance(row, dict)]
    st.header("How good is this model?", anchor=False)
    told = [row for row in measured if _number(row.get("value")) is not None]
    told.sort(key=lambda row: str(row.get("metric")).split(":")[0] not in on_request)
    if told:
        _measures(told)
    missing = [f"{row.get('metric')} ({_reason(row)})" for row in measured if row not in told]
    known = {row.get("metric") for row in measured}
    if unasked := [name for name in on_request if name not in known]:
        named = " ".join(f"--metric '{name}'" for name in unasked)
        missing.append(f"{', '.join(unasked)} (on request: genmodels measure {run.id} {named})")
    if missing:
        st.caption(safe_text(f"Not measured: {'; '.join(missing)}.", 1000))
    if not measured:
        stating.empty(
            safe_text(f"It was not measured yet. Measure it with: genmodels measure {run.id}", 300),
        )
    source = run.experiment.make_source()
    if isinstance(source, Published) and source.published:
        st.caption(safe_text(f"Published on these data: {source.published}", 300))
    st.caption(safe_text(risks, 400))
    for page, said in audits:
        navigation.link(page, said, run=run.id)


def _number(value: object) -> float | int | None:
    """A number of findings, which anybody may have written."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _reason(row: dict[str, Any]) -> str:
    return str(row.get("protocol", "")).removeprefix("not measured: ")


def _measures(rows: list[Any]) -> None:
    import pandas

    table = pandas.DataFrame(
        [
            {
                "Measure": verdicts.title(row.get("metric")),
                "Value": verdicts.estimate(row),
                "95 % interval": verdicts.interval(row),
                "Unit": verdicts.unit(row),
                "Better": plain_text(row.get("better"), 10),
                "n": _number(row.get("n")),
                "How": plain_text(row.get("protocol"), 300),
            }
            for row in rows
        ]
    )
    st.dataframe(
        table,
        hide_index=True,
        key="model.measures",
        alt="What was measured of this model, with 95 % intervals",
        column_config={"Measure": st.column_config.TextColumn(width="medium")},
    )
    st.caption("Better says which way is better.")
