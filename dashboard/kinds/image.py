"""How pictures are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.kinds.renderer import RENDERERS, Renderer
from dashboard.parts import contents, samples
from dashboard.safe_text import safe_text
from genmodels.data.dataset import Dataset

SHOWN = 60
COLUMNS = 12


def counts(about: Mapping[str, Any]) -> None:
    """Pictures of both splits, their size, captions and classes."""
    with st.container(horizontal=True):
        st.metric("Training", f"{about['n_train']:,}", width="stretch")
        st.metric("Held out", f"{about['n_test']:,}", width="stretch", help="No training ever sees these")
        st.metric(
            "Size", " × ".join(str(side) for side in about["shape"]), width="stretch", help="Height, width, channels"
        )
        st.metric("Captions", f"{about['captions']:,}", width="stretch", help="Different ones")
        st.metric("Classes", f"{len(about['classes'])}", width="stretch", help="What a conditional model is asked for")


def examples(data: Dataset, about: Mapping[str, Any], source: object) -> None:
    """A grid of each split, evenly chosen, with captions as a table for those who read them."""
    for column, (title, part) in zip(
        st.columns(2, gap="medium"), (("Training", data.train), ("Held out", data.test)), strict=True
    ):
        with column, st.container(border=True):
            contents.header(title)
            n = len(part)
            index = sorted({round(i * (n - 1) / max(min(SHOWN, n) - 1, 1)) for i in range(min(SHOWN, n))})
            samples.images(
                part.images[index],
                f"{len(index)} of {n:,} {title.lower()} pictures of {data.name}",
                columns=COLUMNS,
                side=560,
            )
            told = [part.captions[i] for i in index if part.captions and part.captions[i]]
            if told:
                st.caption(safe_text("For example: " + " · ".join(told[:: max(1, len(told) // 6)][:6]), 300))


RENDERERS.add("image")(Renderer(counts, examples))
