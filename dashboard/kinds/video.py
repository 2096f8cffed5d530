"""How clips are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from dashboard.kinds.renderer import RENDERERS, Renderer
from dashboard.parts import contents, samples
from dashboard.safe_text import safe_text
from genmodels.data.dataset import Dataset

SHOWN = 6  # clips of each split, a row each
FRAMES = 8  # of each clip


def counts(about: Mapping[str, Any]) -> None:
    """Clips of both splits, their size and captions."""
    frames, height, width, _ = about["shape"]
    with st.container(horizontal=True):
        st.metric("Training", f"{about['n_train']:,}", width="stretch")
        st.metric("Held out", f"{about['n_test']:,}", width="stretch", help="No training ever sees these")
        st.metric("Frames", f"{frames}", width="stretch", help="Of each clip")
        st.metric("Size", f"{height} × {width}", width="stretch", help="Height and width of a frame")
        st.metric("Captions", f"{about['captions']:,}", width="stretch", help="Different ones")


def examples(data: Dataset, about: Mapping[str, Any], source: object) -> None:
    """Strips of frames of some clips of each split, with their captions."""
    columns = st.columns(2, gap="medium")
    for column, (title, part) in zip(columns, (("Training", data.train), ("Held out", data.test)), strict=True):
        with column, st.container(border=True):
            contents.header(title)
            chosen = np.unique(np.linspace(0, len(part) - 1, min(SHOWN, len(part))).astype(int))
            places = np.unique(np.linspace(0, part.images.shape[1] - 1, FRAMES).astype(int))
            frames = part.images[chosen][:, places]
            samples.images(
                frames.reshape(-1, *frames.shape[2:]),
                f"{len(chosen)} of {len(part):,} {title.lower()} clips of {data.name}, a row each, {len(places)} frames",
                columns=len(places),
                side=560,
            )
            told = [part.captions[i] for i in chosen if part.captions and part.captions[i]]
            if told:
                st.caption(safe_text("From top to bottom: " + " · ".join(told), 500))


RENDERERS.add("video")(Renderer(counts, examples))
