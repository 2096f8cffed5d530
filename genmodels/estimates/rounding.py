"""Numbers as their interval allows: digits that the interval leaves open are not written."""

from __future__ import annotations

import math
from typing import NamedTuple

UNKNOWN = "–"
DIGITS = 3  # of a number that was counted whole, or whose interval is not known
COARSE = 4.0  # half a width of 1 to 3 gets another digit, or rounding would move a number by a third of it
MOST_PLACES, MOST = 7, 1e15  # digits behind the point, and the number from which it is written in powers of ten


class Told(NamedTuple):
    """A value and the ends of its interval, as texts with the same last digit."""

    value: str
    low: str
    high: str


def told(value: object, low: object, high: object, *, percent: bool = False, signed: bool = False) -> Told:
    """Value and interval, rounded to the first digit of half the interval's width, or to the second where the first is 3 or less.

    With `percent` 0.39 is 39 %.
    An interval of no width (what was counted whole) leaves `DIGITS` digits. What is no finite number is a dash.

    >>> told(0.0224, 0.01756, 0.02797)
    Told(value='0.022', low='0.018', high='0.028')
    >>> told(0.389, 0.324, 0.457, percent=True).value
    '39 %'
    """
    numbers = [each * 100 if percent else each for each in map(_number, (value, low, high))]
    step = _step(numbers[1], numbers[2])
    if step is None:
        step = _alone(max((abs(each) for each in numbers if math.isfinite(each)), default=0.0))
    return Told(*(_written(each, step, percent=percent, signed=signed) for each in numbers))


def between(
    value: object, low: object, high: object, n: int = 0, *, percent: bool = False, signed: bool = False
) -> str:
    """A value with its interval as a sentence has it, and with the n behind it where that is given.

    >>> between(0.389, 0.324, 0.457, 60, percent=True)
    '39 % (32 % to 46 %, n = 60)'
    """
    found = told(value, low, high, percent=percent, signed=signed)
    return f"{found.value} ({found.low} to {found.high}{f', n = {n:,}' if n else ''})"


def alone(value: object) -> str:
    """A number whose interval is not known, with three or four digits that count."""
    number = _number(value)
    if not math.isfinite(number):
        return UNKNOWN
    number += 0.0  # no minus before a zero
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}" if abs(number) >= 100 else f"{number:.3g}"


def _number(value: object) -> float:
    """A finite number of what a file may hold; nan for all else."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return math.nan
    try:
        return float(value) if math.isfinite(value) else math.nan
    except OverflowError:
        return math.nan


def _step(low: float, high: float) -> int | None:
    """The power of ten of the last digit that is written; None where the interval has no width or is not known."""
    half = (high - low) / 2
    return math.floor(math.log10(half / COARSE) + 1e-9) if math.isfinite(half) and half > 0 else None


def _alone(greatest: float) -> int:
    """The power of ten of the last of `DIGITS` digits."""
    return math.floor(math.log10(greatest)) - DIGITS + 1 if greatest > 0 else 0


def _written(number: float, step: int, *, percent: bool, signed: bool) -> str:
    """The number to that digit, without a minus before a zero; what would be a row of zeros, or of digits, in powers of ten."""
    if not math.isfinite(number):
        return UNKNOWN
    rounded = round(number, -step) + 0.0
    plain = step >= -MOST_PLACES and abs(rounded) < MOST
    sign = "+" if signed and rounded > 0 else ""
    return f"{sign}{f'{rounded:,.{max(0, -step)}f}' if plain else f'{number:.2g}'}{' %' if percent else ''}"
