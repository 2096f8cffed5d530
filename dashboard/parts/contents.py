"""What a long page holds: links to its headings, one line where there is room and folded on a phone.

A page says where the list stands (`place()`) and heads its parts by `header(title)`; `listed(page)` draws the list once all is drawn.
The links lead within the page, so that the session goes on; each heading can be linked to from elsewhere.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard import state
from dashboard.safe_text import plain_text

FEWEST = 3  # headings; a page with fewer is seen at a glance


def place() -> None:
    """The list stands here, under the title."""
    state.put(state.CONTENTS, (st.empty(), []))


def header(title: str, **arguments: Any) -> None:
    """A heading that the list of its page names; takes what `st.header` takes, so what is foreign goes through `safe_text`."""
    said = plain_text(re.sub(r"\\(.)", r"\1", title))
    anchor = anchor_of(said)
    named: list[tuple[str, str]] = state.get(state.CONTENTS, (None, []))[1]
    if (anchor, said) not in named:
        named.append((anchor, said))
    st.header(title, anchor=anchor, **arguments)


def fill() -> None:
    """Draw the list of what was headed since `place()`; nothing where that is little."""
    where, named = state.take(state.CONTENTS) or (None, [])
    if where is not None and len(named) >= FEWEST:
        where.html(drawn(named))


def listed(draw: Callable[[], None]) -> Callable[[], None]:
    """What draws a page, and then its list, also where the page stops early."""

    def whole() -> None:
        try:
            draw()
        finally:
            fill()

    return whole


def anchor_of(title: str) -> str:
    """What stands behind # in the address.

    >>> anchor_of("What survives, on this model's own samples")
    'what-survives-on-this-model-s-own-samples'
    """
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "part"


def drawn(named: list[tuple[str, str]]) -> str:
    """The list as HTML, once as a line and once folded; `app.css` shows the one that fits."""
    links = "".join(f'<li><a href="#{anchor}">{html.escape(title)}</a></li>' for anchor, title in named)
    return (
        f'<nav class="gm-contents gm-wide" aria-label="On this page"><span>On this page</span><ul>{links}</ul></nav>'
        f'<details class="gm-contents gm-folded"><summary>On this page</summary>'
        f'<nav aria-label="On this page"><ul>{links}</ul></nav></details>'
    )
