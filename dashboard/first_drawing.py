"""The first time that a data set is asked for: a process of its own draws it, and the page says how far it is."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import streamlit as st

from dashboard.parts import stating
from dashboard.safe_text import plain_text
from genmodels.cache import told
from genmodels.jobs.executor import LOCAL, Ended, genmodels_command
from genmodels.refusal import Refusal

_waiting = ThreadPoolExecutor(4)
_running: dict[str, Future[Ended]] = {}
_lock = threading.Lock()


def wait_for(name: str, knobs: str) -> None:
    """Comes back when it is drawn; raises `Refusal` where it can't be had. `knobs` are JSON."""
    asked = f"{name}={knobs}"
    ended = _started(asked)
    place = st.empty()
    stating.running(f"Preparing {plain_text(name)} for the first time; the next visit is instant", place=place)
    while not ended.done():
        time.sleep(0.3)
        if news := told(asked):
            other = "" if news.get("asked") == asked else "Another data set is being prepared first. "
            stating.running(other + sentence(news), news["done"] / max(1, news["of"]), place=place)
    place.empty()
    with _lock:
        _running.pop(asked, None)
    done = ended.result()
    if done.code:
        reason = done.complaint() or f"The process ended with code {done.code}; look into the log of the server."
        raise Refusal(f"The data set {name} can't be prepared. {reason}")


def sentence(news: Mapping[str, Any]) -> str:
    """How far it is, in words: "Drawing emoji at 64 pixels, once: 412 of 4,292, about 12 s left. ..."."""
    what = plain_text(news["what"])
    what = what if what[:1].isupper() else f"Drawing {what}"
    if not news["of"]:
        return f"{what}, once. The next visit is instant."
    left = (news["of"] - news["done"]) * news["seconds"] / news["done"] if news["done"] else None
    about = f", about {left:.0f} s left" if left is not None else ""
    return f"{what}, once: {news['done']:,} of {news['of']:,}{about}. The next visit is instant."


def _started(asked: str) -> Future[Ended]:
    """The process that draws it; one for all sessions."""
    with _lock:
        if asked not in _running:
            command = genmodels_command("--server", str(os.getpid()), asked, module="genmodels.commands.draw_data")
            _running[asked] = _waiting.submit(LOCAL.wait, command)
        return _running[asked]
