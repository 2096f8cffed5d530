"""The page "Video": what is asked for, the clips that come of it, and what is known of the model that filmed them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from dashboard import navigation, state
from dashboard.applications.how_good import about_model
from dashboard.applications.video_given import PROMPTED, WAYS, Given, given, needs
from dashboard.applications.video_made import Asked, Filmed, film_live, made_last
from dashboard.applications.video_shown import shown
from dashboard.drawing.form import prompt_form
from dashboard.parts import folding, stating
from dashboard.parts.stating import refuse
from dashboard.review.asking import audited_runs
from dashboard.safe_text import plain_text
from genmodels.refusal import Refusal
from genmodels.registry import unknown
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

NOTHING = (
    "There is no trained model of clips yet. Train the model video-diffusion on the data set motion (about an hour on two cores; latent-video is "
    "quicker), then come back to film."
)
RISKS = (
    "A film of a real place or person could be taken for a record: every file says that a model made it, and how long that lasts is on the page of "
    "Marks and detection. It knows things like those that it learned from and no others, and may repeat a training clip: see how new a clip is."
)
AUDITS = (
    ("deepfake", "What survives of the marks of a film?"),
    ("verify", "Check a film: is it marked, and by whom?"),
)
NOTHING_YET = "Press Film, or click an example: the model films all frames at once, step by step."
ALONE = "none"


def view(store: RunStore, run: Run) -> None:
    """The form, the clips, the model."""
    made = made_last()
    made = made if made and (made[0].run == run.id or made[0].alone.startswith(f"{run.id}: ")) else []
    with folding.form("video", _said(made), stays=_stays(made)):
        asked, frames, pressed = _wanted(run)
        beside = _beside(store, run)
    if pressed:
        try:
            frames = needs(frames, asked.way)
            if frames is not None:
                asked = replace(asked, clip=frames.clip, known=frames.known, source=frames.source, true=frames.true)
            film_live(asked, [run] if beside is None else [run, beside])
            st.rerun()
        except Refusal as refusal:
            refuse(refusal)
    if made:
        shown(store, made)
    else:
        stating.empty(NOTHING_YET)
    about_model(run, RISKS, AUDITS)


def _said(made: Sequence[Filmed]) -> str:
    """What the clips below were asked for."""
    if not made:
        return ""
    return made[0].told + (f", filmed by {' and '.join(each.run for each in made)}" if len(made) > 1 else "")


def _stays(made: Sequence[Filmed]) -> bool:
    """Is the form open though there is a clip: it asks for something else, or is about to be answered?"""
    state.from_url(state.PROMPT)
    asked = str(state.get(state.PROMPT) or "").strip()
    return bool(state.get(state.DRAW_AGAIN)) or (bool(made) and made[0].asked.prompt != asked)


def _wanted(run: Run) -> tuple[Asked, Given | None, bool]:
    """From what, the given frames, prompt, seed and settings; and whether it is to be filmed now."""
    way = st.segmented_control("From what", WAYS, default=PROMPTED, required=True, **state.bound(state.FILM_WAY))
    if way not in WAYS:
        raise Refusal(unknown("way", str(way), list(WAYS)))
    frames = None if way == PROMPTED else given(run, way)
    prompts, seed, drawing, pressed = prompt_form(run, verb="Film", icon=":material/movie:")
    return Asked(way, prompts[0], seed, drawing), frames, pressed


def _beside(store: RunStore, run: Run) -> Run | None:
    """Another model of clips of the same size, that films the same from the same seed; None for none."""
    fit = [name for name in audited_runs(store, (run.spec.kind,)) if name != run.id and _same_size(store[name], run)]
    if not fit:
        st.caption("With a second model of clips of this size, both film side by side from the same seed.")
        navigation.link("train", "Train another model of clips", model="latent-video", on=run.experiment.data)
        return None
    chosen = st.selectbox(
        "Beside it, from the same seed", [ALONE, *fit], format_func=plain_text, **state.kept(state.FILM_BESIDE)
    )
    return store[chosen] if chosen in fit else None


def _same_size(other: Run, run: Run) -> bool:
    try:
        return bool(other.spec.shape == run.spec.shape)
    except Refusal:  # a damaged run is named on the page of runs
        return False
