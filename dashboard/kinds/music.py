"""How music is shown: as piano rolls, and counted in pieces, steps and keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.applications.music_roll import legend
from dashboard.data import texts
from dashboard.kinds.renderer import RENDERERS, Renderer
from dashboard.parts import contents
from dashboard.safe_text import counted
from genmodels.data.dataset import Dataset
from genmodels.kinds.image.files import png_bytes
from genmodels.kinds.music.notation import KEYS, Piece, piece_of
from genmodels.kinds.music.passages import pieces
from genmodels.kinds.music.roll import roll

SHOWN = 4  # pieces of each split
STEPS = 160  # of a piece that are shown


def counts(about: Mapping[str, Any]) -> None:
    """Pieces and steps of both splits, keys and the window."""
    (train, test), (steps, held_out) = about["pieces"], about["steps"]
    with st.container(horizontal=True):
        st.metric("Pieces to train on", f"{train:,}", width="stretch", help="The same piece in another key counts once")
        st.metric("Pieces held out", f"{test:,}", width="stretch", help="No training ever sees these, in any key")
        st.metric("Steps to train on", f"{steps:,}", width="stretch", help="Of four voices each")
        st.metric("Steps held out", f"{held_out:,}", width="stretch")
        st.metric("Keys", f"{len(about['keys'])}", width="stretch", help="Of the pieces as they were written")
        st.metric("Steps in a window", f"{about['shape'][0] // 4:,}", width="stretch", help="That a model sees at once")
    st.caption(
        f"With every key that a piece was moved to, and each voice that stands before it, there are {counted(about['documents'][0], 'document')} to train on, in {about['vocabulary']:,} different notes, rests and marks."
    )


def examples(data: Dataset, about: Mapping[str, Any], source: object) -> None:
    """Rolls of pieces of both splits, evenly chosen; how long pieces are, and in which keys."""
    legend()
    for column, (title, part) in zip(
        st.columns(2, gap="medium"), (("Training", data.train), ("Held out", data.test)), strict=True
    ):
        with column, st.container(border=True):
            contents.header(title)
            found = pieces(part)
            chosen = sorted({round(i * (len(found) - 1) / (SHOWN - 1)) for i in range(SHOWN)})
            st.caption(f"{len(chosen)} of {counted(len(found), 'piece')}, the first {STEPS} steps of each.")
            for number in chosen:
                _shown(piece_of(found[number]), f"{title.lower()} piece {number + 1}")
    texts.lengths(data, about)
    if about["keys"]:
        _keys(about)


def _shown(piece: Piece, name: str) -> None:
    steps = len(piece.score)
    what = f"{name.capitalize()}{', ' * bool(piece.key_name)}{piece.key_name}, {steps} steps"
    st.caption(what)
    st.image(
        png_bytes(roll(piece, min(STEPS, steps))), alt=f"Piano roll of {what}", width="stretch", output_format="PNG"
    )


def _keys(about: Mapping[str, Any]) -> None:
    """In which keys the pieces of both splits are."""
    import pandas

    table = pandas.DataFrame(
        [
            {"Key": name, "Training": about["keys"][name][0], "Held out": about["keys"][name][1]}
            for name in KEYS
            if name in about["keys"]
        ]
    )
    contents.header("Keys")
    st.dataframe(table, hide_index=True, height=320, key="keys", alt="How many pieces are in each key")


RENDERERS.add("music")(Renderer(counts, examples))
