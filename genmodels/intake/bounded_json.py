"""JSON of strangers: read only within a budget of bytes, values and depth, without numbers that nothing can hold."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from genmodels.pictures import printable
from genmodels.refusal import Refusal

DEEPEST = 64
MOST_VALUES = 400_000
GREATEST = 2**53  # whole numbers beyond are not exact where a page reads them
LONGEST_NUMBER = 40  # characters


class OutOfBounds(ValueError):
    """A number that no page can show; its text is the reason."""


def read(content: bytes, place: str, *, most_bytes: int, most_values: int = MOST_VALUES, what_to_do: str) -> Any:
    """The value that `content` is; raises `Refusal` naming `place`, the reason and `what_to_do`.

    NaN and infinities, which our own files may hold where a number is missing, are read as None.
    """
    if len(content) > most_bytes:
        raise Refusal(f"{place} is larger than {_size(most_bytes)}; {what_to_do}.")
    if sum(map(content.count, (b",", b":", b"[", b"{"))) > most_values:
        raise Refusal(f"{place} holds more than {most_values:,} values; {what_to_do}.")
    try:
        value = json.loads(content, parse_int=_whole, parse_float=_number, parse_constant=lambda name: None)
    except OutOfBounds as error:
        raise Refusal(f"{place} holds {error}; {what_to_do}.") from None
    except RecursionError:
        raise Refusal(f"{place} is nested more than {DEEPEST} levels deep; {what_to_do}.") from None
    except ValueError:
        raise Refusal(f"{place} is not JSON; {what_to_do}.") from None
    if _too_deep(value):
        raise Refusal(f"{place} is nested more than {DEEPEST} levels deep; {what_to_do}.")
    return value


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER or abs(int(text)) >= GREATEST:
        raise OutOfBounds(f"a whole number of {len(text.lstrip('-'))} digits ({printable(text, 24)}), and at most 2^53 can be shown")
    return int(text)


def _number(text: str) -> float | None:
    value = float(text)
    if not math.isfinite(value):
        raise OutOfBounds(f"the number {printable(text, 24)}, which is too large")
    return value


def _too_deep(value: Any) -> bool:
    """Is anything nested deeper than is read? Without recursion, level by level."""
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        level = [each for holder in level for each in _held(holder)]
        if not level:
            return False
    return True


def _held(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from (each for each in value.values() if isinstance(each, dict | list))
    elif isinstance(value, list):
        yield from (each for each in value if isinstance(each, dict | list))


def _size(count: int) -> str:
    return f"{count // 1_000_000} MB" if count >= 1_000_000 else f"{count // 1000} kB"
