"""Where an icon comes from that is varied: a known one by its name, the user's own file, a word, or what was designed last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.applications.design_made import made_last
from dashboard.safe_text import plain_text
from genmodels.data.sets.icons import FONTS
from genmodels.intake.icon_file import read_icon
from genmodels.refusal import Refusal
from genmodels.registry import unknown

KNOWN, OWN, LAST = "Known icon", "Own file", "Last design"
SOURCES = (KNOWN, OWN, LAST)
SIDE = 32  # pixels of an icon to begin from
MOST_MB = 2
FILES = ["svg", "png", "jpg", "jpeg", "gif", "webp", "bmp"]


@dataclass(frozen=True)
class Source:
    """What was chosen; `icon` reads it when it is needed, since known icons are drawn the first time."""

    way: str
    name: str
    content: bytes = b""
    picture: np.ndarray | None = None
    family: str = "material"

    def icon(self) -> np.ndarray:
        """The icon, uint8 (32, 32, 1). Raises `Refusal` for a name that is not known and for a file that can't be read."""
        if self.way == OWN:
            if not self.content:
                raise Refusal("There is no file yet; upload an SVG or a PNG, or choose another source.")
            return read_icon(self.content, SIDE, self.name)
        if self.way == LAST:
            if self.picture is None:
                raise Refusal("Nothing was designed in this session yet; choose another source.")
            return self.picture
        return known_icon(self.name, self.family)


def known_icon(name: str, family: str) -> np.ndarray:
    """The icon of that name in the data set icons, uint8 (32, 32, 1)."""
    data = resources.dataset("icons", {"family": family, "size": SIDE})
    asked = " ".join(name.casefold().replace("-", " ").split())
    for part in (data.train, data.test):
        if asked in part.captions:
            return part.images[part.captions.index(asked)]
    names = [*data.train.captions, *data.test.captions]
    near = [each for each in names if asked and asked in each][:3]
    if near:
        raise Refusal(
            f"No icon of {FONTS[family].title} is called {plain_text(asked, 60)!r}; there are {', '.join(near)}."
        )
    raise Refusal(unknown("icon", asked, names))


def source(key: str, label: str, default: str = "home") -> Source:
    """The choice of an icon; `key` tells it from another choice on the page."""
    way = st.segmented_control(label, SOURCES, default=KNOWN, required=True, **state.kept(f"{key}.way")) or KNOWN
    if way == OWN:
        file = st.file_uploader(
            f"{label}: an SVG or a picture", type=FILES, key=state.upload_key(f"{key}.file"), max_upload_size=MOST_MB
        )
        st.caption(
            "An SVG is written anew with its shapes alone; scripts, links, pictures and texts in it are refused."
        )
        return Source(OWN, "" if file is None else file.name, b"" if file is None else file.getvalue())
    if way == LAST:
        made = made_last()
        if made is None:
            st.caption("Nothing was designed in this session yet.")
            return Source(LAST, "")
        chosen = st.selectbox("Design", range(len(made.names)), format_func=lambda i: made.label(i), key=f"{key}.last")
        return Source(LAST, made.names[chosen], picture=made.finished()[chosen])
    left, right = st.columns(2)
    name = left.text_input(f"{label}: its name", default, max_chars=60, **state.kept(f"{key}.name"))
    family = right.selectbox(
        "Family", list(FONTS), format_func=lambda each: FONTS[each].title, **state.kept(f"{key}.family")
    )
    return Source(KNOWN, name or default, family=family or "material")
