"""What a training will take is found by itself once the form rests, and asked for once; how long one that waits has to wait."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from dashboard.training import forecasting
from genmodels.refusal import Refusal
from genmodels.runs.experiment import Experiment
from genmodels.runs.store import RunStore
from tests.dashboard.made import made
from tests.pages.test_pages import opened

ANSWER = {"seconds": 90.0, "bytes": 3_000_000, "images_per_second": 1500.0, "parameters": 12_345, "epochs": 20}


@pytest.fixture
def timings(monkeypatch: pytest.MonkeyPatch) -> dict[str, Future[dict[str, Any]]]:
    """What is timed, by the data of the experiment; each is answered by the test."""
    asked: dict[str, Future[dict[str, Any]]] = {}

    class Timer:
        def submit(self, _work: object, experiment: Experiment) -> Future[dict[str, Any]]:
            asked[f"{experiment.data} {experiment.epochs}"] = Future()
            return asked[f"{experiment.data} {experiment.epochs}"]

    monkeypatch.setattr(forecasting, "TIMER", Timer())
    st.cache_resource.clear()  # a timing is kept as long as the server lives
    return asked


def test_a_form_that_rests_is_timed_once_and_says_what_the_training_takes(home: Path, timings: dict[str, Future[dict[str, Any]]]) -> None:
    page = opened("train", data="digits", model="vae")
    assert not timings  # somebody may be about to change it
    page.run()
    page.run()
    assert list(timings) == ["digits 20"]
    timings["digits 20"].set_result(ANSWER)
    page.run()
    assert "1,500 images a second" in page.success[0].value and "3 MB" in page.success[0].value
    page.number_input(key="knob.training.epochs").set_value(21).run()
    assert not page.success and list(timings) == ["digits 20"]
    page.run()
    assert list(timings) == ["digits 20", "digits 21"]


def test_what_the_timing_refuses_is_said_below_the_form(home: Path, timings: dict[str, Future[dict[str, Any]]]) -> None:
    page = opened("train", data="digits", model="vae").run().run()
    timings["digits 20"].set_exception(Refusal("The command train took longer than 300 s and was ended."))
    page.run()
    assert "took longer than 300 s" in page.error[0].value
    assert any(each.label == "Start" for each in page.button)


def test_data_that_would_be_fetched_are_timed_only_when_asked_for(home: Path, timings: dict[str, Future[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecasting.DATA["digits"], "offline", False)
    page = opened("train", data="digits", model="vae").run().run()
    assert not timings
    next(each for each in page.button if each.label == "Estimate").click().run()
    assert list(timings) == ["digits 20"]


def test_a_run_that_waits_says_how_many_are_before_it_and_for_how_long(home: Path) -> None:
    store = RunStore.default()
    first, second, third = made("running"), *(store.create(Experiment(model="vae", data="digits")) for _ in range(2))
    with first.lease(), second.lease(), third.lease():
        first.write_status(seconds_left=240.0)
        assert "1 run before it, about 4 min" in " ".join(each.value for each in opened("train", run=second.id).caption)
        assert "2 runs before it, at least 4 min" in " ".join(each.value for each in opened("train", run=third.id).caption)
        assert "about 4 min 00 s left" in " ".join(each.value for each in opened("train").caption)
