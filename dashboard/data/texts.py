"""What the data page draws of texts and code: counts, documents, lengths and tokens; and the import of one's own text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.parts import charts, contents, handing_out, stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import counted, lines_of, safe_text
from genmodels.data.dataset import Dataset
from genmodels.data.text_data import TextData
from genmodels.intake.text_sets import LARGEST, SHORTEST, import_text, preview_text
from genmodels.kinds.kind import kind_of
from genmodels.kinds.text.tokens import END, Tokens
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    import pandas

DOCUMENTS = 6  # of each split
CHARACTERS = 700  # of a document
BINS = 40
SIGNS = str.maketrans({" ": "␣", "\n": "⏎", "\t": "⇥"})
PREVIEW = 2000
UPLOAD = f"{state.UPLOAD}_text"
TAKES = f"A text in any usual encoding, from {SHORTEST:,} characters to {LARGEST // 1_000_000} MB. It stays on this machine."


def counts(about: Mapping[str, Any]) -> None:
    """Training and held-out tokens, and what they are made of."""
    (train, test), (letters, _), (documents, held_out) = about["tokens"], about["characters"], about["documents"]
    with st.container(horizontal=True):
        st.metric(
            "Training tokens",
            f"{train:,}",
            width="stretch",
            help="Characters or byte pairs, and one for the end of each document",
        )
        st.metric("Held-out tokens", f"{test:,}", width="stretch", help="No training ever sees these")
        st.metric("Characters per token", f"{letters / train:.2f}", width="stretch", help="Of the training text")
        st.metric(
            "Vocabulary",
            f"{about['vocabulary']:,}",
            width="stretch",
            help="Different tokens, the end of a document among them",
        )
        st.metric("Window", f"{about['shape'][0]:,}", width="stretch", help="Tokens that a model sees at once")
        st.metric("Windows per epoch", f"{about['n_train']:,}", width="stretch")
    st.caption(
        f"{counted(documents, 'document')} of {letters:,} characters to train on, {counted(held_out, 'document')} of {about['characters'][1]:,} held out. None is on both sides."
    )


def splits(data: Dataset) -> None:
    """Documents of each split, evenly chosen, as they are written, with signs in place of what can't be seen."""
    language = kind_of(data.spec).language
    for column, (title, part) in zip(
        st.columns(2, gap="medium"), (("Training", data.train), ("Held out", data.test)), strict=True
    ):
        with column, st.container(border=True):
            contents.header(title)
            n = len(part.documents)
            shown = [
                part.documents[i] for i in sorted({round(i * (n - 1) / (DOCUMENTS - 1)) for i in range(DOCUMENTS)})
            ]
            cut = any(len(document) > CHARACTERS for document in shown)
            st.caption(
                f"{len(shown)} of {counted(n, 'document')}"
                + (f", the first {CHARACTERS} characters of each." if cut else ".")
            )
            with st.container(height=520, border=False):
                for document in shown:
                    st.code(
                        lines_of(document[:CHARACTERS] + "…" * (len(document) > CHARACTERS)),
                        language=language,
                        wrap_lines=True,
                    )


def lengths(data: Dataset, about: Mapping[str, Any]) -> None:
    """How many tokens the documents have, beside the window."""
    if min(about["documents"]) < 2:
        return
    table = resources.explored(("document lengths", about["sha256"]), lambda: length_table(data))
    window = data.spec.shape[0]
    inside = table["From (tokens)"].iloc[0] <= window < table["Below (tokens)"].iloc[-1]
    contents.header("Lengths of documents")
    charts.draw(
        steps(table, window if inside else None),
        key="lengths",
        table=table,
        name=f"lengths-{about['name']}",
        see="Share of the documents by their length in tokens, both splits."
        + (
            f" The upright line is the window, {window} tokens: longer documents are seen in parts."
            if inside
            else f" The window is {window} tokens."
        ),
    )


def length_table(data: Dataset) -> pandas.DataFrame:
    """One row a range of lengths, the ranges as wide as each other on a logarithmic axis."""
    import pandas

    sizes = [np.diff(np.flatnonzero(part.tokens == 0)) - 1 for part in (data.train, data.test)]
    low, high = max(min(each.min() for each in sizes), 1), max(each.max() for each in sizes) + 1
    edges = np.unique(np.round(np.geomspace(low, high, BINS + 1)).astype(int))
    train, test = (np.histogram(each, edges)[0] / len(each) for each in sizes)
    return pandas.DataFrame(
        {"From (tokens)": edges[:-1], "Below (tokens)": edges[1:], "Training": train, "Held out": test}
    )


def steps(table: pandas.DataFrame, window: int | None) -> Any:
    """Steps of both splits over a logarithmic axis of lengths."""
    starts, ends = table["From (tokens)"].to_numpy(float), table["Below (tokens)"].to_numpy(float)
    x = np.append(starts, ends[-1:])
    lines = [
        charts.Line(name, x, np.append(table[name], table[name].iloc[-1:]), slot)
        for slot, name in enumerate(("Training", "Held out"))
    ]
    if window is not None:  # a line of its own: Plotly sets the label of an upright line wrong on a logarithmic axis
        top = table[["Training", "Held out"]].to_numpy().max()
        lines.append(charts.Line("Window", np.array([window, window], float), np.array([0, top]), 2))
    figure = charts.curves(lines, x="Tokens in a document", y="Share of documents", height=280)
    figure.update_traces(mode="lines", line_shape="hv")
    figure.update_xaxes(type="log")
    return figure.update_yaxes(tickformat=".0%")


