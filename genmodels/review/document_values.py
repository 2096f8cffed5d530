"""How values and foreign documents are written in a report."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from genmodels.review.document import Table


def finite(value: object) -> Any:
    """The same document with null in place of numbers that JSON does not know."""
    if isinstance(value, Mapping):
        return {str(name): finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def two_columns(rows: Sequence[tuple[str, Any]]) -> Table:
    """A table of names and values, without those that are not there."""
    return Table(
        ("", "value"), tuple((name, value_text(value)) for name, value in rows if value not in (None, "", {}, []))
    )


def value_text(value: object) -> str:
    """A value for people: texts as they are, numbers short, what is missing "not stated"."""
    if value is None:
        return "not stated"
    if isinstance(value, float):
        return f"{value:.4g}"
    return (
        f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10_000 else str(value)
    )


def is_number(value: object) -> bool:
    """Is it a finite number?"""
    return isinstance(value, int | float) and math.isfinite(value)


def joined(shape: Any) -> str:
    """The sides of a shape as 32 x 32 x 3."""
    return " x ".join(map(str, shape or ()))
