"""What a term of the glossary is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A term, its meaning in one sentence, the page where it is seen (`query` as in its address), and other spellings of it."""

    name: str
    meaning: str
    page: str
    query: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()


def term(name: str, meaning: str, page: str, *also: str, **query: str) -> Term:
    return Term(name, meaning, page, tuple(query.items()), also)
