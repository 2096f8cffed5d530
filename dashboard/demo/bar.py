"""What a demo shows above each page: where one is, Back and Next, what to say; before it, what is made ready."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import streamlit as st

from dashboard import navigation, resources, state
from dashboard.demo import clock
from dashboard.demo import place as places
from dashboard.demo.paths import PATHS, WARMED
from dashboard.demo.place import Place
from dashboard.parts import stating
from dashboard.parts.stating import refuse
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore

TITLES = {"three": "Three minutes", "ten": "Ten minutes"}


def above(page: Callable[[], None]) -> None:
    """A page as it is; in a demo with the bar above it, or the start of the demo in its place."""
    if not places.wanted() or show():
        page()


def show() -> bool:
    """Above the page of every screen; False where the start of the demo takes the whole page."""
    at = places.here()
    if at is None:
        start()
        return False
    with st.container(border=True, key="demo_bar"):
        buttons(at)
        with st.expander("Speaker's notes", icon=":material/speaker_notes:", expanded=False, key="demo_notes"):
            st.markdown(f"**Show.** {at.step.show}")
            st.markdown(f"**Say.** {at.step.say}")
            st.caption(f"About {at.step.seconds} seconds.")
    return True


def buttons(at: Place) -> None:
    """Next or the end, Back, Restart, the step and the time: the way on stands first, so that it stays in its place."""
    steps = PATHS[at.path]
    with st.container(horizontal=True, vertical_alignment="center"):
        if at.last:
            if st.button("End", type="primary", icon=":material/flag:", key="demo_end"):
                restart()
        else:
            with st.container(key="demo_next", width="content"):
                places.link(at.moved(1), "Next", ":material/arrow_forward:")
        if at.number:
            places.link(at.moved(-1), "Back", ":material/arrow_back:")
        if not at.last and st.button("Restart", icon=":material/restart_alt:", key="demo_restart"):
            restart()
        st.markdown(f"**Step {at.number + 1} of {len(steps)}: {at.step.title}**")
        if clock.show(at, sum(step.seconds for step in steps[: at.number])):
            restart()


def restart() -> None:
    """Everything as at the start: the runs of the demo gone, nothing chosen, the first page."""
    store = RunStore.default()
    for name in store.ids():
        with contextlib.suppress(Refusal, OSError):  # one that is being trained goes with the folder at the end
            store.delete(store[name])
    state.clear()
    navigation.go("home")


def start() -> None:
    """What a demo is, what is made ready, and its two paths."""
    st.title("GenModels: a demo", anchor=False)
    st.markdown(
        "A guided way through the real pages. Next leads on; nothing is written to your own folder, and nothing leaves this machine."
    )
    if not warmed():
        return
    clock.show(None)
    for column, (name, steps) in zip(st.columns(len(PATHS)), PATHS.items(), strict=True):
        with column, st.container(border=True, height="stretch"):
            st.subheader(TITLES[name], anchor=False)
            st.markdown("\n".join(f"1. {step.title}" for step in steps))
            if st.button(f"Start: {TITLES[name].lower()}", type="primary", key=f"demo_start_{name}"):
                places.begin(name)


def warmed() -> bool:
    """Loads what the paths use, once a server, and says which; False where a model is missing."""
    store = RunStore.default()
    try:
        with stating.working("demo", "Starting TensorFlow, which takes some seconds", stoppable=False) as tell:
            for number, name in enumerate(WARMED):
                tell(f"Loading {name}, {number + 1} of {len(WARMED)}", number / len(WARMED))
                resources.warm(store[name])
    except Refusal as refusal:
        refuse(refusal)
        return False
    return True
