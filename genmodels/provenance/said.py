"""What foreign files say, made harmless for a sentence, a terminal and JSON."""

from __future__ import annotations

import unicodedata

MOST_NAME, MOST_SAID = 80, 2_000  # characters
QUOTES = dict.fromkeys(map(ord, '"`´“”„‟«»‹›「」『』〝〞＂\\'), " ") | dict.fromkeys(map(ord, "‘’‚‛＇"), "'")


def said(value: object, most: int = MOST_SAID) -> str:
    """A foreign value as short text of one line: no control, direction or invisible characters, no piles of accents."""
    kept, marks = [], 0
    for letter in str(value)[: 4 * most]:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= 2:
            kept.append(letter if letter.isprintable() else "" if unicodedata.category(letter) == "Cf" else " ")
    text = " ".join("".join(kept).split())
    return text if len(text) <= most else text[: most - 1] + "…"


def name_of(value: object) -> str:
    """A signer's name, which anyone can write: as `said`, short, and without quotes, so that it can't end a quotation of ours."""
    return said(str(value)[: 4 * MOST_NAME].translate(QUOTES), MOST_NAME)


def quoted(name: str) -> str:
    """A signer's name in quotes, or who is meant where there is none."""
    return f'"{name_of(name)}"' if name else "someone"
