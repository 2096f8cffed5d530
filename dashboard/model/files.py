"""The files of a model: what is in its folder, what can be taken along, its report, and its name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.parts import contents, handing_out
from dashboard.runs import actions
from dashboard.safe_text import counted, plain_text, safe_text
from genmodels.review.report_out import sealed_report
from genmodels.review.run_document import run_document
from genmodels.runs.run import Run, size_of
from genmodels.runs.store import RunStore

WHAT = {  # what the files of a run are
    "experiment.json": "What was asked for",
    "status.json": "Where its training stands",
    "facts.json": "What it learned from: counts, licence, hash, versions",
    "history.jsonl": "What was logged, a line a step",
    "findings.json": "What was measured and audited",
    "labels.json": "Its name, tags and notes",
    "log.txt": "What the training printed",
    "card.md": "Its model card",
    "samples": "What it made after an epoch",
    "reconstructions": "Held-out pictures and its reconstructions",
    "checkpoints": "Weights and the state of the optimizer, to train on",
    "epochs": "Weights of kept epochs",
}


def view(run: Run, store: RunStore) -> None:
    """What is there, what can be taken along, and what can be done with it."""
    with st.container(border=True):
        contents.header("Report and downloads")
        _report(run)
        actions.take_along(run)
    with st.container(border=True):
        contents.header("Files")
        _table(run)
    with st.container(border=True):
        contents.header("Name, tags and notes")
        actions.own(run, gallery_run=run.path.parent != store.folder, store=store)
    actions.bring_in(store)


def _report(run: Run) -> None:
    """The report as one file, as JSON and as a model card."""
    with st.container(horizontal=True):
        for label, form, media in (
            ("Report (HTML)", "html", "text/html"),
            ("JSON", "json", "application/json"),
            ("Model card (Markdown)", "md", "text/markdown"),
        ):
            handing_out.made(
                label,
                lambda form=form: sealed_report(run_document(run), form),  # type: ignore[misc]
                f"{run.id}.{form}",
                media,
                key=f"report.{form}.{run.id}",
            )


def _table(run: Run) -> None:
    """Each file or folder of the run, its size, and what it is."""
    rows: list[dict[str, Any]] = []
    for path in sorted(run.path.iterdir()):
        size, number = measured(path)
        what = WHAT.get(path.name, "")
        files = f" ({counted(number, 'file')})" if path.is_dir() else ""
        rows.append({"File": safe_text(path.name + files, 80), "Size": said(size), "What it is": what})
    st.table(rows, border="horizontal", hide_index=True, alt="The files of this model and their sizes")
    st.caption(f"{said(run.size)} in all, in the folder of the run:")
    st.code(plain_text(run.path, 1000), language=None, wrap_lines=True)


def measured(path: Path) -> tuple[int, int]:
    """Bytes and number of files of a file or of all in a folder."""
    if not path.is_dir() or path.is_symlink():
        return size_of(str(path)), 1
    found = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
    return sum(map(size_of, found)), len(found)


def said(size: int) -> str:
    """Bytes as people say them.

    >>> said(4_338_000), said(420)
    ('4.3 MB', '0.4 kB')
    """
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.1f} kB"
