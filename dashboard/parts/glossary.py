"""Terms looked up: by name, within a text, all for the page of the glossary; and the line that explains them on a page."""

from __future__ import annotations

import re
from collections.abc import Callable

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard import state
from dashboard.parts.glossary_term import Term
from dashboard.parts.glossary_terms import GROUPS
from dashboard.safe_text import safe_text

TERMS: tuple[Term, ...] = tuple(term for group in GROUPS.values() for term in group)
_BY_NAME = {said.lower(): term for term in TERMS for said in (term.name, *term.also)}


def of(name: str) -> Term | None:
    """The term of that name, in any of its spellings."""
    return _BY_NAME.get(name.strip().lower())


def within(text: str) -> list[Term]:
    """The terms that a text holds, in the order of the list; `n` is too short to be looked for."""
    return [
        term
        for term in TERMS
        if any(
            len(said) > 1 and re.search(rf"(?<![\w-]){re.escape(said)}(?![\w-])", text, _how(said))
            for said in (term.name, *term.also)
        )
    ]


def explained(*texts: str) -> None:
    """A line with the terms that texts hold; each explains itself on hover and on focus of the sign behind it."""
    _line(within(" ".join(texts)))


def below(page: StreamlitPage) -> Callable[[], None]:
    """A page with the terms that are seen on it at its foot."""

    def run() -> None:
        state.take(state.SEEN_TOO)
        page.run()
        seen = [_of(page.url_path), *(_of(page.url_path, **query) for query in state.take(state.SEEN_TOO) or [])]
        _line([term for term in TERMS if any(term in terms for terms in seen)])

    return run


def of_page(name: str, **query: str) -> None:
    """The same with the terms that are seen on a page, at its foot; `query` as in the address of a lesson."""
    _line(_of(name, **query))


def seen_too(**query: str) -> None:
    """At the foot of this page, also the terms whose place is this page with such an address, such as the model that writes."""
    state.put(state.SEEN_TOO, [query])


def _of(name: str, **query: str) -> list[Term]:
    return [term for term in TERMS if term.page == name and dict(term.query) == query]


def _line(found: list[Term]) -> None:
    if found:
        meanings = "\n\n".join(f"**{safe_text(term.name)}**: {safe_text(term.meaning, 400)}" for term in found)
        st.caption(
            "Words used here: " + ", ".join(safe_text(term.name) for term in found),
            help=f"{meanings}\n\nWhere each can be seen: Help > Glossary.",
        )


def _how(said: str) -> re.RegexFlag:
    """Abbreviations are looked for as they are written."""
    return re.RegexFlag(0) if said.upper() == said or (said[0].islower() and said[-1].isupper()) else re.IGNORECASE
