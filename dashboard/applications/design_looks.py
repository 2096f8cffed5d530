"""What designs look like: known icons that they resemble, their contrast, and whether they can be told apart when they are small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import streamlit as st

from dashboard import resources, state
from dashboard.applications.design_made import Made, made_last
from dashboard.applications.design_models import Models
from dashboard.applications.design_source import KNOWN, Source, own_set, source
from dashboard.parts import folding, samples, stating
from dashboard.parts.stating import refuse
from dashboard.safe_text import counted as counted_words
from dashboard.safe_text import plain_text, safe_text
from genmodels.checks.legibility import GLANCES, told_apart
from genmodels.checks.look_alikes import LEGAL, OWN, Counted, Like, LookAlikes, counted, of_set
from genmodels.data.sets.icons import FONTS
from genmodels.estimates.estimate import Estimate
from genmodels.explore.design_files import at_size
from genmodels.intake.icon_set import IconSet
from genmodels.kinds.image.files import resized
from genmodels.kinds.image.icons import LEAST_CONTRAST, contrast
from genmodels.refusal import Refusal

LAST, OTHER = "What was designed last", "One icon"
SMALL, AMONG = 16, 100  # pixels; known icons among which designs have to be told
INK, GROUND = "#1f2937", "#ffffff"
VERDICTS = {True: "Looks alike", False: "No look-alike", None: "No verdict"}
NOT_COUNTED = (
    "Error rate not measured: from which distance on an icon is a look-alike was not counted on this copy of the project, so there is no "
    "verdict; look for yourself. `python -m genmodels.bench.icons look-alikes` counts it."
)


@dataclass(frozen=True)
class Looked:
    """Designs (n, side, side, 1) with their names, what each resembles, these icons, and shares of glances that were right."""

    names: tuple[str, ...]
    icons: np.ndarray
    likes: tuple[Like, ...]
    nearest: np.ndarray
    right: np.ndarray
    among: Estimate
    taken_for: tuple[str, ...]


def looks_view(models: Models) -> None:
    """Which icons, the search, and what it found; contrast needs no search."""
    stating.warned(safe_text(LEGAL, 600))
    with folding.form("design_looks", _said(state.get(state.DESIGN_LOOKS))):
        which = st.segmented_control(
            "What is looked at", (LAST, OTHER), default=LAST, required=True, **state.kept("looks.which")
        )
        begun = source("looks", "Icon") if which == OTHER else None
        with st.expander("Search your own icons too", icon=":material/folder_zip:"):
            own = own_set("looks.own", "A zip of SVG or PNG files, at most 500")
        made = made_last()
        if begun is None and made is None:
            st.caption("Nothing was designed in this session yet; choose one icon, or design some first.")
        pressed = st.button("Search", type="primary", icon=":material/search:", disabled=begun is None and made is None)
        st.caption(
            "The first search on a machine draws and describes the known icons, which takes a minute or two; later ones take seconds."
        )
    if pressed:
        try:
            state.put(state.DESIGN_LOOKS, _looked(begun, made, own))
            folding.fold()
            st.rerun()
        except Refusal as refusal:
            refuse(refusal)
    looked = state.get(state.DESIGN_LOOKS)
    if looked is None:
        stating.empty("Press Search: each design is compared with the icons of four families.")
    else:
        _likes(looked)
        _legible(looked)
    _contrast()


def _said(looked: Looked | None) -> str:
    """What was searched for, in one line of plain text."""
    if looked is None:
        return ""
    return f"Look-alikes of {counted_words(len(looked.names), 'icon')}: {plain_text(', '.join(looked.names), 80)}"


def _looked(begun: Source | None, made: Made | None, own: IconSet | None) -> Looked:
    with stating.working("design.looks", "Reading the known icons") as tell:
        for number, (family, font) in enumerate(FONTS.items()):
            tell(f"Reading the icons of {font.title}", number / 6)
            resources.dataset("icons", {"family": family, "size": 32})
        tell("Describing the known icons", 4 / 6, usual=90.0)
        looking = resources.explored(("known icons",), LookAlikes.of_all_families)
        if begun is not None:
            names: tuple[str, ...] = (begun.name or "icon",)
            icons = begun.icon()[None]
        else:
            assert made is not None  # the button is disabled
            names, icons = made.names, made.finished()
        tell("Searching", 5 / 6)
        searched = [looking, *([] if own is None else [LookAlikes(of_set(own.names, own.icons))])]
        return _with_glances(searched, names, icons, begun is not None and begun.way == KNOWN)


def _with_glances(
    searched: Sequence[LookAlikes], names: tuple[str, ...], icons: np.ndarray, known_itself: bool
) -> Looked:
    """What each design comes nearest to, and how often it is told from the others and from known icons at 16 pixels."""
    limit = None if (rates := counted()) is None else rates.limit
    found = [list(zip(each.of(icons, limit), repeat(each.known))) for each in searched]
    nearest = [min(of_one, key=lambda pair: pair[0].far) for of_one in zip(*found, strict=True)]
    known = searched[0].known
    first = np.unique(known.drawing, return_index=True)[1]
    rows = np.random.default_rng(0).permutation(first)[:AMONG]
    others = known.icons[rows]
    beside = [known.names[row] for row in rows]
    if known_itself:  # a known icon is not to be told from itself
        keep = [i for i, each in enumerate(beside) if each != names[0]]
        others, beside = others[keep], [beside[i] for i in keep]
    together = np.concatenate([resized(icons, (32, 32, 1)), others])
    seen = told_apart(together, SMALL)
    told = [*names, *beside]
    taken = tuple(told[other] if other >= 0 else "" for other in seen.taken_for[: len(names)])
    among = seen.share(np.arange(len(together)))
    return Looked(
        names=names,
        icons=icons,
        likes=tuple(like for like, _ in nearest),
        nearest=np.stack([where.icons[like.number] for like, where in nearest]),
        right=seen.right[: len(names)],
        among=among,
        taken_for=taken,
    )


def _likes(looked: Looked) -> None:
    """What each resembles, beside it; and how far that can be trusted."""
    st.subheader("Look-alikes", anchor=False)
    found = counted()
    if found is not None:
        alike = sum(bool(each.alike) for each in looked.likes)
        look = "looks" if alike == 1 else "look"
        st.markdown(f"**{alike} of {counted_words(len(looked.likes), 'design')}** {look} like an icon that is known.")
    for number, (name, like) in enumerate(zip(looked.names, looked.likes, strict=True)):
        with st.container(border=True, horizontal=True):
            for icon, what in (
                (looked.icons[number], f"Design: {plain_text(name, 60)}"),
                (looked.nearest[number], f"Nearest known icon: {plain_text(like.name, 60)}"),
            ):
                samples.images(at_size(icon, 128)[None], what, side=128, width=96)
            with st.container(width=320):
                st.markdown(f"**{VERDICTS[like.alike]}**")
                turned = ", mirrored" if like.mirrored else ""
                below = f"; look-alikes are below {found.limit:.3f}" if found else ""
                told = f"{name}. Nearest: {like.name} of {like.family}{turned}; distance {like.far:.3f}{below}."
                st.caption(safe_text(told, 300))
    st.caption(NOT_COUNTED if found is None else rates(found))
    if any(each.family == OWN for each in looked.likes):
        st.caption(
            "How often a look-alike among your own icons is one was not counted: the rates are those of the four families."
        )


def rates(found: Counted) -> str:
    """How often the search is wrong, in a sentence or two."""
    way, least = found.least
    alarm, best = found.false_alarms, found.found["as it is"]
    return (
        f"Counted on {found.known:,} known icons: of planted look-alikes it finds {best.said(percent=True, n=False)} as they are and {least.said(percent=True, n=False)} "
        f"in the worst of {len(found.found)} ways, {way}. Of icons of one family searched for in the other three, where the nearest has another name, at most {alarm.said(percent=True)} are taken for look-alikes; "
        "some of them are, and among four families a few more are. The same idea in another drawing is not looked for."
    )


def _legible(looked: Looked) -> None:
    st.subheader(f"At {SMALL} pixels", anchor=False)
    rows = [
        {"Design": plain_text(name, 60), "Told apart": float(right), "Taken for": plain_text(other, 60)}
        for name, right, other in zip(looked.names, looked.right, looked.taken_for, strict=True)
    ]
    st.dataframe(
        rows,
        hide_index=True,
        alt="How often each design is told from others at 16 pixels, and what it is taken for",
        column_config={"Told apart": st.column_config.NumberColumn(format="percent")},
    )
    among = looked.among
    st.caption(
        f"{GLANCES} glances at each, blurred, faint and moved by up to half a pixel, by a plain observer that is no person; it had to tell each from {among.n - 1} others. Of all of them {among.said(percent=True)} of the glances are right."
    )


def _contrast() -> None:
    """The contrast of two colours."""
    st.subheader("Contrast", anchor=False)
    first, second, third = st.columns([1, 1, 3])
    ink = first.color_picker("Icon", INK, **state.kept("contrast.ink"))
    ground = second.color_picker("Ground", GROUND, **state.kept("contrast.ground"))
    found = contrast(str(ink), str(ground))
    enough = found >= LEAST_CONTRAST
    third.metric(
        "Contrast",
        f"{found:.2f} : 1",
        delta="enough for an icon" if enough else "too little for an icon",
        delta_color="normal" if enough else "inverse",
        delta_arrow="off",
    )
    st.caption(f"WCAG 2.2 asks for {LEAST_CONTRAST:g} : 1 of icons that mean something (1.4.11).")
