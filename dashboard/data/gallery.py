"""All data sets as cards: the ways to add one's own, what was imported, what comes with it; no data are read for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import streamlit as st

from dashboard import navigation, resources
from dashboard.data import films, molecules, pictures, texts
from dashboard.parts import contents, samples
from dashboard.parts.stating import refuse
from dashboard.safe_text import lines_of, plain_text, safe_text
from genmodels.data.dataset import DATA, title_of
from genmodels.data.examples import beginnings_of, picture_of
from genmodels.data.facts import known
from genmodels.data.own import OWN
from genmodels.kinds.image.files import png_bytes
from genmodels.kinds.kind import KINDS
from genmodels.refusal import Refusal

COLUMNS = 3
SIDE = 400  # screen pixels of a sheet of examples, about
ADDED = {
    "folder": ("Pictures", pictures.TAKES),
    "text": ("Text", texts.TAKES),
    "own-molecules": ("Molecules", molecules.TAKES),
    "own-clips": ("Clips", films.TAKES),
}
HEADINGS = (
    ("Pictures", ("image",)),
    ("Texts and code", ("text", "code")),
    ("Music, molecules and clips", ("music", "molecule", "video")),
)
Card = Callable[[], None]


def view() -> None:
    """What can be added, what was added, and what comes with it."""
    contents.header("Add your own")
    _rows([partial(_way_in, name) for name in ADDED], len(ADDED))
    own = [(name, each) for name, found in OWN.items() for each in found.imported()]
    if own:
        contents.header("Your own sets")
        _rows([partial(_own, name, each) for name, each in own])
    for heading, names in _groups():
        contents.header(heading)
        _rows([partial(_built_in, name) for name in names])
    shown = [DATA[name].credit for name in DATA if picture_of(name)]
    for credit in dict.fromkeys(filter(None, shown)):
        samples.credit(credit)


def _groups() -> Iterator[tuple[str, list[str]]]:
    """Headings with the sets below them; those that have to be fetched come last."""
    grouped = [kind for _, kinds in HEADINGS for kind in kinds]
    others = tuple(kind for kind in KINDS if kind not in grouped)
    for heading, kinds in (*HEADINGS, ("Others", others)):
        names = [name for name, source in DATA.items() if source.kind in kinds and name not in OWN]
        if names:
            yield heading, sorted(names, key=lambda name: not DATA[name].offline)


def _rows(cards: Sequence[Card], columns: int = COLUMNS) -> None:
    """Cards side by side, those of a row as high as each other."""
    for start in range(0, len(cards), columns):
        for column, card in zip(st.columns(columns), cards[start : start + columns], strict=False):
            with column, st.container(border=True, height="stretch"):
                card()


def _way_in(name: str) -> None:
    """What can be added of one kind, and the link to it."""
    title, takes = ADDED[name]
    st.subheader(title, anchor=False)
    st.caption(takes)
    navigation.link("data", f"Add {title.lower()}", icon=":material/add:", data=name)


def _own(name: str, each: dict[str, Any]) -> None:
    """An imported set: what of it is first, its title, how much there is, under which licence."""
    token, own = each["token"], OWN[name]
    try:
        licence = own.index(token)["licence"]
        _first(name, token)
    except (Refusal, OSError, ValueError) as error:
        licence = "not stated"
        refuse(error)
    st.subheader(safe_text(each["title"], 60), anchor=False)
    st.caption(safe_text(f"{each[own.counted]:,} {own.counted}. Licence: {licence}.", 200))
    with st.container(horizontal=True):
        navigation.link("data", "Open", data=name, token=token)
        navigation.link("train", "Train on it", on=name, token=token)


def _first(name: str, token: str) -> None:
    shown = resources.explored(("own examples", name, token), lambda: OWN[name].first(token))
    if isinstance(shown, str):
        st.markdown(f":small[{safe_text(shown, 300)}]")
    else:
        st.image(png_bytes(shown), alt=f"The first of {plain_text(token, 60)}", width="stretch", output_format="PNG")


def _built_in(name: str) -> None:
    """A set that comes with it: four of its examples, its title, what it holds, how many, under which licence."""
    source, facts = DATA[name], known(name)
    _examples(name)
    st.subheader(safe_text(title_of(name)), anchor=False)
    st.caption(safe_text(source.summary(), 300))
    said = f"{facts['n_train']:,} to train on, {facts['n_test']:,} held out." if facts else ""
    if not source.offline:
        said = "It is fetched when it is opened for the first time."
    st.caption(safe_text(f"{said} Licence: {source.licence}.".strip(), 300))
    with st.container(horizontal=True):
        navigation.link("data", "Open", data=name)
        navigation.link("train", "Train on it", on=name)


def _examples(name: str) -> None:
    """Four training examples, as they ship."""
    kind = KINDS[DATA[name].kind]
    if file := picture_of(name):
        samples.picture(file, f"Training examples of {title_of(name)}: {kind.many}", side=SIDE)
    elif found := beginnings_of(name):
        if kind.language:
            st.code(
                lines_of("\n".join(found)), language=kind.language, wrap_lines=True
            )  # what scrolls could not be reached by keys
        else:
            st.markdown("  \n".join(f":small[{safe_text(text, 300)}]" for text in found))
