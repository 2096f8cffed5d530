"""Terms looked up: by name for tooltips, within a text, all for the page of the glossary."""

from __future__ import annotations

import re

from dashboard.parts.glossary_terms import GROUPS, Term

TERMS: tuple[Term, ...] = tuple(term for group in GROUPS.values() for term in group)
_BY_NAME = {said.lower(): term for term in TERMS for said in (term.name, *term.also)}


def of(name: str) -> Term | None:
    """The term of that name, in any of its spellings."""
    return _BY_NAME.get(name.strip().lower())


def help_of(name: str) -> str | None:
    """What a tooltip says of a term (metrics, columns, settings): its meaning; None for a word that is no term."""
    found = of(name)
    return found.meaning if found else None


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


def _how(said: str) -> re.RegexFlag:
    """Abbreviations are looked for as they are written."""
    return re.RegexFlag(0) if said.upper() == said or (said[0].islower() and said[-1].isupper()) else re.IGNORECASE
