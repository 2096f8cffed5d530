"""What is left of a text when every mark was stripped: its shingles.

The 64 smallest hashes of its runs of five words, without case, punctuation and white space (Broder 1997): how many of
them another text holds estimates how much of it it holds.
"""

from __future__ import annotations

import hashlib

from genmodels.kinds.text.forms import words

SHINGLE, KEPT = 5, 64  # words in a run, hashes that are kept


def shingles(text: str) -> set[int]:
    """The hashes, 60 bits each, of all runs of five words of its normal form (`text_forms`)."""
    found = words(text)
    return {
        int.from_bytes(hashlib.blake2b(" ".join(found[i : i + SHINGLE]).encode(), digest_size=8).digest(), "big") >> 4
        for i in range(len(found) - SHINGLE + 1)
    }


def of_text(text: str) -> list[int]:
    """The 64 smallest of its shingles, or all where there are fewer."""
    return sorted(shingles(text))[:KEPT]
