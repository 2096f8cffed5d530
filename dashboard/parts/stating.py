"""What a page says of its work, each with one look: empty, waiting, running, failed, done; and two remarks beside a result.

Sentences are markdown, so what is foreign in them goes through `safe_text`. No other file draws such a box, bar or spinner.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import streamlit as st

from dashboard import navigation
from dashboard.safe_text import duration, safe_text

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

STATES: dict[str, tuple[str, Literal["gray", "blue", "green", "orange", "red"]]] = {
    "waiting": (":material/hourglass_empty:", "gray"),
    "running": (":material/play_arrow:", "blue"),
    "done": (":material/check_circle:", "green"),
    "failed": (":material/error:", "red"),
    "stopped": (":material/stop_circle:", "orange"),
    "interrupted": (":material/power_off:", "orange"),
}
WORTH_SAYING = 1.0  # seconds; how long a shorter wait takes is not said
IN_TURN = "Another tab is using this model; this waits for its turn"
MOST_KEPT = 500  # waits of which it is known how long they took
_took: dict[str, float] = {}  # how long each wait took the last time in this server, in seconds


def badge(state: str) -> None:
    """The state of a run in its colour, with its icon and its word; an unknown one is grey."""
    icon, colour = STATES.get(state, STATES["waiting"])
    st.badge(state, icon=icon, color=colour)


def empty(sentence: str, page: str = "", label: str = "", **query: str) -> None:
    """There is nothing here yet: what will be, and what to do for it; with a link to the page where that is done."""
    st.info(sentence, icon=":material/inbox:")
    if page:
        navigation.link(page, label, **query)


@contextmanager
def waiting(what: str, usual: float | None = None) -> Iterator[None]:
    """While something works that can't say how far it is: what, for how long, and how long it took the last time in this
    server, else how long it usually takes (seconds)."""
    with st.spinner(f"{what} … {_expected(what, usual)}".rstrip(), show_time=True):
        begun = time.monotonic()
        yield
    _remember(what, time.monotonic() - begun)


def running(
    what: str,
    share: float = 0.0,
    *,
    spent: float | None = None,
    left: float | None = None,
    usual: str = "",
    place: DeltaGenerator | None = None,
) -> None:
    """A bar: what is done and how far (in words and from 0 to 1), seconds so far and left, how long it usually takes.

    Drawn again and again into the same `place` (`st.empty()`) by who works while the page is drawn.
    """
    told = [
        what.rstrip(" .…"),
        "" if spent is None else f"{duration(spent)} so far",
        "" if left is None else f"about {duration(left)} left",
        usual.rstrip("."),
    ]
    (place or st).progress(min(1.0, max(0.0, share)), text=" · ".join(each for each in told if each))


class Telling:
    """Says how far this very run of the page is: `tell("Drawing", 0.3, left=12)`, as `running` does.

    A part of which no share is known says how long it took the last time.
    """

    def __init__(self, place: DeltaGenerator) -> None:
        self.place, self.part, self.begun = place, "", time.monotonic()

    def __call__(self, what: str, share: float = 0.0, *, left: float | None = None, usual: float | None = None) -> None:
        self.over()
        self.part, self.begun = what if usual or not (share or left) else "", time.monotonic()
        running(what, share, left=left, usual=_expected(what, usual) if self.part else "", place=self.place)

    def over(self) -> None:
        """The part that was told last is over."""
        if self.part:
            _remember(self.part, time.monotonic() - self.begun)


@contextmanager
def working(key: str, what: str, usual: float | None = None, *, stoppable: bool = True) -> Iterator[Telling]:
    """A bar, and a Stop of that key, while this very run of the page works; both are gone at its end. Any press ends such a
    run where it draws next, so Stop only has to be pressed."""
    place = st.empty()
    try:
        with place.container():
            tell = Telling(st.empty())
            tell(what, usual=usual)
            if stoppable:
                stop(f"stop.{key}")
        yield tell
        tell.over()
    finally:
        place.empty()


def _expected(what: str, usual: float | None) -> str:
    """How long it took the last time, else usually; "" where that is not known or not worth saying."""
    known = _took.get(what, usual)
    if known is None or known < WORTH_SAYING:
        return ""
    return f"{'Last time it took' if what in _took else 'Usually about'} {duration(known)}."


def _remember(what: str, seconds: float) -> None:
    if what != IN_TURN and (what in _took or len(_took) < MOST_KEPT):
        _took[what] = seconds


def stop(key: str, label: str = "Stop", help: str | None = None) -> bool:
    """The button that ends what runs; True where it was pressed."""
    return st.button(label, icon=STATES["stopped"][0], key=key, help=help)


def failed(sentence: str) -> None:
    """It did not work: what was wrong and what to do."""
    st.error(sentence, icon=STATES["failed"][0])


def retry(again: Callable[[], None], key: str) -> None:
    """ "Try again" below what failed, where that may help."""
    st.button("Try again", icon=":material/refresh:", key=key, on_click=again)


def refuse(refusal: BaseException) -> None:
    """Bad input, answered with its one sentence."""
    failed(safe_text(refusal, 600))


def done(sentence: str) -> None:
    """It is over and went well."""
    st.success(sentence, icon=STATES["done"][0])


def noted(sentence: str) -> None:
    """Something to know about what is shown."""
    st.info(sentence, icon=":material/info:")


def warned(sentence: str) -> None:
    """Something that changes what the shown means: left out, lost, not as asked."""
    st.warning(sentence, icon=":material/warning:")
