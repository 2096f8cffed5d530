"""The import of one's own pictures on the data page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import state
from dashboard.parts import contents, stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import counted, plain_text, safe_text
from genmodels.intake import archives
from genmodels.intake.picture_sets import FEWEST, import_pictures, preview
from genmodels.refusal import Refusal

UPLOAD_MB = archives.MOST_MB
TAKES = f"A zip of at least {FEWEST} PNG, JPEG, GIF, WebP or BMP files, of at most {UPLOAD_MB} MB; captions.csv may name a caption and groups for each. They stay on this machine."


def importer() -> None:
    """One's own pictures from a zip: a look first, then the import."""
    with st.container(border=True):
        contents.header("Your own pictures")
        st.caption(TAKES)
        uploaded = st.file_uploader(
            "Zip of pictures", type=["zip"], max_upload_size=UPLOAD_MB, key=state.upload_key(state.UPLOAD)
        )
        if uploaded is None:
            return
        title, licence = st.columns(2)
        name = title.text_input("Name", "my pictures", max_chars=60)
        licence_text = licence.text_input("Licence", "not stated", max_chars=100)
        try:
            with stating.waiting("Looking at every picture"):
                found = preview(uploaded)
        except Refusal as refusal:
            refuse(refusal)
            return
        report(found)
        if not found["problem"] and st.button("Import", type="primary", icon=":material/download:"):
            uploaded.seek(0)
            try:
                with stating.waiting("Keeping every picture"):
                    token = import_pictures(uploaded, name, licence=licence_text)
            except Refusal as refusal:
                refuse(refusal)
                return
            state.uploaded(state.UPLOAD)
            state.set_in_url(state.OWN_SET, token)
            state.notice(safe_text(f"Imported as {token}."))
            st.rerun()


def report(found: Mapping[str, Any]) -> None:
    """What an import would give: counts, split, captions, and every file that is left out with the reason."""
    with st.container(horizontal=True):
        st.metric("Pictures", found["pictures"], width="stretch")
        st.metric("Training", found["train"], width="stretch")
        st.metric("Held out", found["test"], width="stretch")
        st.metric(
            "Look alike",
            found["copies"],
            width="stretch",
            help="Pictures that look like another one; all that look alike go to one side of the split",
        )
    if found["sizes"]:
        small, large = (" × ".join(map(str, size)) for size in found["sizes"])
        st.caption(f"From {small} to {large} pixels.")
    if captions := found["captions"]:
        st.caption(
            safe_text(
                f"captions.csv has {captions['rows']} rows: {captions['matched']} match a picture, {counted(len(captions['without']), 'picture')} without."
            )
        )
        if captions["unknown"]:
            stating.warned(
                safe_text(
                    "It names files that are not there: "
                    + ", ".join(f"{u['file']} (line {u['line']})" for u in captions["unknown"][:5]),
                    400,
                )
            )
    if found["refused"]:
        stating.warned(f"{counted(len(found['refused']), 'file')} left out.")
        st.dataframe(
            [{"File": plain_text(r["file"]), "Why": plain_text(r["reason"], 300)} for r in found["refused"][:500]],
            hide_index=True,
            alt="Files that are left out and why",
        )
    if found["problem"]:
        stating.failed(safe_text(found["problem"], 400))
