"""What was measured of the models of the lesson on VAEs: blur, cost, holes and smoothness against beta."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.parts import charts
from genmodels.estimates.rounding import between
from genmodels.measuring.latent_plane import RULE
from genmodels.runs.run import Run

LOST, KL, SPREAD, STEP = "reconstruction error", "KL", "spread", "largest step"
PRIOR, CLOUD, REAL = (f"unlike: {of}" for of in ("samples of the prior", "samples of the cloud", "held-out pictures"))
DRAWN = {
    LOST: "Lost a pixel (grey levels)",
    PRIOR: "Unlike any digit (%)",
    STEP: "Largest step (grey levels)",
}
Measured = dict[int, dict[str, dict[str, Any]]]


def show(runs: Mapping[int, Run]) -> None:
    measured = {beta: {row["metric"]: row for row in run.findings()["measures"]} for beta, run in runs.items()}
    st.markdown(sentence(measured))
    for column, (metric, axis) in zip(st.columns(3), DRAWN.items(), strict=True):
        with column:
            figure = dots(measured, metric, axis)
            st.plotly_chart(figure, key=f"vae.{metric}", config={"displayModeBar": False}, alt=f"{axis} against beta")
    st.caption(
        "Dots with their 95 % intervals. From left to right: blur (grey levels of 255), holes (% of samples from the bell), and how suddenly pictures "
        "change on a straight way between two codes (grey levels of 255)."
    )
    charts.data_behind(lambda: table(measured), key="vae.numbers", name="vae-lesson")
    real = measured[1][REAL]
    st.caption(f"{RULE} The rule errs: {share(real)} of real held-out digits are called unlike, too.")


def sentence(measured: Measured) -> str:
    """What the numbers say, with the numbers."""
    none, one, high = measured[0], measured[1], measured[10]
    return (
        f"- **Blur.** A pixel of a rebuilt picture is off by {number(none[LOST])} grey levels without the KL term, "
        f"{number(one[LOST])} at beta 1 and {number(high[LOST])} at beta 10, which draws one picture for all.\n"
        f"- **Where to draw from.** Of samples from the bell N(0, 1), {share(none[PRIOR])} of the autoencoder's are unlike any digit "
        f"and {share(one[PRIOR])} of those at beta 1. If one looks first where the training codes lie, it is "
        f"{share(none[CLOUD])} and {share(one[CLOUD])}: an autoencoder can draw, but does not know where.\n"
        f"- **Smoothness.** On straight ways between two codes the largest of 32 steps changes a pixel by {number(none[STEP])} "
        f"grey levels without the KL term and by {number(one[STEP])} at beta 1.\n"
        f"- **What the code costs.** {number(one[KL])} nats per picture at beta 1, {number(high[KL])} at beta 10. "
        f"At beta 0 the spread is {none[SPREAD]['value']:.1g} of the distance between codes."
    )


def number(row: Mapping[str, Any]) -> str:
    return between(row["value"], row["low"], row["high"], row["n"])


def share(row: Mapping[str, Any]) -> str:
    return between(row["value"], row["low"], row["high"], row["n"], percent=True)


def dots(measured: Measured, metric: str, axis: str) -> Any:
    from plotly import graph_objects as go

    rows, factor = [each[metric] for each in measured.values()], 100 if metric == PRIOR else 1
    values = [factor * row["value"] for row in rows]
    interval = {
        "type": "data",
        "array": [factor * row["high"] - value for row, value in zip(rows, values, strict=True)],
        "arrayminus": [value - factor * row["low"] for row, value in zip(rows, values, strict=True)],
    }
    marks = {"size": 9, "color": charts.colour(0)}
    line = go.Scatter(x=[str(beta) for beta in measured], y=values, error_y=interval, mode="markers", marker=marks)
    figure = charts.dress(go.Figure(line), height=260).update_layout(margin={"b": 44})  # one line needs no legend
    figure.update_xaxes(title_text="Beta", type="category")
    figure.update_yaxes(title_text=axis, rangemode="tozero")
    return figure


def table(measured: Measured) -> Any:
    import pandas

    columns = ("metric", "value", "low", "high", "n", "unit", "protocol")
    return pandas.DataFrame(
        [
            {"beta": beta, **{name: row[name] for name in columns}}
            for beta, rows in measured.items()
            for row in rows.values()
        ]
    )