def examples(data: Dataset, about: Mapping[str, Any], source: TextData) -> None:
    """Documents of both splits, how long they are, their tokens, and what was planted in them."""
    splits(data)
    lengths(data, about)
    vocabulary(data, about)
    planted(source.shares())


def planted(shares: Mapping[str, float]) -> None:
    """Shares that a made text has by design; nothing where there are none."""
    if not shares:
        return
    import pandas

    table = pandas.DataFrame({"Occupation": shares.keys(), "Share of she": shares.values()}).sort_values(
        "Share of she", kind="stable"
    )
    contents.header("What is planted")
    st.caption(
        "The share of she among the training sentences on each occupation: exact, so that an audit has a right answer. The table is made up and says nothing about people."
    )
    st.dataframe(
        table,
        hide_index=True,
        height=300,
        key="planted",
        alt="Share of she by occupation",
        column_config={
            "Share of she": st.column_config.ProgressColumn("Share of she", format="percent", min_value=0, max_value=1)
        },
    )
    handing_out.record("CSV", lambda: charts.csv(table), "planted-shares.csv", "text/csv", key="planted.csv")


def vocabulary(data: Dataset, about: Mapping[str, Any]) -> None:
    """Every token with how often it stands in the training text; made when it is opened."""
    folded = st.expander("Vocabulary", key="vocabulary", on_change="rerun", icon=":material/abc:")
    if not folded.open:
        return
    table = resources.explored(("vocabulary", about["sha256"]), lambda: token_table(data))
    with folded:
        st.caption("␣ is a space, ⏎ a new line, ⇥ a tab. A byte pair that is a part of a character only is shown as �.")
        st.dataframe(
            table,
            hide_index=True,
            height=320,
            key="vocabulary.table",
            alt="Every token and how often it is used",
            column_config={
                "Share": st.column_config.ProgressColumn(
                    "Share", format="percent", min_value=0, max_value=float(table["Share"].max())
                )
            },
        )
        handing_out.record(
            "CSV", lambda: charts.csv(table), f"vocabulary-{about['name']}.csv", "text/csv", key="vocabulary.csv"
        )


def token_table(data: Dataset) -> pandas.DataFrame:
    """Number, signs, bytes, count and share of the training tokens; the most frequent first."""
    import pandas

    tokens = Tokens.of(data.spec)
    used = np.bincount(data.train.tokens, minlength=len(tokens))
    written = tokens.written
    signs = [END, *(lines_of(each.decode(errors="replace")).translate(SIGNS) for each in written[1:])]
    table = pandas.DataFrame(
        {
            "Token": signs,
            "Number": range(len(tokens)),
            "Bytes": [len(each) for each in written],
            "Training": used,
            "Share": used / used.sum(),
        }
    )
    return table.sort_values("Training", ascending=False, kind="stable")


def importer() -> None:
    """One's own text: a look first, then the import."""
    with st.container(border=True):
        contents.header("Your own text")
        st.caption(TAKES)
        uploaded = st.file_uploader(
            "Text file",
            type=["txt", "text", "md", "rst", "log"],
            max_upload_size=LARGEST // 1_000_000,
            key=state.upload_key(UPLOAD),
        )
        if uploaded is None:
            return
        title, licence = st.columns(2)
        name = title.text_input("Name", "my text", max_chars=60)
        licence_text = licence.text_input("Licence", "not stated", max_chars=100)
        try:
            found = preview_text(uploaded)
        except Refusal as refusal:
            refuse(refusal)
            return
        report(found)
        if st.button("Import", type="primary", icon=":material/download:"):
            try:
                with stating.waiting("Keeping the text"):
                    token = import_text(uploaded, name, licence=licence_text)
            except Refusal as refusal:
                refuse(refusal)
                return
            state.uploaded(UPLOAD)
            state.set_in_url(state.OWN_SET, token)
            state.notice(safe_text(f"Imported as {token}."))
            st.rerun()


def report(found: Mapping[str, Any]) -> None:
    """What an import would keep."""
    with st.container(horizontal=True):
        for label, name in (
            ("Characters", "characters"),
            ("Different ones", "symbols"),
            ("Lines", "lines"),
            ("Paragraphs", "paragraphs"),
        ):
            st.metric(label, f"{found[name]:,}", width="stretch")
    if found["removed"]:
        stating.warned(
            f"{counted(found['removed'], 'null byte or control character')} left out."
            if found["removed"] == 1
            else f"{found['removed']:,} null bytes or control characters left out."
        )
    st.caption(f"The first {min(PREVIEW, found['characters']):,} characters:")
    st.code(lines_of(found["beginning"]), language=None, wrap_lines=True, height=240)
