"""The header of every page that is about one model: what it is, what it made last, what its audits found, and the ways on."""

from __future__ import annotations

import streamlit as st

from dashboard import navigation, resources, state
from dashboard.model import places
from dashboard.parts import pace, sample_strip, standing, verdicts
from dashboard.safe_text import plain_text, safe_text
from dashboard.training import live
from genmodels.runs.run import Run

STRIP = "header-strip"  # the key of what a narrow screen leaves out


def header(run: Run) -> None:
    """Drawn below the title of the page; read from small files only."""
    row = resources.summary(run)
    with st.container(border=True, key="model-header", gap="xsmall"):
        left, right = st.columns([1, 2], vertical_alignment="center", gap="small")
        if places.makes(run):
            with left, st.container(key=STRIP):
                pace.polled(sample_strip.low, None, key=sample_strip.NEWEST)(run)
        with right if places.makes(run) else st.container():
            _what(run, row)
            _verdicts(run, row["findings"])
        _links(run)


def _what(run: Run, row: resources.Row) -> None:
    """MODEL on DATA, and the state."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        name = plain_text(row["name"], 60)
        said = f"{row['model']} on {row['data']}" if row["model"] else row["problem"]
        st.markdown(safe_text(f"{name}: {said}" if name else said, 200), width="content")
        live.badge(run.judge(row["status"]))


def _verdicts(run: Run, document: resources.Row) -> None:
    """The worst verdict of each check, each a link to where it is shown."""
    checks = places.audited(run)
    worst = standing.worst(document)
    found = {name: worst[name] for name in checks if name in worst}
    if not found:
        if checks or (places.makes(run) and not places.has_weights(run)):  # as high before its first weights as after
            st.caption("Not audited yet.")
        return
    with st.container(horizontal=True, key="verdict-strip", gap="xsmall"):
        for name, verdict in sorted(found.items(), key=lambda each: standing.WORST[each[1]]):
            icon, colour = verdicts.VERDICTS[verdict]
            page = navigation.screen(places.detail(name, checks))
            st.page_link(page.file, label=f":{colour}-badge[{icon} {name}: {verdict}]", query_params={"run": run.id})


def _links(run: Run) -> None:
    """All that there is about this model, the same on each of its pages."""
    with st.container(horizontal=True, key="model-links", gap="small"):
        _own_page(run, "Overview", ":material/deployed_code:", "")
        navigation.link("train", "Training", run=run.id)
        for place in places.play(run):
            navigation.link(place.page, place.label, run=run.id)
        if places.audited(run):
            navigation.link("audit", "Audit", run=run.id)
        _own_page(run, "Files and report", ":material/folder_open:", "files")


def _own_page(run: Run, label: str, icon: str, part: str) -> None:
    """A link to a part of the page of the model; Streamlit marks both parts as the page that is open, so the other is unmarked."""
    other = "" if state.in_url(state.PART) == part else "-other"
    query = {"run": run.id} | ({"part": part} if part else {})
    with st.container(key=f"part-{part or 'overview'}{other}", width="content"):
        navigation.link("model", label, icon=icon, **query)
