"""What the data page draws: the list, one set with its pictures or texts and shares, and the import of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

import dashboard.kinds  # noqa: F401  (enters the renderers)
from dashboard import navigation, resources, state
from dashboard.data import films
from dashboard.data import molecules as molecule_sets
from dashboard.data import texts as text_sets
from dashboard.kinds.renderer import RENDERERS
from dashboard.parts import charts, forms, handing_out, samples
from dashboard.safe_text import counted, plain_text, refuse, safe_text
from genmodels.data.dataset import DATA
from genmodels.intake.film_sets import imported_films
from genmodels.intake.molecule_sets import imported_molecules
from genmodels.intake.picture_sets import import_pictures, imported, preview
from genmodels.intake.text_sets import imported_texts
from genmodels.refusal import Refusal

UPLOAD_MB = 512
OWN = {
    "folder": imported,
    "text": imported_texts,
    "own-molecules": imported_molecules,
    "own-clips": imported_films,
}  # the sets that are imported


def overview() -> None:
    """All sets at a glance, without reading any."""
    with st.expander("All data sets", icon=":material/list:", expanded=False):
        rows = [
            {
                "Name": name,
                "Kind": source.kind,
                "What": source.summary(),
                "Licence": source.licence,
                "Works offline": source.offline,
            }
            for name, source in DATA.items()
        ]
        st.dataframe(rows, hide_index=True, alt="All data sets with their licences")


def set_view(name: str) -> None:
    """One data set as its knobs make it; read when it is asked for."""
    source = DATA[name]
    st.markdown(safe_text(source.summary(), 300))
    tokens = [each["token"] for each in OWN[name]()] if name in OWN else []
    if name in OWN and not tokens:
        return
    knobs: dict[str, Any] = {}
    if source.knobs():
        with st.expander("Settings", icon=":material/tune:"):
            knobs = forms.knob_form(f"data.{name}", source.knobs(), choices={"token": tokens} if tokens else {})
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
    navigation.link(
        "train", "Train a model on it", on=name
    )  # the key "data" belongs to the widget of this page: no link can set it
    with examples:
        _examples(name, knobs, about)


def _origin(about: Mapping[str, Any]) -> None:
    """Where the set comes from, and by what it is known again."""
    with st.container(border=True):
        st.header("Origin", anchor=False)
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

    st.header("Groups", anchor=False)
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


def importer(name: str) -> None:
    """The way in of one's own pictures or text."""
    if name == "folder":
        picture_importer()
    elif name == "text":
        text_sets.importer()
    elif name == "own-molecules":
        molecule_sets.importer()
    elif name == "own-clips":
        films.importer()


def picture_importer() -> None:
    """One's own pictures from a zip: a look first, then the import."""
    with st.container(border=True):
        st.header("Your own pictures", anchor=False)
        st.caption(
            "A zip of PNG, JPEG, GIF, WebP or BMP files; captions.csv may name a caption and groups for each. They stay on this machine."
        )
        uploaded = st.file_uploader(
            "Zip of pictures", type=["zip"], max_upload_size=UPLOAD_MB, key=state.upload_key(state.UPLOAD)
        )
        if uploaded is None:
            return
        title, licence = st.columns(2)
        name = title.text_input("Name", "my pictures", max_chars=60)
        licence_text = licence.text_input("Licence", "not stated", max_chars=100)
        try:
            with st.spinner("Looking at every picture …"):
                found = preview(uploaded)
        except Refusal as refusal:
            refuse(refusal)
            return
        report(found)
        if not found["problem"] and st.button("Import", type="primary", icon=":material/download:"):
            uploaded.seek(0)
            try:
                with st.spinner("Keeping every picture …"):
                    token = import_pictures(uploaded, name, licence=licence_text)
            except Refusal as refusal:
                refuse(refusal)
                return
            state.uploaded(state.UPLOAD)
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
            st.warning(
                safe_text(
                    "It names files that are not there: "
                    + ", ".join(f"{u['file']} (line {u['line']})" for u in captions["unknown"][:5]),
                    400,
                )
            )
    if found["refused"]:
        st.warning(f"{counted(len(found['refused']), 'file')} left out.")
        st.dataframe(
            [{"File": plain_text(r["file"]), "Why": plain_text(r["reason"], 300)} for r in found["refused"][:500]],
            hide_index=True,
            alt="Files that are left out and why",
        )
    if found["problem"]:
        st.error(safe_text(found["problem"], 400), icon=":material/error:")
