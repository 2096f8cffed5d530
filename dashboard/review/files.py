"""Files that somebody dropped: what each says of itself, what is found in it, and how often that is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from dashboard import resources, state
from dashboard.parts import handing_out, stating, verdicts
from dashboard.safe_text import counted, plain_text, safe_text
from genmodels.review.many_files import verify_many
from genmodels.review.report_of_files import READINGS, SHOWN, kind_of, told_of, verified

ICONS = {
    "valid": (":material/verified:", "green"),
    "found": (":material/water_drop:", "green"),
    "exact match": (":material/menu_book:", "green"),
    "near match": (":material/menu_book:", "blue"),
    "says generated": (":material/label:", "orange"),
    "older entry": (":material/menu_book:", "gray"),
    "begun from it": (":material/menu_book:", "gray"),
    "unsigned": (":material/lock_open:", "gray"),
    "broken": (":material/broken_image:", "red"),
    "unreadable": (":material/broken_image:", "red"),
    "generated": (":material/smart_toy:", "orange"),
    "abstained": (":material/help:", "gray"),
}
KINDS = {
    "picture": ":material/image:",
    "text": ":material/description:",
    "sound": ":material/graphic_eq:",
    "film": ":material/movie:",
    "document": ":material/picture_as_pdf:",
    "report": ":material/fact_check:",
}
MOST = 200  # files at once


def page() -> None:
    """The uploader, and what was found in each file."""
    files = st.file_uploader(
        "Files to check", accept_multiple_files=True, max_upload_size=64, key=state.upload_key("verify")
    )
    asked = st.checkbox(
        "Ask the detector too, which needs no mark (the first time it takes some seconds to load)",
        value=True,
        key="verify.detector",
    )
    if not files:
        stating.empty(
            "Drop a file above. What it shows: a signed manifest and who signed it, what its own metadata say, the watermark of this machine, an entry in its ledger, and what a detector makes of it.",
        )
        return
    if len(files) > MOST:
        stating.failed(f"These are {len(files)} files; at most {MOST} are checked at once, so leave some out.")
        return
    rows = checked([(file.name, file.getvalue()) for file in files], asked)
    downloads(rows)
    for row in rows:
        with st.container(border=True):
            show(row, files[row["number"]].getvalue() if "number" in row else b"")


def checked(files: Sequence[tuple[str, bytes]], asked: bool) -> list[dict[str, Any]]:
    """What was found, with progress while it is looked for; kept while the same files lie there."""
    import hashlib

    key = (asked, *((name, hashlib.sha256(content).hexdigest()) for name, content in files))
    kept = state.get(state.CHECKED)
    if kept is not None and kept[0] == key:
        rows: list[dict[str, Any]] = kept[1]
        return rows
    with stating.working("verify", "Loading the detector" if asked else "Reading") as tell:
        detector = resources.detector() if asked else None

        def report(done: int, of: int) -> None:
            tell(f"{done} of {counted(of, 'file')} read", done / max(of, 1))

        rows = verify_many(files, detector=detector, report=report)
    state.put(state.CHECKED, (key, rows))
    return rows


def downloads(rows: Sequence[Mapping[str, Any]]) -> None:
    with st.container(horizontal=True):
        for form, mime in (("html", "text/html"), ("json", "application/json")):
            handing_out.record(
                f"All findings ({form.upper()})",
                partial(lambda chosen: verified(rows, chosen).encode(), form),
                f"checked-files.{form}",
                mime,
                key=f"verify.{form}",
            )


def show(row: Mapping[str, Any], content: bytes) -> None:
    """One file: what it is, the sentence, then the readings."""
    st.markdown(f"**{safe_text(row['file'], 120)}**")
    if "error" in row:
        stating.failed(safe_text(row["error"], 400))
        return
    left, right = st.columns([1, 5])
    small = resources.thumbnail(content) if row["kind"] == "picture" else None
    if small is not None:
        left.image(small, alt=plain_text(f"The file {row['file']}"), width=128)
    left.caption(f"{KINDS.get(row['kind'], ':material/draft:')} {safe_text(kind_of(row))}")
    right.markdown(safe_text(row["sentence"], 1500))
    for part in READINGS:
        with right, verdicts.card():
            reading(part, row[part])


def reading(part: str, found: Mapping[str, Any]) -> None:
    """One of the ways in which a file was looked at: what it found, and how often that is wrong."""
    icon, colour = ICONS.get(str(found["verdict"]), (":material/remove:", "gray"))
    badge = verdicts.worn(icon, colour, SHOWN.get(str(found["verdict"]), str(found["verdict"])))
    verdicts.line(badge, READINGS[part], told_of(part, found))
