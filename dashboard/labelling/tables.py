"""The labels as a table, out and in, and how far those who label agree."""

from __future__ import annotations

import streamlit as st

from dashboard import state
from dashboard.parts import handing_out, stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import plain_text, safe_text
from genmodels.estimates.agreement import agreement_with_oneself, krippendorff_alpha
from genmodels.estimates.estimate import Estimate
from genmodels.labelling.labels import Labels
from genmodels.labelling.store import LabelFolder
from genmodels.labelling.table import imported, written
from genmodels.refusal import Refusal

UPLOAD_MB = 64


def view(folder: LabelFolder) -> None:
    """Everybody's labels: how many, how far they agree, as a table to take along, and one to bring."""
    with st.expander("Everybody's labels", icon=":material/groups:"):
        _counted(folder)
        handing_out.record(
            "Labels (CSV)",
            lambda: written(folder.labels(), folder.drawn()).encode(),
            f"labels-{folder.token[:8]}.csv",
            "text/csv",
            key="labels.csv",
        )
        st.caption(
            "What nobody answered yet stands there as blank lines: fill them in anywhere, and bring the table back."
        )
        upload(folder)


def upload(folder: LabelFolder) -> None:
    """A table of labels that somebody made elsewhere."""
    file = st.file_uploader(
        "Bring labels: a table with the columns item, question, answer, rater",
        type=["csv", "tsv", "jsonl", "parquet"],
        max_upload_size=UPLOAD_MB,
        key=state.upload_key("labels.table"),
    )
    if file is None:
        return
    try:
        done = imported(folder, file.getvalue(), file.name, str(state.get(state.RATER) or ""))
    except (Refusal, OSError) as error:
        refuse(error)
        return
    state.uploaded("labels.table")
    state.notice(safe_text(done.sentence(), 300))
    st.rerun()


@st.fragment
def _counted(folder: LabelFolder) -> None:
    """How far people agree, as of now; counted again where somebody asks, since others label at the same time."""
    labels = folder.labels()
    _agreement(labels)
    st.button("Count again", icon=":material/refresh:", key="labels.count")


def _agreement(labels: Labels) -> None:
    """For each question how many labels there are, and how far people agree; no answer is shown, so that nobody is led."""
    rows = []
    for question in labels.questions:
        told = labels.told(question.name)
        rows.append(
            {
                "Question": plain_text(question.text, 100),
                "Labelled": f"{len(told):,} of {len(labels.sample):,}",
                "Could not tell": f"{labels.untold(question.name):,}",
                "Agreement (alpha)": _alpha(labels, question.name),
                "Hidden repeats alike": _again(labels, question.name),
            }
        )
    st.table(rows, border="horizontal", hide_index=True, alt="How many labels there are, and how far people agree")
    people = ", ".join(labels.raters) or "nobody yet"
    st.caption(safe_text(f"Labelled by {people}. Alpha of 0.8 and above is relied on, below 0.67 is not.", 500))
    if labels.skipped or labels.strange:
        said = f"{labels.skipped + labels.strange:,} lines of labels can't be read or mean nothing that is asked; they are not counted."
        stating.warned(said)


def _alpha(labels: Labels, question: str) -> str:
    try:
        return _shown(krippendorff_alpha(labels.ratings(question), labels.seed))
    except Refusal:
        return "not known: one person, or one answer"


def _again(labels: Labels, question: str) -> str:
    try:
        return _shown(agreement_with_oneself(*labels.repeats(question)))
    except Refusal:
        return "not known yet"


def _shown(estimate: Estimate) -> str:
    return estimate.said()
