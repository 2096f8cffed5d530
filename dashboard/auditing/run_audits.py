"""A run on the page Audit: every check of its kind at once, what they found, and the pages that look at each more closely."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard import navigation
from dashboard.auditing import over_time, side_by_side
from dashboard.model import places
from dashboard.review import asking
from genmodels.audits.audit import AUDITS, NEITHER
from genmodels.review import audit_job
from genmodels.review.earlier_audits import audits_in
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from genmodels.subjects.outputs import Outputs

SAMPLES = 1000


def view(store: RunStore, run: Run, names: Sequence[str]) -> None:
    """The links, the button that audits, what was found, over time, and beside another audit: of `names` are the runs that may be that of."""
    asked = places.audited(run)
    with st.container(horizontal=True):
        for page, audits in places.DETAILS.items():
            if any(name in asked for name in audits):
                navigation.link(page, f"{navigation.screen(page).title} in detail", run=run.id)
    asking.ask(run, asked, "Samples", SAMPLES)
    found = asking.show(
        run, asked, "This run was not audited yet: start it above. All checks of its kind are made at once."
    )
    if found:
        made = audits_in(audit_job.folder_of(run))
        over_time.view(made, run.id)
        side_by_side.view(run.id, made, side_by_side.of_runs(store, names, run))


def checks_of(run: Run) -> list[dict[str, Any]]:
    """Every check of its kind, and why it is not asked of a run where it is of outputs that were brought."""
    rows = []
    for name, each in AUDITS.items():
        if run.spec.kind in each.kinds:
            reason = NEITHER[Outputs] if each.of is Outputs else ""
            rows.append({"audit": name, "question": each.question, "reason": reason})
    return rows
