"""What a training will take: a few steps of it are timed by themselves once the form rests."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import streamlit as st

from dashboard import resources, state
from dashboard.parts import commands, pace, stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import duration
from genmodels.data.dataset import DATA
from genmodels.refusal import Refusal
from genmodels.runs.experiment import Experiment

TIMER = ThreadPoolExecutor(1, thread_name_prefix="timer")
RESTS = 2.0  # seconds for which nobody changed the form before its experiment is timed


def view(experiment: Experiment) -> None:
    """Time and disk that the training will take; while they are being found, it looks again every `RESTS` seconds.

    Data that have to be fetched from the internet first are timed only when asked for.
    """
    digest, before = experiment.digest(), state.get(state.FORECAST)
    if before is None or before[0] != digest:  # the form was changed, or is new
        state.put(state.FORECAST, before := (digest, None))
    timing = before[1]
    if timing is None and not DATA[experiment.data].offline:
        if not st.button("Estimate", icon=":material/timer:", help="Fetches the data first, then times a few steps"):
            return
        timing = _begun(experiment)
    if timing and timing.done():
        _found(timing)
        return
    st.caption("How long will it take? A few steps are timed in a process of their own; you need not wait for it.")
    pace.polled(_wait, RESTS)(experiment)


def _begun(experiment: Experiment) -> Future[dict[str, Any]]:
    """Have it timed, once a server; one after another."""
    digest = experiment.digest()
    timing: Future[dict[str, Any]] = resources.explored(
        ("forecast", digest), lambda: TIMER.submit(commands.forecast, experiment)
    )
    state.put(state.FORECAST, (digest, timing))
    state.put(state.TIMING, timing)
    return timing


def _wait(experiment: Experiment) -> None:
    """Have it timed once the form was left alone for a look, and draw the page again when that is done."""
    digest, timing = state.get(state.FORECAST, ("", None))
    if digest != experiment.digest():
        return
    if timing and timing.done():
        st.rerun()
    last = state.get(state.TIMING)
    if timing is None and (last is None or last.done()) and state.get(state.RESTED) == digest:
        _begun(experiment)
    state.put(state.RESTED, digest)


def _found(timing: Future[dict[str, Any]]) -> None:
    """What was found, or why nothing was."""
    try:
        answer = timing.result()
    except Refusal as refusal:
        refuse(refusal)
        return
    speed, unit = answer.get("images_per_second"), "images"
    if speed is None:
        speed, unit = answer.get("tokens_per_second", 0), "tokens"
    stating.done(
        f"About {duration(answer['seconds'])} and {answer['bytes'] / 1e6:,.0f} MB on disk:"
        f" {speed:,.0f} {unit} a second, {answer['parameters']:,} parameters.",
    )
