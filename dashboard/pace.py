"""How often pages look again. The more visitors look, the seldomer each does, so that a training keeps its cores.

A look costs about 25 ms of processor time. With one a second for each visitor, 20 visitors took 36 % of a training's speed
on 2 cores; so all of them together have a budget of looks a second, which grows with the cores.
"""

from __future__ import annotations

import functools
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.text import refuse
from genmodels.refusal import Refusal

LOOKS = 2.0 * (os.cpu_count() or 1)  # a second, by all visitors together
EACH = 1.5  # looks a second by one visitor at the usual pace: figures every second, curves every other one
STEPS = (1.0, 2.0, 4.0, 8.0, 12.0, 16.0, 32.0)  # by how much the usual pause is made longer; few, since a change draws the page anew
FORGOTTEN = 3.0  # pauses without a look, after which a visitor is gone

_seen: dict[str, float] = {}  # session to when it is gone unless it looks again, by time.monotonic()
_lock = threading.Lock()


def look(session: str, factor: float) -> int:
    """Note that a session looks, with pauses made longer by `factor`; how many sessions do."""
    now = time.monotonic()
    with _lock:
        _seen[session] = now + FORGOTTEN * 2 * factor
        for each in [each for each, until in _seen.items() if until < now]:
            del _seen[each]
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


def polled(draw: Callable[..., None], every: float | None) -> Callable[..., None]:
    """A part of the page that is drawn again every so many seconds, seldomer where many look; a run that is deleted
    meanwhile is a notice, not a traceback."""
    session = _session()
    pace_now = factor(look(session, 1.0)) if every else 1.0
    if every:
        look(session, pace_now)  # so that it is not forgotten before its first look

    @functools.wraps(draw)
    def guarded(*arguments: Any) -> None:
        if every and not settled(pace_now, look(session, pace_now)):
            st.rerun()  # the whole page, which then has another pace
        try:
            draw(*arguments)
        except (Refusal, OSError) as error:
            refuse(error)

    return st.fragment(guarded, run_every=every and every * pace_now)


def _session() -> str:
    """The visitor whose page is drawn."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""
