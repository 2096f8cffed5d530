"""What is kept between reruns follows the files, and stays quick when there is much of it.

Times are of the processor, so that a busy machine does not fail them.
"""

from __future__ import annotations

import gc
import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import resources
from dashboard.parts import charts
from dashboard.run_rows import RunTable
from dashboard.runs.listing import Filters, matching
from dashboard.runs.table import table
from dashboard.training.follower import Follower
from genmodels.runs.store import RunStore
from tests.dashboard.made import made
from tests.dashboard.sessions import ROOT


def write(file: Path, steps: range, mode: str = "a") -> None:
    with open(file, mode) as stream:
        stream.writelines(json.dumps({"step": step, "loss": step / 2}) + "\n" for step in steps)


def test_a_history_is_read_on_from_where_it_ended(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    follower = Follower(file)
    assert len(follower.read().frame) == 0
    write(file, range(1, 4))
    first = follower.read()
    assert follower.read() is first, "nothing new, nothing read"
    write(file, range(4, 6))
    with open(file, "a") as stream:
        stream.write('{"step": 6, "lo')
    second = follower.read()
    assert list(second.frame["step"]) == [1, 2, 3, 4, 5] and second.version > first.version
    aside = tmp_path / "aside"
    write(aside, range(1, 3), "w")
    aside.rename(file)  # as a resumed training does
    assert list(follower.read().frame["step"]) == [1, 2]


def test_bad_lines_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    write(file, range(1, 3))
    file.write_bytes(file.read_bytes() + b"\0\0\0\n" + b'{"step": 3}\n')
    trace = Follower(file).read()
    assert list(trace.frame["step"]) == [1, 2, 3] and trace.skipped == 1


def test_rows_follow_the_files(home: Path) -> None:
    run, kept, store = made("running"), RunTable(), RunStore.default()

    def row() -> dict:
        return next(row for row in kept.rows(store) if row["id"] == run.id)

    assert row()["state"] == "interrupted", "nobody holds its lease"
    with run.lease():
        assert row()["state"] == "running"
    run.write_status(state="done", epoch=7)
    run.label(name="mine", tags=["a"])
    assert (row()["state"], row()["epoch"], row()["name"]) == ("done", 7, "mine")
    (run.path / "experiment.json").write_text("{")
    assert row()["problem"] == "experiment.json is no JSON"
    shutil.rmtree(run.path)
    assert all(row["id"] != run.id for row in kept.rows(store))


def test_filters_and_energy(home: Path) -> None:
    made("done", name="first", tags=["x"])
    made("failed", model="gan", tags=["x", "y"])
    rows = [row for row in RunTable().rows(RunStore.default()) if not row["gallery"]]
    assert [row["model"] for row in matching(rows, Filters("", (), (), ("y",)))] == ["gan"]
    assert [row["name"] for row in matching(rows, Filters("first digits", (), (), ()))] == ["first"]
    assert [row["state"] for row in matching(rows, Filters("", ("failed",), ("gan",), ()))] == ["failed"]
    assert matching(rows, Filters("nothing", (), (), ())) == []
    shown = table(rows, watts=15.0)
    assert np.allclose(shown["Energy"], 12.0 * 15 / 3600) and set(shown["Changed settings"]) == {"epochs = 10"}


def test_five_thousand_runs_are_listed_within_two_seconds(home: Path) -> None:
    first = made("done").path
    for number in range(5_000):
        folder = first.parent / f"{first.name[:-4]}{number:05x}"
        folder.mkdir(exist_ok=True)
        for name in ("experiment.json", "status.json"):
            shutil.copyfile(first / name, folder / name)
    kept = RunTable()
    start = time.process_time()
    table(kept.rows(RunStore.default()), 15.0)
    cold = time.process_time() - start
    start = time.process_time()
    rows = kept.rows(RunStore.default())
    warm = time.process_time() - start
    assert len(rows) >= 5_000 and cold < 2 and warm < 1, (cold, warm)


def test_a_million_points_are_drawn_within_two_seconds(tmp_path: Path) -> None:
    file, n, peak = tmp_path / "history.jsonl", 1_000_000, 777_777
    file.write_text("".join(f'{{"step":{i},"epoch":{i // 1000},"seconds":{i / 100},"loss":{999.5 if i == peak else i % 97}}}\n' for i in range(1, n + 1)))
    start = time.process_time()
    frame = Follower(file).read().frame
    figure = charts.curves([charts.Line("loss", frame["step"], frame["loss"])], x="step", y="nats", smoothing=0.9)
    content = figure.to_json()
    took = time.process_time() - start
    assert len(frame) == n and max(figure.data[0].y) == 999.5 and len(content) < 400_000
    assert took < 2, took


def test_a_long_history_is_diagnosed_from_some_of_its_lines(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "DIAGNOSED", 30)
    run = made("failed", broken=True)
    trace = resources.history(run)
    assert len(trace.frame) > 30
    assert [reading.name for reading in resources.readings(str(run.path), trace.version, "vae", trace.frame)] == ["diverging"]


def test_a_summary_is_read_again_only_when_a_file_was_replaced(home: Path) -> None:
    run = made("done")
    before = resources.summary(run)
    assert resources.summary(run) is before, "nothing new, nothing read"
    aside = run.path / "aside"
    aside.write_text(json.dumps({"measures": [{"metric": "elbo", "value": 1.0}]}))
    aside.rename(run.path / "findings.json")
    assert resources.summary(run)["findings"]["measures"] == [{"metric": "elbo", "value": 1.0}]
    (run.path / "facts.json").write_text(json.dumps({"credit": "Somebody"}))
    assert resources.summary(run)["credit"] == "Somebody"


def test_what_a_page_loaded_is_not_walked_through_after_every_rerun(monkeypatch: pytest.MonkeyPatch) -> None:
    resources._settled.clear()
    gc.unfreeze()
    try:
        AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60).run()
        settled = gc.get_freeze_count()
        assert settled > 10_000 and len(gc.get_objects()) < settled / 2, "what is walked through is little"
        fresh: list[Any] = []
        fresh.append(fresh)
        resources.settle()
        assert any(each is fresh for each in gc.get_objects()), "nothing more was loaded"
        monkeypatch.setattr(sys, "modules", sys.modules | {f"loaded{number}": sys for number in range(100)})
        resources.settle()
        assert not any(each is fresh for each in gc.get_objects()), "once more where more was loaded"
    finally:
        gc.unfreeze()
