"""The curves of one run: every term that it logged, grouped, and what seems to go wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard import resources, state
from dashboard.parts import charts, glossary, stating, terms
from dashboard.safe_text import safe_text
from dashboard.training import follower
from genmodels.runs.run import Run
from genmodels.training.diagnosis import RULES

if TYPE_CHECKING:
    import pandas

X_AXES = {"step": "step", "seconds": "seconds of training"}


@dataclass(frozen=True)
class Options:
    """How curves are drawn."""

    x: str
    smoothing: float
    log: bool


def options() -> Options:
    """The three switches above the curves."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        x = st.segmented_control("Axis", list(X_AXES), default="step", required=True, **state.bound(state.AXIS))
        smoothing = st.slider(
            "Smoothing",
            0.0,
            0.99,
            0.6,
            0.01,
            width=180,
            help="Of curves with more than 60 points; the raw line stays, faint",
            **state.kept(state.SMOOTHING),
        )
        log = st.toggle("Log axis", help="Values of 0 and below can't be drawn on it", **state.kept(state.LOG))
    return Options(x or "step", float(smoothing), bool(log))


def first(run: Run, options: Options) -> None:
    """The loss, and the diagnosis under it."""
    trace = resources.history(run)
    groups = terms.grouped(numeric(trace.frame))
    if not len(trace.frame) or not groups:
        st.caption("Nothing was logged yet.")
        return
    with st.container(border=True):
        _chart(run, trace, *groups[0], options)
    _diagnosis(run, trace)


def rest(run: Run, options: Options) -> None:
    """All other terms, two charts a row."""
    trace = resources.history(run)
    groups = terms.grouped(numeric(trace.frame))[1:]
    for start in range(0, len(groups), 2):
        for column, group in zip(st.columns(2, gap="medium"), groups[start : start + 2], strict=False):
            with column, st.container(border=True):
                _chart(run, trace, *group, options)
    glossary.explained(*(f"{group.title}. {group.see}" for group, *_ in groups))
    if trace.skipped:
        st.caption(f"{trace.skipped:,} damaged lines of the history were skipped.")


def _chart(run: Run, trace: follower.Trace, group: terms.Group, names: list[str], options: Options) -> None:
    frame = trace.frame
    columns = [name for name in ("step", "epoch", "seconds") if name in frame]
    x = options.x if options.x in frame else "step"

    def drawn() -> Any:
        lines = [charts.Line(terms.term_label(name), frame[x], frame[name], terms.slot(name)) for name in names]
        return charts.curves(
            lines,
            x=X_AXES[x],
            y=group.unit,
            log=options.log,
            smoothing=options.smoothing,
            marks=broken(frame, x),
            title=group.title,
        )

    figure = resources.figure(group.key, (str(run.path), *trace.version, options), drawn)
    charts.draw(
        figure,
        key=f"{group.key}.{run.id}",
        see=group.see,
        table=lambda: frame[[*columns, *names]].dropna(subset=names, how="all"),
        name=f"{run.id}-{group.key}",
        live=True,
    )


def numeric(frame: pandas.DataFrame) -> list[str]:
    """The columns that are terms, with at least one number in them."""
    return [
        str(name)
        for name in frame.columns
        if name not in terms.INDEX and frame[name].dtype.kind in "iuf" and frame[name].notna().any()
    ]


def broken(frame: pandas.DataFrame, x: str) -> list[tuple[float, str]]:
    """Where and by which term a training broke, for a mark on the chart."""
    if "broken" not in frame:
        return []
    rows = frame[frame["broken"].notna()]
    return [(float(row[x]), f"{row['broken']} is not finite") for _, row in rows.tail(3).iterrows()]


def _diagnosis(run: Run, trace: follower.Trace) -> None:
    """What goes wrong, in plain words, with the rule behind it."""
    model = run.experiment.model
    readings = resources.readings(str(run.path), trace.version, model, trace.frame)
    for reading in readings:
        stating.warned(safe_text(f"{reading.sentence} Since step {reading.since_step:,}.", 500))
    with st.popover(
        "Nothing looks wrong" if not readings else "How is this judged?",
        icon=":material/monitor_heart:",
        type="tertiary",
    ):
        for rule in RULES.values():
            if model in rule.models or not rule.models:
                st.markdown(f"**{safe_text(rule.name)}**: {safe_text(rule.text, 400)}")
                st.caption(safe_text(rule.source, 200))
