"""Which model a page is about: one choice for the whole session, in the URL of every page and in its title."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import navigation, state
from dashboard.model.header import header
from dashboard.parts import stating
from dashboard.safe_text import plain_text, safe_text
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore

# What a page opens with where nothing was chosen: what there is most to see of.
SHOWCASE = ("diffusion-openmoji", "vae-openmoji", "transformer-docs")
CHOICE = 260  # pixels that the choice is wide, beside the title


def model(store: RunStore, names: Sequence[str], page: str, verb: str) -> str | None:
    """The chosen one of `names`, which must not be empty: from the URL, else as on the page before, else a showcase; with its header.

    `page` is its title, such as "Bias"; `verb` says what the page does with a model: "audit". What the URL names and the
    page can't show is an error with the reason, and None; of what the page before was about, and this one can't show, that
    is said: never another model without a word.
    """
    bar = st.container(horizontal=True, vertical_alignment="center")
    heading = bar.empty()
    heading.title(page, anchor=False, width="stretch")
    state.show_notice()
    key, asked = f"model.{page}", state.in_url(state.RUN)
    wrong = bool(asked) and asked not in names
    if wrong:
        stating.failed(safe_text(_why_not(store, asked, names, verb), 600))
        _what_can(store, asked)
    elif asked and asked != state.get(state.RUN_IN_URL):  # a link, Back or a reload brought it
        state.put(key, asked)
    elif state.get(key) not in names:
        state.put(key, next((name for name in (state.get(state.CHOSEN_MODEL), *SHOWCASE) if name in names), names[0]))
    state.put(state.RUN_IN_URL, asked)
    chosen = bar.selectbox(
        "Model",
        list(names),
        index=None if wrong else 0,
        label_visibility="collapsed",
        placeholder="Choose a model",
        format_func=plain_text,
        key=key,
        on_change=_told,
        args=(key,),
        width=CHOICE,
    )
    if chosen:
        heading.title(safe_text(f"{page} of {chosen}"), anchor=False, width="stretch")
        navigation.name_tab(navigation.tab_title(page, chosen))
        _kept(store, chosen, names, verb)
        header(store[chosen])
    return chosen


def _kept(store: RunStore, chosen: str, names: Sequence[str], verb: str) -> None:
    """Keep what is chosen for the next page. What the page before was about stays that, where this page can't show it and
    nobody chose another; that is said."""
    before = state.get(state.CHOSEN_MODEL)
    if before is None or before in names or state.in_url(state.RUN) == chosen or not there(store, before):
        state.put(state.CHOSEN_MODEL, chosen)
        return
    stating.noted(
        safe_text(
            f"{before}, which you looked at before, is nothing that this page can {verb}; it shows {chosen}.", 300
        ),
    )
    _what_can(store, before)


def there(store: RunStore, name: str) -> bool:
    """Is there such a run?"""
    try:
        store[name]
    except Refusal:
        return False
    return True


def _what_can(store: RunStore, name: str) -> None:
    """The way to all that can be done with a run."""
    if there(store, name):
        navigation.link("model", safe_text(f"What can be done with {name}", 120), run=store[name].id)


def choose(page: str, name: str) -> None:
    """Have the page be about another model after the next rerun; called in a callback."""
    state.put(f"model.{page}", name)
    _told(f"model.{page}")


def _told(key: str) -> None:
    """What the user chose stands in the address. On arrival it is left as it is, or Back would lead to the same page."""
    chosen = state.get(key) or ""
    state.put(state.RUN_IN_URL, chosen)
    state.set_in_url(state.RUN, chosen)


def _why_not(store: RunStore, asked: str, names: Sequence[str], verb: str) -> str:
    """Why a model that a link names can't be shown here."""
    try:
        store[asked]
    except Refusal as refusal:
        return str(refusal)
    return f"The run {asked[:80]!r} is nothing that this page can {verb}; it can {verb}: {', '.join(names[:8])}{' and more' if len(names) > 8 else ''}."
