"""Foreign text made harmless: for a sentence, a terminal, a report and JSON."""

from __future__ import annotations

import unicodedata


def printable(text: str, most: int = 100) -> str:
    """Foreign text for a sentence: no control or direction characters, at most `most` long."""
    kept = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * most])
    return kept if len(kept) <= most else kept[: most - 3] + "..."


LONGEST = 4000  # characters of one text


def clean(text: object) -> str:
    """A text without control and bidirectional characters, of at most 4,000 characters."""
    kept = "".join(
        c for c in str(text)[: LONGEST + 1] if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co")
    )
    return kept if len(kept) <= LONGEST else kept[: LONGEST - 1] + "…"
