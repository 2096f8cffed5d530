"""Several runs side by side: curves over one another, knobs against the final value, what two experiments ask differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard import resources, state
from dashboard.parts import charts, terms
from dashboard.parts.stating import refuse
from dashboard.run_rows import Row
from dashboard.safe_text import counted, plain_text, safe_text
from dashboard.training import curves, follower
from genmodels.refusal import Refusal
from genmodels.runs.experiment import Experiment
from genmodels.runs.store import RunStore

if TYPE_CHECKING:
    import pandas

MOST_CURVES = 12
FIRST = ("held_out_loss", "kernel_distance", "loss", "generator_loss")
MOST_LINES = 300  # of the parallel coordinates


def label(row: Row) -> str:
    """What a run is called in charts."""
    return plain_text(row["name"] or row["id"], 60)


def overlay(rows: Sequence[Row], store: RunStore) -> None:
    """One term of several runs over one axis."""
    chosen = list(rows[:MOST_CURVES])
    if len(rows) > len(chosen):
        st.caption(f"The first {MOST_CURVES} of {len(rows)} chosen runs are drawn.")
    traces = {row["id"]: resources.history(store[row["id"]]) for row in chosen}
    names = sorted({name for trace in traces.values() for name in curves.numeric(trace.frame)}, key=_interest)
    if not names:
        st.caption("The chosen runs have logged nothing yet.")
        return
    options = curves.options()
    term = st.selectbox("Term", names, **state.bound(state.TERM))
    slots = state.slots([row["id"] for row in chosen])
    for family, rows_of_one in _on_one_axis(chosen, term).items():
        _panel(rows_of_one, family, traces, term, options, slots, store)


def _on_one_axis(rows: Sequence[Row], term: str) -> dict[str, list[Row]]:
    """The runs whose values of a term are of one kind: of a loss those of one model family on one data set, named; else all, under ""."""
    if not terms.is_loss(term):
        return {"": list(rows)}
    families: dict[str, list[Row]] = {}
    for row in rows:
        families.setdefault(f"{row['model']} on {row['data']}", []).append(row)
    return families if len(families) > 1 else {"": list(rows)}


def _panel(
    rows: Sequence[Row],
    family: str,
    traces: Mapping[str, follower.Trace],
    term: str,
    options: curves.Options,
    slots: Mapping[str, int],
    store: RunStore,
) -> None:
    """One chart of runs that share an axis."""
    lines = []
    for row in rows:
        frame = traces[row["id"]].frame
        if term in curves.numeric(frame) and options.x in frame:
            lines.append(charts.Line(label(row), frame[options.x], frame[term], slots[row["id"]]))
    if not lines:
        return
    version = (
        tuple((row["id"], label(row), slots[row["id"]], *traces[row["id"]].version) for row in rows),
        term,
        options,
    )
    unit = (
        f"{terms.term_label(term)} of {plain_text(family, 80)}"
        if family
        else terms.unit(term) or terms.term_label(term)
    )
    figure = resources.figure(
        "overlay",
        (str(store.folder), *version),
        lambda: charts.curves(
            lines, x=curves.X_AXES[options.x], y=unit, log=options.log, smoothing=options.smoothing, height=420
        ),
    )
    charts.draw(
        figure,
        key=f"overlay{family}",
        see=_see(rows, len(lines), family, term),
        table=lambda: _long(rows, traces, term),
        name=f"overlay-{plain_text(term, 40)}",
    )


def _see(rows: Sequence[Row], drawn: int, family: str, term: str) -> str:
    said = f"{charts.sentence_case(terms.term_label(term))} of {counted(drawn, 'run')}; each has its own colour, dash and mark."
    if family:
        return (
            f"{said} A loss of another model family or on other data is another quantity, so it has a chart of its own."
        )
    if len({row["data"] for row in rows}) > 1:
        return f"{said} These runs learned from different data, so their heights do not compare."
    return said


def _interest(name: str) -> tuple[int, str]:
    """The terms that are asked for most come first."""
    return (FIRST.index(name) if name in FIRST else len(FIRST), name)


def _long(rows: Sequence[Row], traces: Mapping[str, follower.Trace], term: str) -> pandas.DataFrame:
    import pandas

    parts = []
    for row in rows:
        frame = traces[row["id"]].frame
        if term in frame:
            columns = [name for name in ("step", "epoch", "seconds", term) if name in frame]
            parts.append(frame[columns].dropna(subset=[term]).assign(run=row["id"]))
    return pandas.concat(parts, ignore_index=True)


def knobs_against_value(rows: Sequence[Row]) -> None:
    """Parallel coordinates: one line a run through its knobs to its best value."""
    measured = [row for row in rows if isinstance(row["best"].get("value"), int | float)][:MOST_LINES]
    if len(measured) < 2:
        st.caption("Choose two or more runs that have been measured at least once.")
        return
    asked = [_flat(row["asked"]) for row in measured]
    names = sorted(set[str].intersection(*(set(each) for each in asked)))  # two families share few knobs
    differing = [name for name in names if len({str(each.get(name)) for each in asked}) > 1 and name != "parent"]
    if not differing:
        st.caption("The chosen runs have the same settings.")
        return
    measure = plain_text(measured[0]["best"].get("name", "value"), 40)
    if len({(row["best"].get("name"), row["model"], row["data"]) for row in measured}) > 1:
        st.caption(
            "These runs were judged by different measures, are of different model families or learned from different data, so their values do not compare; choose runs of one family on one data set."
        )
        return
    axes = [(plain_text(name, 40), [each.get(name) for each in asked]) for name in differing]
    axes.append((f"best {terms.term_label(measure)}", [row["best"]["value"] for row in measured]))
    figure = charts.parallel(axes, [label(row) for row in measured])
    see = "Each line is a run; where the dark lines (low values) pass through one place of a setting, that setting mattered."
    charts.draw(figure, key="parallel", see=see, table=lambda: _knob_table(measured, axes), name="settings")


def _knob_table(rows: Sequence[Row], axes: Sequence[tuple[str, list[Any]]]) -> pandas.DataFrame:
    import pandas

    cells = {
        name: [value if isinstance(value, int | float) else plain_text(value) for value in values]
        for name, values in axes
    }
    return pandas.DataFrame({"run": [row["id"] for row in rows], **cells})


def differences(first: Row, second: Row) -> None:
    """What two experiments ask for differently."""
    try:
        found = Experiment.from_dict(first["asked"]).differences(Experiment.from_dict(second["asked"]))
    except (Refusal, TypeError) as error:
        refuse(error)
        return
    if not found:
        st.caption("Both ask for the same.")
        return
    rows = [
        {"Setting": name, "First": plain_text(mine), "Second": plain_text(theirs)}
        for name, (mine, theirs) in found.items()
    ]
    st.caption(safe_text(f"First: {label(first)}. Second: {label(second)}."))
    st.dataframe(rows, hide_index=True, alt="What the two experiments ask for differently")


def _flat(asked: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in asked.items():
        flat |= {f"{name}.{inner}": v for inner, v in value.items()} if isinstance(value, Mapping) else {name: value}
    return flat
