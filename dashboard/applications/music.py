"""The music page: what is asked for, the piece that comes of it, and what is known of the model that composed it."""

from __future__ import annotations

import streamlit as st

from dashboard.applications import music_made
from dashboard.applications.how_good import about_model
from dashboard.applications.music_form import WAYS, Wanted, wanted
from dashboard.applications.music_made import Composed
from dashboard.applications.music_shown import shown
from dashboard.parts import folding, stating
from dashboard.safe_text import made_caption, safe_text
from dashboard.writing.form import of_role
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore

RISKS = "What it composes may repeat a training piece, in another key too: compare it before you use it, and see the audit of what it remembers. Chorales are all that it knows; nothing else is measured."
NOTHING_YET = "Press Compose, and see and hear what comes of it; then change what is asked for: fix a voice, or give it a melody of your own."


def composers(store: RunStore) -> list[str]:
    """The runs of models of music that have weights."""
    return of_role(store, "music")


def view(run: Run) -> None:
    """The form, the piece, the model."""
    before = music_made.last()
    before = before if before is not None and before.run == run.id else None
    with folding.form("music", before.asked if before else ""):
        asked = wanted(run, before)
        pressed = st.button("Compose", type="primary", icon=":material/music_note:")
    if pressed:
        music_made.keep(_composed(run, asked, before))
        st.rerun()
    if before is None:
        stating.empty(NOTHING_YET)
    else:
        _piece(run, before)
    about_model(run, RISKS)


def _composed(run: Run, asked: Wanted, before: Composed | None) -> Composed:
    """The piece that was asked for; raises `Refusal` where something for it is missing."""
    with_melody = asked.way in WAYS[1:3]
    if with_melody and asked.melody is None:
        raise Refusal(f"{asked.way} needs a melody of two notes or more; play one on the keys or upload a file.")
    if asked.way == WAYS[3] and (before is None or not asked.fixed):
        raise Refusal(
            "There is nothing to compose around yet; compose a piece first, then choose the voices that stay."
        )
    return music_made.compose(
        run,
        asked.composing,
        asked.seed,
        line=asked.melody.line if with_melody and asked.melody else None,
        harmonise=asked.way == WAYS[2],
        around=before.piece if before and asked.way == WAYS[3] else None,
        fixed=asked.fixed,
    )


def _piece(run: Run, made: Composed) -> None:
    with st.container(border=True):
        st.caption(made_caption(made.line, 600))
        for notice in made.notices:
            stating.noted(safe_text(notice, 400))
        if not len(made.piece.score):
            stating.noted("The model ended the piece before its first step; take another seed or a higher temperature.")
            return
        shown(run, made)
