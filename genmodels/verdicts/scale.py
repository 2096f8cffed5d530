"""An estimate drawn on a scale, as HTML made of numbers and of our own words only: the mark, its interval, the limit.

Whoever shows it brings the style, as `dashboard/app.css` does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from genmodels.estimates.rounding import alone, told

MARKS = {"pass": "●", "warn": "▲", "fail": "✕", "not measured": "○", "reported": "◆"}
NICE = (1.0, 2.0, 5.0, 10.0)
EDGE = 14.0  # per cent of the width within which a label is set to the inside


class Measured(NamedTuple):
    """The numbers of a finding, and the unit that they are told in."""

    verdict: str
    value: float
    low: float
    high: float
    n: int
    limit: float | None
    percent: bool


def measured(finding: Mapping[str, Any]) -> Measured | None:
    """What can be drawn of a finding; None where nothing was measured, or the file says nothing that has the shape of it.

    It is told in per cent where what was found is said in per cent too.
    """
    estimate = finding.get("estimate")
    if not isinstance(estimate, Mapping):
        return None
    numbers = [estimate.get(name) for name in ("value", "low", "high")]
    if not all(_is_number(each) for each in numbers) or not numbers[1] <= numbers[2]:  # type: ignore[operator]
        return None
    value, low, high = (float(each) for each in numbers)  # type: ignore[arg-type]
    limit = finding.get("limit")
    bound = float(limit) if _is_number(limit) else None  # type: ignore[arg-type]
    verdict = str(finding.get("verdict"))
    n = estimate.get("n")
    share = "%" in str(finding.get("claim")) and low >= -1 and high <= 1 and -1 <= value <= 1
    return Measured(
        verdict if verdict in MARKS else "not measured",
        value,
        low,
        high,
        n if isinstance(n, int) and not isinstance(n, bool) and n > 0 else 0,
        None if verdict == "reported" else bound,
        share,
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15 and math.isfinite(value)


def words(found: Measured) -> str:
    """The same in words, for who can't see it: "39 %, 95 % interval 32 % to 46 %, n = 60; limit 10 %"."""
    value, low, high = told(found.value, found.low, found.high, percent=found.percent)
    between = f", 95 % interval {low} to {high}" if found.low < found.high else ", counted whole"
    n = f", n = {found.n:,}" if found.n else ""
    return f"{value}{between}{n}" + ("" if found.limit is None else f"; limit {_bound(found.limit, found.percent)}")


def scale(found: Measured) -> str:
    """The mark of an estimate on its scale, with interval and limit, as HTML without any foreign text."""
    start, end = _ends(found)
    at = lambda number: 100 * (min(max(number, start), end) - start) / (end - start)  # noqa: E731
    low, high = at(found.low), at(found.high)
    parts = [f'<span class="gm-between" style="left:{low:.2f}%;width:{max(high - low, 0):.2f}%"></span>']
    if found.limit is not None:
        place = at(found.limit)
        parts.insert(0, f'<span class="gm-allowed" style="left:0%;width:{place:.2f}%"></span>')
        parts.append(f'<span class="gm-limit" style="left:{place:.2f}%"></span>')
        parts.append(_label("gm-limit-said", place, f"limit {_bound(found.limit, found.percent)}"))
    if found.limit is None or at(found.limit) > 2 * EDGE:
        parts.append(_label("gm-end", 0.0, _bound(start, found.percent)))
    if found.limit is None or at(found.limit) < 100 - 2 * EDGE:
        parts.append(_label("gm-end", 100.0, _bound(end, found.percent)))
    place = at(found.value)
    value = told(found.value, found.low, found.high, percent=found.percent).value
    parts.append(f'<span class="gm-mark" style="left:{place:.2f}%">{MARKS[found.verdict]}</span>')
    parts.append(_label("gm-said", place, value))
    kind = found.verdict.replace(" ", "-")
    return f'<div class="gm-scale gm-{kind}" role="img" aria-label="{words(found)}"><span class="gm-line"></span>{"".join(parts)}</div>'


def _label(name: str, place: float, text: str) -> str:
    """A label at a place, set to the inside near the edges."""
    side = " gm-first" if place < EDGE else " gm-last" if place > 100 - EDGE else ""
    return f'<span class="{name}{side}" style="left:{place:.2f}%">{text}</span>'


def _bound(number: float, percent: bool) -> str:
    return f"{alone(100 * number)} %" if percent else alone(number)


def _ends(found: Measured) -> tuple[float, float]:
    """From 0, or from a round number below it, to a round number above all that is drawn; a share ends with 1."""
    drawn = [found.value, found.low, found.high] + ([] if found.limit is None else [found.limit])
    start, end = 0.0 - _round_up(-min(drawn)), _round_up(max(drawn))
    if found.percent:
        start, end = max(start, -1.0), min(end, 1.0)
    return (start, end) if start < end else (start, start + 1.0)


def _round_up(number: float) -> float:
    """The next of 1, 2, 5, 10 times a power of ten; 0 for what is not above it."""
    if number <= 0:
        return 0.0
    size = 10.0 ** math.floor(math.log10(number))
    return next(nice * size for nice in NICE if nice * size >= number * (1 - 1e-9))
