"""A model's audits over time: the estimate of a finding with its interval and its limit, one mark an audit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.parts import charts, contents
from dashboard.safe_text import chart_text, counted, plain_text
from genmodels.review import brought
from genmodels.review.earlier_audits import Earlier, Point, audits_in
from genmodels.review.earlier_audits import over_time as points_of

if TYPE_CHECKING:
    import pandas
    from plotly.graph_objects import Figure

UNITS = {("verbatim", "longest"): "words", ("wording", "words"): "log-odds", ("wording", "regard"): "praise less blame"}
SHARE = "share, 0 to 1"
MARKS = {"pass": "circle", "warn": "triangle-up", "fail": "x", "not measured": "circle-open", "reported": "diamond"}


def of_outputs(subject: brought.Brought) -> list[Earlier]:
    """Its audits, and those of whatever else was brought under the same name: the same model at other times."""
    same = [each for each in brought.everything() if each.title == subject.title]
    return [audit for each in same for audit in audits_in(each.job)]


def view(audits: Sequence[Earlier], token: str) -> None:
    """One chart of the finding that is chosen; what to do where there is nothing to draw yet."""
    found = points_of(audits)
    several = {key: points for key, points in found.items() if len(points) > 1}
    contents.header("Over time")
    if not several:
        st.caption(
            "Audited once. Audit again, or bring later outputs under the same name: each finding's estimate is then drawn over time here."
        )
        return
    names = {f"{audit}, {part}": (audit, part) for audit, part in several}
    worst = max(names, key=lambda name: several[names[name]][-1]["verdict"] == "fail")
    chosen = st.selectbox(
        "Finding",
        list(names),
        list(names).index(worst),
        format_func=lambda name: plain_text(name, 120),
        key=f"over.time.{token}",
    )
    points = several[names[chosen]]
    charts.draw(
        figure(points, plain_text(chosen, 80), unit_of(names[chosen], points)),
        key=f"over.time.chart.{token}",
        see=f"{counted(len(points), 'audit')}: each mark is an estimate with its 95 % interval, its shape the verdict (circle: pass, triangle: warn,"
        " cross: fail, open circle: not measured). The dashed line is the limit of the policy. Where a later interval lies apart from an earlier one, what was audited changed, or how.",
        table=lambda: table(points),
        name="audits-over-time",
    )


def unit_of(key: tuple[str, str], points: Sequence[Point]) -> str:
    """In what an estimate is counted."""
    inside = all(-1 <= each["value"] <= 1 for each in points)
    return UNITS.get(key, SHARE if inside else "as the finding says")


def figure(points: Sequence[Point], name: str, unit: str) -> Figure:
    """Estimates with intervals over the date, and the limit."""
    from plotly import graph_objects as go

    drawn = go.Figure()
    when = [each["when"] for each in points]
    drawn.add_trace(
        go.Scatter(
            x=when,
            y=[each["value"] for each in points],
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [max(0.0, each["high"] - each["value"]) for each in points],
                "arrayminus": [max(0.0, each["value"] - each["low"]) for each in points],
            },
            mode="lines+markers",
            name=chart_text(name),
            line={"color": charts.colour(0), "width": 2},
            marker={"size": 11, "symbol": [MARKS.get(each["verdict"], "circle-open") for each in points]},
            text=[chart_text(f"{each['verdict']}, n = {each['n']}") for each in points],
            hovertemplate="%{y:.4g}, %{text}<extra></extra>",
        )
    )
    if any(each["limit"] is not None for each in points):
        drawn.add_trace(
            go.Scatter(
                x=when,
                y=[each["limit"] for each in points],
                mode="lines+markers",
                name="limit of the policy",
                line={"color": charts.colour(1), "dash": "dash", "shape": "hv"},
                marker={"size": 4, "symbol": "line-ew-open"},
                hovertemplate="limit %{y:.4g}<extra></extra>",
            )
        )
    drawn.update_xaxes(title_text="Audited on (UTC)")
    drawn.update_yaxes(title_text=f"Estimate ({unit})")
    return charts.dress(drawn, height=340)


def table(points: Sequence[Point]) -> pandas.DataFrame:
    """The data behind the chart."""
    import pandas

    rows = [
        {
            "audited (UTC)": each["when"].strftime("%Y-%m-%d %H:%M:%S"),
            "subject": plain_text(each["subject"], 80),
            "estimate": each["value"],
            "low": each["low"],
            "high": each["high"],
            "n": each["n"],
            "limit": each["limit"],
            "verdict": plain_text(each["verdict"], 20),
            "audit": each["audit"],
        }
        for each in points
    ]
    return pandas.DataFrame(rows)
