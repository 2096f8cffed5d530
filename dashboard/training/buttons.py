"""What can be done with a run that trains or has ended: stop, end, resume, branch, hand out."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import navigation, state
from dashboard.parts import handing_out
from dashboard.safe_text import safe_text
from dashboard.training import branching
from genmodels.files import last_lines
from genmodels.models.recipe import MODELS
from genmodels.refusal import Refusal
from genmodels.runs import launching
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore


def buttons(run: Run, now: str, *, gallery_run: bool, store: RunStore) -> None:
    """What can be done with the run in the state `now`."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if now in WORKING:
            _stop(run)
        elif not gallery_run and now != "done":
            _resume(run)
        if not gallery_run and branching.kept_epochs(run) and _branch(run):
            branching.dialog(run, store)
        if run.folder.log.is_file():
            _log(run)


def _stop(run: Run) -> None:
    asked = run.folder.stop_asked()
    st.button(
        "Stopping …" if asked else "Stop",
        key=f"stop.{run.id}",
        icon=":material/stop_circle:",
        disabled=asked,
        type="primary",
        help="It stops at its next step and saves",
        on_click=act,
        args=(launching.stop, run),
    )


def _resume(run: Run) -> None:
    st.button(
        "Resume",
        key=f"resume.{run.id}",
        icon=":material/resume:",
        type="primary",
        help="Goes on from the last whole checkpoint",
        on_click=act,
        args=(launching.launch, run),
    )


def _branch(run: Run) -> bool:
    what = "Train on from a kept epoch with other settings"
    return st.button("Branch", key=f"branch.{run.id}", icon=":material/call_split:", help=what)


def _log(run: Run) -> None:
    handing_out.record(
        "Log",
        lambda: last_lines(run.folder.log).encode(),
        f"{run.id}-log.txt",
        "text/plain",
        key=f"log.{run.id}",
        icon=":material/description:",
    )


def act(action: Callable[[Run], str | None], run: Run) -> None:
    """Do what a button asks; what is said to it comes as a toast."""
    try:
        said = action(run)
    except (Refusal, OSError) as error:
        state.notice(safe_text(error, 300), ":material/error:")
    else:
        state.notice(safe_text(said or f"{run.id} continues."), ":material/info:")


WORKING = ("waiting", "running")


def audit(run: Run) -> None:
    """A link to the audit of a run that draws or writes."""
    model = run.experiment.model
    if model in MODELS and MODELS[model].draws:
        navigation.link("audit", "Audit", run=run.id)
