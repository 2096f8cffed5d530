"""Numbers as their interval allows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from genmodels.estimates.rounding import alone, told


@pytest.mark.parametrize(
    ("numbers", "percent", "expected"),
    [
        ((0.0224, 0.01756, 0.02797), False, ("0.022", "0.018", "0.028")),
        ((0.389, 0.324, 0.457), True, ("39 %", "32 %", "46 %")),
        ((0.0, 0.0, 0.0016), True, ("0.00 %", "0.00 %", "0.16 %")),
        ((0.00025, -0.1446, 0.1451), False, ("0.00", "-0.14", "0.15")),
        ((-0.0001, -0.2, 0.2), False, ("0.00", "-0.20", "0.20")),
        ((165.3, 160.2, 170.1), False, ("165", "160", "170")),
        ((123456, 120000, 127000), False, ("123,500", "120,000", "127,000")),
        ((0.15066, 0.15066, 0.15066), True, ("15.1 %", "15.1 %", "15.1 %")),
        ((0, 0, 0), True, ("0 %", "0 %", "0 %")),
        ((1.0, 1.0, 1.0), True, ("100 %", "100 %", "100 %")),
        ((1.2e-9, 1e-9, 1.5e-9), False, ("1.2e-09", "1e-09", "1.5e-09")),
        ((5.0, None, None), False, ("5.00", "–", "–")),
        (("a", True, math.nan), False, ("–", "–", "–")),
        ((10**400, 0, 1), False, ("–", "0.0", "1.0")),
    ],
)
def test_an_estimate_has_the_digits_that_its_interval_leaves(numbers: tuple, percent: bool, expected: tuple[str, str, str]) -> None:
    assert told(*numbers, percent=percent) == expected


def test_rounding_moves_no_number_by_more_than_an_eighth_of_the_interval_and_keeps_their_order() -> None:
    rng = np.random.default_rng(3)
    for _ in range(3000):
        size = 10.0 ** rng.uniform(-4, 9)
        low, value, high = np.sort(rng.normal(0, 1, 3)) * size
        texts = told(value, low, high)
        read = [float(each.replace(",", "")) for each in texts]
        assert read[1] <= read[0] <= read[2]
        assert all(abs(a - b) <= (high - low) / 8 + 1e-12 for a, b in zip(read, (value, low, high), strict=True))
        assert len({len(each.partition(".")[2]) for each in texts}) == 1, "the same last digit"
        digits = len(f"{abs(high - low):.0f}") if high - low >= 1 else 1
        assert max(len(each.strip("-+").replace(",", "")) for each in texts) <= 9 + digits


def test_a_sign_is_written_where_it_is_asked_for() -> None:
    assert told(0.11, -0.25, 0.46, percent=True, signed=True) == ("+11 %", "-25 %", "+46 %")
    assert told(0.0, -0.2, 0.2, signed=True).value == "0.00"


def test_a_number_without_an_interval_has_three_or_four_digits() -> None:
    assert [alone(each) for each in (0.12345, 123.456, 12345.6, None, math.inf)] == ["0.123", "123.5", "12,346", "–", "–"]
