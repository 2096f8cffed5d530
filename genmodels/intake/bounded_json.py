"""JSON of strangers, with a sentence for what is wrong with it."""

from __future__ import annotations

from typing import Any

from genmodels.files import Unreadable, parsed
from genmodels.refusal import Refusal

MOST_VALUES = 400_000


def read(content: bytes, place: str, *, most_bytes: int, most_values: int = MOST_VALUES, what_to_do: str) -> Any:
    """The value that `content` is, by the bounds of `files.parsed`; raises `Refusal` naming `place`, the reason and `what_to_do`."""
    if len(content) > most_bytes:
        raise Refusal(f"{place} has {len(content):,} bytes, and at most {most_bytes:,} are read; {what_to_do}.")
    if sum(map(content.count, (b",", b":", b"[", b"{"))) > most_values:
        raise Refusal(f"{place} holds more than {most_values:,} values; {what_to_do}.")
    try:
        return parsed(content)
    except Unreadable as reason:
        raise Refusal(f"{place} {reason}; {what_to_do}.") from None
