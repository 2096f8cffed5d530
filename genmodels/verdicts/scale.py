"""An estimate drawn on a scale, as HTML made of numbers and of our own words only: the mark, its interval, the limit.

Whoever shows it brings the style, as `dashboard/app.css` does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from genmodels.estimates.rounding import alone, told

MARKS = {"pass": "●", "warn": "▲", "fail": "✕", "not measured": "○", "reported": "◆"}
SHAPES = {  # the same marks as paths around 0, 0
    "pass": "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0z",
    "warn": "M0-8L8 6H-8z",
    "fail": "M-6-6L6 6M6-6L-6 6",
    "not measured": "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z",
    "reported": "M0-8L8 0L0 8L-8 0z",
}
WIDE, TALL, MARGIN, MIDDLE = (
    440,
    66,
    12,
    34,
)  # of the SVG: its width and height, where the line begins, how high it lies
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


class _Drawn(NamedTuple):
    """Where everything stands on a scale, in per cent of its width; labels by their class."""

    low: float
    high: float
    limit: float | None
    value: float
    labels: tuple[tuple[str, float, str], ...]


def _drawn(found: Measured) -> _Drawn:
    start, end = _ends(found)
    at = lambda number: 100 * (min(max(number, start), end) - start) / (end - start)  # noqa: E731
    place = None if found.limit is None else at(found.limit)
    labels = []
    if found.limit is not None and place is not None:
        labels.append(("gm-limit-said", place, f"limit {_bound(found.limit, found.percent)}"))
    if place is None or place > 2 * EDGE:
        labels.append(("gm-end", 0.0, _bound(start, found.percent)))
    if place is None or place < 100 - 2 * EDGE:
        labels.append(("gm-end", 100.0, _bound(end, found.percent)))
    value = told(found.value, found.low, found.high, percent=found.percent).value
    labels.append(("gm-said", at(found.value), value))
    return _Drawn(at(found.low), at(found.high), place, at(found.value), tuple(labels))


def scale(found: Measured) -> str:
    """The mark of an estimate on its scale, with interval and limit, as HTML without any foreign text."""
    drawn = _drawn(found)
    width = max(drawn.high - drawn.low, 0)
    parts = [f'<span class="gm-between" style="left:{drawn.low:.2f}%;width:{width:.2f}%"></span>']
    if drawn.limit is not None:
        parts.insert(0, f'<span class="gm-allowed" style="left:0%;width:{drawn.limit:.2f}%"></span>')
        parts.append(f'<span class="gm-limit" style="left:{drawn.limit:.2f}%"></span>')
    parts.append(f'<span class="gm-mark" style="left:{drawn.value:.2f}%">{MARKS[found.verdict]}</span>')
    parts += [_label(*label) for label in drawn.labels]
    kind = found.verdict.replace(" ", "-")
    return f'<div class="gm-scale gm-{kind}" role="img" aria-label="{words(found)}"><span class="gm-line"></span>{"".join(parts)}</div>'


def svg(found: Measured) -> str:
    """The same as an SVG of `WIDE` x `TALL`, for paper: each verdict has a mark of its own shape."""
    drawn = _drawn(found)
    x = lambda place: MARGIN + place / 100 * (WIDE - 2 * MARGIN)  # noqa: E731
    parts = [f'<path class="gm-line" d="M{MARGIN} {MIDDLE}H{WIDE - MARGIN}"/>']
    if drawn.limit is not None:
        width = x(drawn.limit) - MARGIN
        parts.insert(0, f'<rect class="gm-allowed" x="{MARGIN}" y="{MIDDLE - 8}" width="{width:.1f}" height="16"/>')
        parts.append(f'<path class="gm-limit" d="M{x(drawn.limit):.1f} {MIDDLE - 13}v26"/>')
    width = max(x(drawn.high) - x(drawn.low), 2.0)
    parts.append(f'<rect class="gm-between" x="{x(drawn.low):.1f}" y="{MIDDLE - 4}" width="{width:.1f}" height="8"/>')
    mark = f'transform="translate({x(drawn.value):.1f} {MIDDLE})" d="{SHAPES[found.verdict]}"'
    parts.append(f'<path class="gm-mark" {mark}/>')
    for name, place, text in drawn.labels:
        anchor = "start" if place < EDGE else "end" if place > 100 - EDGE else "middle"
        y = MIDDLE - 16 if name == "gm-said" else MIDDLE + 27
        parts.append(f'<text class="{name}" x="{x(place):.1f}" y="{y}" text-anchor="{anchor}">{text}</text>')
    kind = found.verdict.replace(" ", "-")
    return f'<svg class="gm-drawn gm-{kind}" viewBox="0 0 {WIDE} {TALL}" role="img" aria-label="{words(found)}">{"".join(parts)}</svg>'


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
