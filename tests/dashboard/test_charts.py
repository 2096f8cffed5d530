"""Curves keep their extremes, their colours and their raw line."""

from __future__ import annotations

import numpy as np
import pandas

from dashboard.parts import charts, terms
from dashboard.training.curves import broken, numeric


def line(n: int, name: str = "loss", slot: int = 0) -> charts.Line:
    return charts.Line(name, np.arange(n), np.sin(np.arange(n) / 50), slot)


def test_a_million_points_become_two_thousand_and_keep_their_extremes() -> None:
    y = np.random.default_rng(0).normal(size=1_000_000)
    y[[123_456, 654_321, 7]] = 99.0, -99.0, np.nan
    x, thinned = charts.thin(np.arange(len(y)), y)
    assert len(x) <= charts.POINTS and thinned.max() == 99 and thinned.min() == -99
    assert x[thinned.argmax()] == 123_456


def test_smoothing_keeps_the_raw_line() -> None:
    raw, smooth = charts.curves([line(500)], x="step", y="nats", smoothing=0.9).data
    assert raw.opacity < 1 and not raw.showlegend and np.allclose(raw.y, line(500).y)
    assert np.ptp(smooth.y) < np.ptp(raw.y)
    assert np.isclose(charts.smoothed(np.full(9, 3.0), 0.9), 3).all(), "the start is corrected"


def test_lines_differ_by_more_than_colour_and_are_svg() -> None:
    figure = charts.curves([line(500, str(slot), slot) for slot in range(6)], x="step", y="nats", log=True)
    assert len({trace.line.color for trace in figure.data}) == len({trace.line.dash for trace in figure.data}) == 6
    assert {trace.type for trace in figure.data} == {"scatter"}
    assert figure.layout.yaxis.type == "log" and figure.layout.uirevision == "kept"
    assert figure.layout.xaxis.title.text == "step" and figure.layout.yaxis.title.text == "nats"


def test_a_broken_step_is_a_gap_with_a_mark() -> None:
    frame = pandas.DataFrame({"step": [1, 2], "loss": [1.0, np.nan], "broken": [None, "loss"]})
    marks = broken(frame, "step")
    figure = charts.curves([charts.Line("loss", frame["step"], frame["loss"])], x="step", y="nats", marks=marks)
    assert marks == [(2.0, "loss is not finite")] and len(figure.data[0].x) == 1
    assert figure.layout.annotations[0].text == "loss is not finite"


def test_terms_find_their_charts() -> None:
    groups = terms.grouped(["step", "loss", "kl", "held_out_loss", "gradient_norm", "kernel_distance", "something_new"])
    assert [(group.key, names) for group, names in groups] == [
        ("loss", ["loss", "kl", "something_new"]), ("held_out", ["held_out_loss"]),
        ("kernel_distance", ["kernel_distance"]), ("gradient_norm", ["gradient_norm"]),
    ]  # fmt: skip
    assert terms.slot("loss") == terms.slot("loss") and terms.grouped(["step", "broken"]) == []


def test_only_columns_of_numbers_are_curves() -> None:
    frame = pandas.DataFrame({"step": [1], "loss": [1.0], "hostile": ["<b>"], "empty": [np.nan]})
    assert numeric(frame) == ["loss"]


def test_parallel_coordinates_take_numbers_and_texts() -> None:
    figure = charts.parallel([("latent", [4, 8]), ("loss", ["hinge", "wgan-gp"]), ("best", [0.5, 0.1])], ["a", "<b>"])
    assert {trace.type for trace in figure.data} == {"scatter"} and list(figure.data[0].y) == [0, 0, 1]
    assert "&lt;b&gt;" in figure.data[1].hovertext


def test_no_cell_of_a_csv_is_a_formula() -> None:
    table = pandas.DataFrame({"=name": ["=cmd()", "fine"], "value": [-1.0, 2.0]})
    assert charts.csv(table).decode().splitlines() == ["'=name,value", "'=cmd(),-1.0", "fine,2.0"]


def test_what_is_nothing_throughout_has_no_axis_below_nothing() -> None:
    flat = charts.curves([charts.Line("near copies", np.arange(3), np.zeros(3))], x="step", y="share of samples")
    assert flat.layout.yaxis.range == charts.NOTHING and charts.NOTHING[0] > -0.1
    assert charts.curves([charts.Line("loss", np.arange(3), np.arange(3))], x="step", y="nats").layout.yaxis.range is None
