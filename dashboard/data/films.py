"""The import of one's own films on the data page."""

from __future__ import annotations

import streamlit as st

from dashboard import state
from dashboard.parts import contents, stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import safe_text
from genmodels.intake import archives
from genmodels.intake.film_sets import import_films, read_films_index
from genmodels.refusal import Refusal

UPLOAD = f"{state.UPLOAD}_films"
UPLOAD_MB = archives.MOST_MB
TAKES = f"An MP4, QuickTime, WebM, Matroska or GIF file, or a zip of several, of at most {UPLOAD_MB} MB; captions.csv may say what each shows. The first 40 seconds of each are cut into clips of two seconds. They stay on this machine."
SAID = 5  # files that were left out


def importer() -> None:
    """One's own films: a film, or a zip of several; each is read in a process that can do nothing else."""
    with st.container(border=True):
        contents.header("Your own films")
        st.caption(TAKES)
        uploaded = st.file_uploader(
            "File of a film, or zip",
            type=["mp4", "m4v", "mov", "webm", "mkv", "gif", "zip"],
            max_upload_size=UPLOAD_MB,
            key=state.upload_key(UPLOAD),
        )
        if uploaded is None:
            return
        left, right = st.columns(2)
        title = left.text_input("Name", "my films", max_chars=60)
        licence = right.text_input("Licence", "not stated", max_chars=100)
        if not st.button("Import", type="primary", icon=":material/download:"):
            return
        try:
            with stating.waiting("Reading every film"):
                token = import_films(uploaded, uploaded.name, title=title, licence=licence)
        except Refusal as refusal:
            refuse(refusal)
            return
        index = read_films_index(token)
        left_out = " ".join(str(each["reason"]) for each in index["left_out"][:SAID])
        state.uploaded(UPLOAD)
        state.set_in_url(state.OWN_SET, token)
        state.notice(
            safe_text(
                f"Imported as {token}: {index['clips']:,} clips of {len(index['films']):,} films. {left_out}", 900
            )
        )
        st.rerun()
