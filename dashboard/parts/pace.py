"""How often pages look again. The more visitors look, the seldomer each does, so that a training keeps its cores.

When each visitor had all drawn again every second, at about 25 ms a look, 20 of them took 36 % of a training's speed on 2
cores; so all of them together have a budget of looks a second, which grows with the cores. `tests/dashboard/test_viewers.py`
measures what a training keeps.
"""

from __future__ import annotations

import contextlib
import functools
import os
import threading
import time
from collections.abc import Callable

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

from dashboard.parts.stating import refuse
from genmodels.refusal import Refusal

LOOKS = 2.0 * (os.cpu_count() or 1)  # a second, by all visitors together
EACH = 1.2  # looks a second by one visitor at the usual pace: figures every second, curves every five
SELDOM = 5.0  # usual pauses between two drawings of curves and pictures
STEPS = (
    1.0,
    2.0,
    4.0,
    8.0,
    12.0,
    16.0,
    32.0,
)  # by how much the usual pause is made longer; few, since a change draws the page anew
FORGOTTEN = 3.0  # pauses without a look, after which a visitor is gone
FORGOTTEN_PARTS = 1000.0  # seconds after which it is not known any more when a part was drawn

_seen: dict[str, float] = {}  # session to when it is gone unless it looks again, by time.monotonic()
_redrawn: dict[tuple[str, str], float] = {}  # session and part to when it was drawn last
_lock = threading.Lock()


def look(session: str, factor: float) -> int:
    """Note that a session looks, with pauses made longer by `factor`; how many sessions do."""
    now = time.monotonic()
    with _lock:
        _seen[session] = now + FORGOTTEN * 2 * factor
        for each in [each for each, until in _seen.items() if until < now]:
            del _seen[each]
        for part in [part for part, at in _redrawn.items() if at < now - FORGOTTEN_PARTS]:
            del _redrawn[part]
        return len(_seen)


def factor(visitors: int) -> float:
    """By how much the pauses of `visitors` must be longer than usual, one of `STEPS`.

    >>> factor(1)
    1.0
    """
    needed = visitors * EACH / LOOKS
    return next((step for step in STEPS if step >= needed), STEPS[-1])


def settled(now: float, visitors: int) -> bool:
    """May a page keep the pace `now`? It changes where it is too quick, or more than twice too slow."""
    return factor(visitors) <= now <= 2 * factor(visitors)


def polled(draw: Callable[..., None], every: float | None, key: str | None = None) -> Callable[..., None]:
    """A part of the page that is drawn again every so many seconds, seldomer where many look, or when `redraw(key)` asks;
    a run that is deleted meanwhile is a notice, not a traceback."""
    session = _session()
    pace_now = factor(look(session, 1.0)) if every else 1.0
    if every:
        look(session, pace_now)  # so that it is not forgotten before its first look

    @functools.wraps(draw)
    def guarded(*arguments: object) -> None:
        if key:
            _redrawn[session, key] = time.monotonic()
        if every and not settled(pace_now, look(session, pace_now)):
            st.rerun()  # the whole page, which then has another pace
        try:
            draw(*arguments)
        except (Refusal, OSError) as error:
            refuse(error)

    return st.fragment(guarded, run_every=every and every * pace_now, key=key)


def redraw(key: str, *others: str) -> None:
    """Have the part of that key drawn when the one that runs now is, but not within `SELDOM` pauses of its last time; with it
    the others that the page has.

    Streamlit's own `rerun` of a part ends the part that asks for it, and all stays grey until the other is there.
    """
    context, session = get_script_run_ctx(suppress_warning=True), _session()
    pause = SELDOM * factor(len(_seen))
    if (
        context is None
        or context.script_requests is None
        or not context.fragment_ids_this_run
        or time.monotonic() - _redrawn.get((session, key), 0.0) < pause
    ):
        return
    _redrawn[session, key] = time.monotonic()
    parts = context.fragment_storage.resolve_target(key)
    for other in others:
        with contextlib.suppress(StreamlitAPIException):  # not on this page
            parts += context.fragment_storage.resolve_target(other)
    context.script_requests.request_rerun(
        RerunData(
            query_string=context.query_string,
            page_script_hash=context.page_script_hash,
            fragment_id_queue=parts,
            cached_message_hashes=context.cached_message_hashes,
            context_info=context.context_info,
        )
    )


def _session() -> str:
    """The visitor whose page is drawn."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""
