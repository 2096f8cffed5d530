"""The overview of a model: what it makes, what it learned from, its main numbers, its verdicts, its training, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import navigation, resources
from dashboard.model import places
from dashboard.parts import contents, sample_strip, samples, standing, stating, verdicts
from dashboard.parts.findings import sentence_of
from dashboard.parts.terms import term_label
from dashboard.run_rows import Row
from dashboard.safe_text import duration, plain_text, safe_text
from dashboard.training.buttons import WORKING
from genmodels.data.dataset import DATA
from genmodels.models.recipe import MODELS
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from genmodels.verdicts.imported import IMPORTED, made_where, with_imported

ROWS = 4  # of pictures
OTHER = "Other checks"
WRONG = ("failed", "lost")  # states in which what the training said last is a reason


def view(run: Run, store: RunStore) -> None:
    """All of it, in two columns where there is room."""
    run.experiment  # noqa: B018  (a damaged run is refused here, in one sentence)
    row = resources.summary(run)
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        _makes(run, row)
    with right, st.container(border=True):
        _learned(row)
        _trained(run, row)
    with left, st.container(border=True):
        _numbers(run, row)
    with right, st.container(border=True):
        _judged(run, row)
    samples.credit(row["credit"])


def _makes(run: Run, row: Row) -> None:
    """What it drew or wrote in its newest epoch, larger than in the header; of what reads or judges, what it is for."""
    known = MODELS.get(row["model"])
    draws = places.makes(run)
    contents.header("What it makes" if draws else "What it is for")
    if known:
        st.markdown(safe_text(known.summary(), 300))
    if draws:
        sample_strip.strip(run, rows=ROWS)
    else:
        st.caption("It makes no examples of its own: it is an instrument, which other pages use.")
        navigation.link("instruments", "All instruments")


def _learned(row: Row) -> None:
    """The data set, how much of it, its licence and where it is from."""
    facts = row["facts"]
    contents.header("What it learned from")
    known = DATA.get(row["data"])
    if known:
        navigation.link("data", safe_text(row["data"]), data=row["data"])
        st.markdown(safe_text(known.summary(), 300))
    else:
        st.markdown(safe_text(f"The data set {row['data']}, which is not known here.", 200))
    counts = [
        f"{facts[name]:,} {what}"
        for name, what in (("n_train", "examples to learn from"), ("n_test", "held out, which it never saw"))
        if name in facts
    ]
    licence = facts.get("licence") or (known.licence if known else "")
    lines = [". ".join(", ".join(counts).split("\n"))] if counts else []
    lines += [f"Licence: {licence}"] if licence else []
    for line in lines:
        st.caption(safe_text(f"{line}.", 400))


def _trained(run: Run, row: Row) -> None:
    """The last training in one line, and one like it."""
    contents.header("How it was trained")
    now, best = run.judge(row["status"]), row["best"]
    if now in WORKING:
        said = f"It is being trained: epoch {row['epoch'] or 0} of {row['epochs'] or '?'}."
    elif not row["epoch"]:
        said = "It was not trained: no epoch has ended."
    else:
        said = f"{row['epoch']} epochs in {duration(row['seconds'])}"
        if isinstance(best.get("value"), int | float):
            value = verdicts.short(best["value"])
            said += f"; best {term_label(str(best.get('name')))} {value}, in epoch {best.get('epoch')}"
        said += "."
    st.markdown(safe_text(said, 300))
    if now in WRONG and row["message"]:
        stating.warned(safe_text(row["message"], 600))
    with st.container(horizontal=True):
        navigation.link("train", "Curves and samples by epoch", icon=":material/monitoring:", run=run.id)
        if row["model"] in MODELS and row["data"] in DATA:
            navigation.link("train", "Train one like it", icon=":material/content_copy:", like=run.id)


def _numbers(run: Run, row: Row) -> None:
    """The few numbers that tell most, with their intervals; the rest folds."""
    contents.header("Its main numbers")
    document = row["findings"]
    if not document.get("measures") and not document.get(IMPORTED):
        stating.noted(
            safe_text(f"It was not measured yet. Measure it with: genmodels measure {run.id}", 200),
        )
        return
    verdicts.highlights(document)
    with st.expander("All measures"):
        verdicts.show_measures(document)


def _judged(run: Run, row: Row) -> None:
    """By theme the worst of what each check found, in one sentence; what to do where nothing was asked."""
    contents.header("What its audits found")
    checks = places.audited(run)
    if not checks:
        made = "It has no weights yet" if places.makes(run) else "It makes nothing of its own"
        st.caption(f"{made}, so there is nothing to audit.")
        return
    document = row["findings"]
    found = [each for each in with_imported(document) if made_where(each) != IMPORTED]
    worst = standing.worst(document)
    for page, names in themes(checks).items():
        title = navigation.screen(page).title if page != "audit" else OTHER
        navigation.link(page, title, run=run.id)
        for name in names:
            _check(name, worst.get(name, ""), found)
    if any(name not in worst for name in checks):
        navigation.link("audit", "Audit what was not audited yet", run=run.id)


def themes(checks: Sequence[str]) -> dict[str, list[str]]:
    """Checks by the page that shows most of them."""
    found: dict[str, list[str]] = {}
    for name in checks:
        found.setdefault(places.detail(name, checks), []).append(name)
    return found


def _check(name: str, verdict: str, found: Sequence[Mapping[str, Any]]) -> None:
    """One line: the worst verdict of a check and the sentence behind it."""
    if not verdict:
        st.markdown(f":gray-badge[:material/remove: not audited] {safe_text(name)}")
        return
    behind = next(each for each in found if each.get("audit") == name and each.get("verdict") == verdict)
    said = plain_text(behind.get("reason") if verdict == "not measured" else behind.get("claim"), 900)
    st.markdown(f"{verdicts.badge(verdict)} {safe_text(name)}: {safe_text(sentence_of(said), 300)}")
