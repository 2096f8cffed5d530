"""Where an icon comes from that is varied: a known one by its name, the user's own file or set of files, or what was designed last."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import navigation, resources, state
from dashboard.applications.design_made import made_last
from dashboard.parts import stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import counted, plain_text, safe_text
from genmodels.data.sets.icons import FONTS
from genmodels.intake.icon_file import read_icon
from genmodels.intake.icon_set import IconSet, keep_for_training, read_icon_set
from genmodels.refusal import Refusal
from genmodels.registry import unknown

KNOWN, OWN, SET, LAST = "Known", "My file", "My set", "Designed"
SOURCES = (KNOWN, OWN, SET, LAST)
SIDE = 32  # pixels of an icon to begin from
MOST_MB, MOST_SET_MB = 2, 20
NO_SET = "There is no set of icons yet; upload a zip of SVG or PNG files, or choose another source."
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
        if self.way == KNOWN:
            return known_icon(self.name, self.family)
        if self.picture is None:
            raise Refusal(
                NO_SET if self.way == SET else "Nothing was designed in this session yet; choose another source."
            )
        return self.picture


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
    if way == KNOWN:
        return _known(key, label, default)
    return {OWN: _own_file, SET: _of_set, LAST: _last}[way](key, label)


def _known(key: str, label: str, default: str) -> Source:
    left, right = st.columns(2)
    name = left.text_input(f"{label}: its name", default, max_chars=60, **state.kept(f"{key}.name"))
    family = right.selectbox(
        "Family", list(FONTS), format_func=lambda each: FONTS[each].title, **state.kept(f"{key}.family")
    )
    return Source(KNOWN, name or default, family=family or "material")


def _own_file(key: str, label: str) -> Source:
    file = st.file_uploader(
        f"{label}: an SVG or a picture", type=FILES, key=state.upload_key(f"{key}.file"), max_upload_size=MOST_MB
    )
    st.caption("Only the shapes of an SVG are kept; scripts, links, pictures and texts in it are refused.")
    return Source(OWN, "" if file is None else file.name, b"" if file is None else file.getvalue())


def _of_set(key: str, label: str) -> Source:
    """An icon of a zip of the user's; the zip can be kept as pictures to train on."""
    icons = own_set(key, f"{label}: a zip of SVG or PNG files, at most 500")
    if icons is None:
        return Source(SET, "")
    chosen = st.selectbox("Which of them", icons.names, key=f"{key}.of_set")
    return Source(SET, str(chosen), picture=icons.named(str(chosen)))


def own_set(key: str, label: str) -> IconSet | None:
    """The user's own icons from a zip, None where there is none or none can be read; says what was left out."""
    file = st.file_uploader(label, type=["zip"], key=state.upload_key(f"{key}.set"), max_upload_size=MOST_SET_MB)
    if file is None:
        return None
    content = file.getvalue()
    try:
        icons: IconSet = resources.explored(
            ("own icons", hashlib.sha256(content).hexdigest()),
            lambda: read_icon_set(io.BytesIO(content), SIDE, file.name),
        )
    except Refusal as refusal:
        refuse(refusal)
        return None
    left_out = (
        f"; {counted(len(icons.refused), 'file')} left out. The first: {icons.refused[0]}" if icons.refused else ""
    )
    st.caption(safe_text(f"{counted(len(icons.names), 'icon')} read{left_out}", 400))
    _kept_for_training(key, icons, file.name)
    return icons


def _kept_for_training(key: str, icons: IconSet, title: str) -> None:
    if not st.button("Keep these icons to train on", icon=":material/library_add:", key=f"{key}.keep"):
        return
    try:
        token = keep_for_training(icons, title)
    except Refusal as refusal:
        refuse(refusal)
        return
    stating.done(
        safe_text(
            f"Kept as {token}. To design with a model of your own icons, train vae or diffusion on the data set folder: token {token}, size 32, colour grey.",
            300,
        )
    )
    navigation.link("train", "Train a model on them", model="vae", on="folder")


def _last(key: str, label: str) -> Source:
    made = made_last()
    if made is None:
        st.caption("Nothing was designed in this session yet.")
        return Source(LAST, "")
    chosen = st.selectbox("Design", range(len(made.names)), format_func=lambda i: made.label(i), key=f"{key}.last")
    return Source(LAST, made.names[chosen], picture=made.finished()[chosen])
