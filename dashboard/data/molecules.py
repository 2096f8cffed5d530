"""What the data page draws of molecules: counts, structures, numbers; and the import of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.applications.molecule_cards import structure
from dashboard.data import texts
from dashboard.parts import charts, contents, stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import counted, plain_text, safe_text
from genmodels.data.dataset import Dataset
from genmodels.intake.molecule_file import LARGEST
from genmodels.intake.molecule_sets import FEWEST, import_molecules, left_out_told, preview_molecules
from genmodels.kinds.molecule.properties import Properties, properties
from genmodels.refusal import Refusal

SHOWN, MEASURED, BINS = 9, 600, 30  # structures and measured molecules of each split
UPLOAD = f"{state.UPLOAD}_molecules"
TAKES = f"SMILES (.smi, one in each line), a table with a column SMILES (.csv), or structures (.sdf), at least {FEWEST}, of at most {LARGEST // 1_000_000} MB. They stay on this machine."
NUMBERS = (("qed", "QED"), ("logp", "logP"), ("weight", "Weight (daltons)"), ("rings", "Rings"))


def counts(about: Mapping[str, Any]) -> None:
    """Molecules of both splits, and the characters that they are written with."""
    (molecules, held_out), (letters, _) = about["documents"], about["characters"]
    with st.container(horizontal=True):
        st.metric("Training molecules", f"{molecules:,}", width="stretch", help="Spellings of one molecule count each")
        st.metric("Held out", f"{held_out:,}", width="stretch", help="No training ever sees these")
        st.metric(
            "Characters per molecule", f"{letters / max(molecules, 1):.1f}", width="stretch", help="Of its SMILES"
        )
        st.metric(
            "Vocabulary", f"{about['vocabulary']:,}", width="stretch", help="Different tokens, the end among them"
        )
        st.metric("Window", f"{about['shape'][0]:,}", width="stretch", help="Tokens that a model sees at once")


def examples(data: Dataset, about: Mapping[str, Any], source: object) -> None:
    """Structures of both splits, evenly chosen, and how their numbers are distributed."""
    for column, (title, part) in zip(
        st.columns(2, gap="medium"), (("Training", data.train), ("Held out", data.test)), strict=True
    ):
        with column, st.container(border=True):
            contents.header(title)
            with st.container(horizontal=True):
                for smiles in _evenly(part.documents, SHOWN):
                    structure(smiles, plain_text(smiles, 24), 150, 120)
    numbers(data, about)
    texts.vocabulary(data, about)


def _evenly(documents: Sequence[str], n: int) -> list[str]:
    places = sorted({round(i * (len(documents) - 1) / max(n - 1, 1)) for i in range(n)})
    return [documents[i] for i in places]


def numbers(data: Dataset, about: Mapping[str, Any]) -> None:
    """One number of the molecules of both splits, as steps."""
    import pandas

    found = resources.explored(
        ("molecules", about["sha256"]), lambda: [_measured(part.documents) for part in (data.train, data.test)]
    )
    contents.header("Numbers")
    chosen = st.segmented_control(
        "Number", [label for _, label in NUMBERS], default=NUMBERS[0][1], required=True, key="data.number"
    )
    name = next(name for name, label in NUMBERS if label == chosen)
    sides = [np.array([float(getattr(each, name)) for each in side]) for side in found]
    edges = np.histogram_bin_edges(np.concatenate(sides), BINS)
    shares = [np.histogram(side, edges)[0] / max(len(side), 1) for side in sides]
    lines = [
        charts.Line(label, edges, np.append(share, share[-1:]), slot)
        for slot, (label, share) in enumerate(zip(("Training", "Held out"), shares, strict=True))
    ]
    figure = charts.curves(lines, x=str(chosen), y="Share of molecules", height=280)
    figure.update_traces(mode="lines", line_shape="hv")
    charts.draw(
        figure.update_yaxes(tickformat=".0%"),
        key="data.molecules",
        table=pandas.DataFrame({"From": edges[:-1], "To": edges[1:], "Training": shares[0], "Held out": shares[1]}),
        name=f"molecules-{about['name']}",
        see=f"{chosen} of {counted(len(sides[0]), 'training molecule')} and {len(sides[1]):,} held-out ones, evenly chosen. Medians: {np.median(sides[0]):.2f} and {np.median(sides[1]):.2f}.",
    )


def _measured(documents: Sequence[str]) -> list[Properties]:
    return [
        found for each in _evenly(documents, min(MEASURED, len(documents))) if (found := properties(each)) is not None
    ]


def importer() -> None:
    """One's own molecules: a look first, then the import."""
    with st.container(border=True):
        contents.header("Your own molecules")
        st.caption(TAKES)
        uploaded = st.file_uploader(
            "File of molecules",
            type=["smi", "smiles", "csv", "tsv", "sdf", "sd", "txt"],
            max_upload_size=LARGEST // 1_000_000,
            key=state.upload_key(UPLOAD),
        )
        if uploaded is None:
            return
        left, right = st.columns(2)
        title = left.text_input("Name", "my molecules", max_chars=60)
        licence = right.text_input("Licence", "not stated", max_chars=100)
        try:
            with stating.waiting("Looking at every molecule"):
                found = resources.explored(
                    ("own molecules", uploaded.file_id), lambda: preview_molecules(uploaded, uploaded.name)
                )
            report(found)
            if st.button("Import", type="primary", icon=":material/download:"):
                with stating.waiting("Keeping every molecule"):
                    token = import_molecules(uploaded, uploaded.name, title=title, licence=licence)
                state.uploaded(UPLOAD)
                state.set_in_url(state.OWN_SET, token)
                state.notice(safe_text(f"Imported as {token}."))
                st.rerun()
        except Refusal as refusal:
            refuse(refusal)


def report(found: Mapping[str, Any]) -> None:
    """What an import would keep, and what it would leave out."""
    left_out = dict(found["left_out"])
    with st.container(horizontal=True):
        st.metric("Molecules", f"{found['molecules']:,}", width="stretch", help="Different ones that can be learned")
        st.metric("Left out", f"{sum(left_out.values()):,}", width="stretch")
    if left_out:
        st.caption(safe_text(f"Left out: {left_out_told(left_out)}.", 600))
    with st.container(horizontal=True):
        for smiles in found["first"]:
            structure(smiles, plain_text(smiles, 24), 150, 120)
