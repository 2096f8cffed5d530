"""An estimate drawn on its scale: everything stands where it belongs, and nothing foreign is in it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import numpy as np
import pytest

from genmodels.verdicts.scale import MARGIN, MARKS, SHAPES, WIDE, measured, scale, svg, words

FOREIGN = '"><script>alert(1)</script>'


def finding(value: object, low: object, high: object, limit: object = None, **more: object) -> dict[str, object]:
    return {"verdict": "fail", "claim": "39 % are copies", "estimate": {"value": value, "low": low, "high": high, "n": 60}, "limit": limit} | more


def places(html: str) -> dict[str, float]:
    """Where each part begins, in per cent of the width."""
    return {name.split()[0]: float(left) for name, left in re.findall(r'class="([\w -]+)" style="left:([\d.]+)%', html)}


def test_mark_interval_and_limit_stand_where_their_numbers_are() -> None:
    found = measured(finding(0.4, 0.3, 0.45, 0.1))
    assert found is not None
    drawn = scale(found)
    assert places(drawn) == {"gm-allowed": 0, "gm-limit": 20, "gm-limit-said": 20, "gm-between": 60, "gm-end": 100, "gm-mark": 80, "gm-said": 80}
    assert 'width:30.00%' in drawn and "✕" in drawn and ">limit 10 %<" in drawn and ">50 %<" in drawn
    assert words(found) == "40 %, 95 % interval 30 % to 45 %, n = 60; limit 10 %" and words(found) in drawn


def test_a_number_without_a_limit_and_one_below_zero_have_their_own_scale() -> None:
    reported = measured(finding(0.62, 0.41, 0.81, 1.0, verdict="reported"))
    below = measured(finding(-3.0, -12.0, 6.0, 5.0, claim="three less"))
    assert reported is not None and reported.limit is None and "limit" not in scale(reported)
    assert below is not None and ">-20<" in scale(below) and "-0 " not in scale(below) and "%<" not in scale(below)
    assert "-0" not in scale(measured(finding(0.4, 0.3, 0.45)) or below)


@pytest.mark.parametrize(
    "estimate",
    [None, FOREIGN, {}, {"value": FOREIGN, "low": 0, "high": 1, "n": 3}, {"value": float("nan"), "low": 0, "high": 1, "n": 3}, {"value": 0.5, "low": 1, "high": 0, "n": 3}, {"value": 10**400, "low": 0, "high": 1, "n": 3}, {"value": True, "low": 0, "high": 1, "n": 3}],
)
def test_what_is_no_estimate_is_not_drawn(estimate: object) -> None:
    assert measured({"verdict": "fail", "claim": "x", "estimate": estimate}) is None


def test_whatever_a_file_says_the_drawing_is_whole_and_has_only_our_words() -> None:
    rng, allowed = np.random.default_rng(5), re.compile(r'<(?:/?(?:span|div))(?: class="[\w -]+"| style="[\w:.%;]+"| role="img"| aria-label="[\w ,.;=%+-]+")*>')
    for verdict in (*MARKS, FOREIGN):
        for _ in range(200):
            size = 10.0 ** rng.uniform(-9, 12)
            low, value, high = np.sort(rng.normal(0, 1, 3) * size)
            found = measured(finding(float(value), float(low), float(high), float(rng.normal() * size), verdict=verdict, claim=FOREIGN + "%"))
            assert found is not None
            drawn = scale(found)
            assert re.sub(allowed, "", drawn).count("<") == 0, drawn
            assert all(0 <= place <= 100 for place in places(drawn).values())
            where = places(drawn)
            assert where["gm-between"] <= where["gm-mark"] + 1e-6
            HTMLParser(convert_charrefs=True).feed(drawn)


def test_the_drawing_for_paper_stands_where_the_other_does_and_is_whole() -> None:
    found = measured(finding(0.4, 0.3, 0.45, 0.1))
    assert found is not None
    drawn = svg(found)
    x = lambda place: MARGIN + place / 100 * (WIDE - 2 * MARGIN)  # noqa: E731
    assert f'class="gm-between" x="{x(60):.1f}"' in drawn and f'width="{x(90) - x(60):.1f}"' in drawn
    assert f'class="gm-limit" d="M{x(20):.1f} ' in drawn and f'translate({x(80):.1f} ' in drawn and f'aria-label="{words(found)}"' in drawn
    assert len(set(SHAPES.values()) - {SHAPES["not measured"]}) == len(MARKS) - 1, "told apart without colours; the ring is not filled"
    rng = np.random.default_rng(6)
    for verdict in (*MARKS, FOREIGN):
        for _ in range(100):
            low, value, high = np.sort(rng.normal(0, 1, 3) * 10.0 ** rng.uniform(-9, 12))
            each = measured(finding(float(value), float(low), float(high), float(rng.normal()), verdict=verdict, claim=FOREIGN + "%"))
            assert each is not None
            picture = ElementTree.fromstring(svg(each))
            places = [float(part.get("x", MARGIN)) for part in picture]
            assert all(MARGIN - 0.1 <= place <= WIDE - MARGIN + 0.1 for place in places) and "script" not in svg(each)
