"""Bringing outputs: a zip of pictures or a table of answers, and beside it what the model learned from."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import state
from dashboard.parts import contents
from dashboard.parts.stating import refuse
from genmodels.refusal import Refusal
from genmodels.review import brought
from genmodels.review.policy import Policy

UPLOAD_MB = 2000
TYPES = [ending.removeprefix(".") for ending in brought.ENDINGS if ending != ".txt"]  # a text holds no answers
LABELS = {
    "outputs": "What the model made: a zip of pictures, or a table of prompts and answers",
    "training": "What it learned from, or a part of it (optional)",
    "held-out": "Examples that it never saw (optional)",
}


def form() -> None:
    """The upload of outputs; what is brought is kept and read at once."""
    with st.container(border=True):
        contents.header("Bring outputs")
        st.caption(
            "The model itself is never loaded. Pictures: PNG, JPEG, WebP, GIF or BMP of any size; prompts are read from the files, from a .txt"
            " beside each, or from captions.csv or metadata.jsonl. Answers: .csv, .jsonl or .parquet with a column prompt and a column response."
            " Everything stays on this machine."
        )
        given = {part: _uploader(part) for part in ("outputs",)}
        if given["outputs"] is None:
            st.caption(
                "A folder is audited by the command line without copying: `genmodels audit FOLDER --out RESULT`."
            )
            return
        left, right = st.columns(2)
        with left:
            given["training"] = _uploader("training")
        with right:
            given["held-out"] = _uploader("held-out")
        policy = st.file_uploader("Policy (optional)", type=["json"], max_upload_size=1, key=state.upload_key("policy"))
        title = st.text_input("Name", given["outputs"].name, max_chars=80)
        if st.button("Look at what can be checked", type="primary", icon=":material/search:"):
            _keep(given, title, policy)


def _uploader(part: str) -> Any:
    types = TYPES if part == "outputs" else [*TYPES, "txt"]
    return st.file_uploader(
        LABELS[part], type=types, max_upload_size=UPLOAD_MB, key=state.upload_key(f"brought.{part}")
    )


def _keep(given: dict[str, Any], title: str, policy: Any) -> None:
    """Keep what was uploaded and begin to read it; then show it."""
    try:
        text = policy.getvalue().decode("utf-8-sig", errors="replace") if policy is not None else ""
        if text:
            Policy.from_json(text)  # refused before anything is kept
        files = {part: (file.name, file) for part, file in given.items() if file is not None}
        kept = brought.keep(files, title, text)
        if not kept.looked() and not kept.result():
            brought.start(kept, look=True)
    except (Refusal, OSError) as error:
        refuse(error)
        return
    for part in given:
        state.uploaded(f"brought.{part}")
    state.put(state.NEXT_OUTPUTS, kept.token)
    st.rerun()
