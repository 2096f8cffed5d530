"""One data set on the data page: its counts, examples, shares and origin; of one's own also the import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

import dashboard.kinds  # noqa: F401  (enters the renderers)
from dashboard import navigation, resources, state
from dashboard.data import films, pictures
from dashboard.data import molecules as molecule_sets
from dashboard.data import texts as text_sets
from dashboard.kinds.renderer import RENDERERS
from dashboard.parts import charts, contents, forms, handing_out, samples, stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import counted, plain_text, safe_text
from genmodels.data.dataset import DATA
from genmodels.data.own import OWN
from genmodels.refusal import Refusal
from genmodels.registry import unknown

IMPORTERS = {
    "folder": pictures.importer,
    "text": text_sets.importer,
    "own-molecules": molecule_sets.importer,
    "own-clips": films.importer,
}


def one(name: str) -> None:
    """One data set; of one's own the one that the address names, else the import and the first that was imported."""
    tokens = [each["token"] for each in OWN[name].imported()] if name in OWN else []
    token = state.in_url(state.OWN_SET)
    if name in OWN and token and token not in tokens:
        stating.failed(safe_text(unknown(OWN[name].noun, token, tokens), 600))
    if name in OWN and token not in tokens:
        IMPORTERS[name]()
    elif token in tokens:
        state.from_url(state.OWN_SET)
        if asked := state.take(state.OWN_SET):
            state.put(state.knob_key(f"data.{name}", "token"), asked)
    set_view(name, tokens)


def set_view(name: str, tokens: Sequence[str]) -> None:
    """One data set as its knobs make it, `tokens` those of one's own; read when it is asked for."""
    source = DATA[name]
    st.markdown(safe_text(source.summary(), 300))
    if name in OWN and not tokens:
        return
    knobs: dict[str, Any] = {}
    if source.knobs():
        with st.expander("Settings", icon=":material/tune:"):
            knobs = forms.knob_form(f"data.{name}", source.knobs(), choices={"token": tokens} if tokens else {})
    if name in OWN and state.in_url(state.OWN_SET):
        state.to_url(state.OWN_SET, knobs["token"])
    asked = state.get(state.SHOWN_DATA) == name
    if not source.offline and not asked and not st.button("Download and show", icon=":material/download:"):
        st.caption("This set is fetched from the internet when it is first used.")
        return
    state.put(state.SHOWN_DATA, name)
    try:
        about = resources.description(name, knobs)
    except (Refusal, OSError) as error:
        refuse(error)
        return
    renderer = RENDERERS[source.kind]
    renderer.counts(about)
    examples = st.container()  # filled last: they may have to be drawn first
    shares(about)
    _origin(about)
    samples.credit(about["credit"])
    state.put(state.LOOKED_AT_DATA, (name, knobs))
    navigation.link("train", "Train a model on it", on=name)
    with examples:
        _examples(name, knobs, about)


def _origin(about: Mapping[str, Any]) -> None:
    """Where the set comes from, and by what it is known again."""
    with st.container(border=True):
        contents.header("Origin")
        st.text(plain_text(f"Licence: {about['licence']}"))
        st.text(plain_text(f"Source: {about['source']}", 600))
        st.text(
            f"SHA-256 of both splits: {about['sha256'] or 'not the same on every processor, since models drew some of its pictures'}"
        )


def _examples(name: str, knobs: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    """Examples of both splits; of texts their lengths and words too."""
    try:
        data = resources.dataset(name, knobs)
    except (Refusal, OSError) as error:
        refuse(error)
        return
    source = DATA[name]
    RENDERERS[source.kind].examples(data, about, source.from_dict(knobs))


def shares(about: Mapping[str, Any]) -> None:
    """How large each group is in both splits."""
    groups = {name: rows for name, rows in about["groups"].items() if rows}
    if not groups:
        return
    import pandas

    contents.header("Groups")
    for column, (name, rows) in zip(st.columns(len(groups)), groups.items(), strict=True):
        with column:
            table = pandas.DataFrame(rows).assign(group=lambda t: t["group"].map(plain_text))
            st.caption(safe_text(f"{name}: {counted(len(rows), 'group')}"))
            st.dataframe(
                table.sort_values("train", ascending=False),
                hide_index=True,
                height="content" if len(table) <= 8 else 300,
                key=f"groups.{plain_text(name)}",
                column_config={
                    "group": "Group",
                    "train": "Training",
                    "test": "Held out",
                    "share": st.column_config.ProgressColumn("Share", format="percent", min_value=0, max_value=1),
                },
                alt=f"Share of each group of {plain_text(name)}",
            )
            handing_out.record(
                "CSV",
                partial(charts.csv, table),
                f"groups-{about['name']}.csv",
                "text/csv",
                key=f"groups.csv.{plain_text(name)}",
            )
