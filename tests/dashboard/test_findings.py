"""Findings as rows: one sentence, a mark, its error rate; the rest among the details."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.parts import verdicts
from dashboard.parts.findings import counts, sentence_of
from genmodels.verdicts.finding import VERDICTS
from genmodels.verdicts.scale import MARKS

ROOT = Path(__file__).parent.parent.parent
HOSTILE = "![x](http://evil.example/a.png) <img src=x onerror=alert(1)> $x$ :red[x]"


def test_every_verdict_has_a_sign_a_word_and_a_colour_of_its_own() -> None:
    assert set(VERDICTS) == set(verdicts.VERDICTS) == set(MARKS)
    assert len({icon for icon, _ in verdicts.VERDICTS.values()}) == len(VERDICTS) == len(set(MARKS.values()))
    assert all(f" {verdict}]" in verdicts.badge(verdict) for verdict in VERDICTS)
    assert "not measured" in verdicts.badge(HOSTILE) and "evil" not in verdicts.badge(HOSTILE)


@pytest.mark.parametrize("ground", [("#ffffff", 0), ("#14191b", 1)])
def test_the_colours_of_verdicts_can_be_read_and_are_the_same_in_theme_and_style(ground: tuple[str, int]) -> None:
    style, config = (ROOT / "dashboard/app.css").read_text(), (ROOT / ".streamlit/config.toml").read_text()
    theme = config.split("[theme.dark]" if ground[1] else "[theme.light]")[1].split("[theme")[0]
    for verdict in VERDICTS:
        colours = re.search(rf"--gm-{verdict.replace(' ', '-')}: light-dark\((#\w+), (#\w+)\)", style)
        assert colours is not None, verdict
        own = colours[1 + ground[1]]
        assert contrast(own, ground[0]) >= 4.5, (verdict, own)
        assert f'{verdicts.VERDICTS[verdict][1]}TextColor = "{own}"' in theme


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 counts it."""
    light = sorted((_luminance(one), _luminance(other)))
    return (light[1] + 0.05) / (light[0] + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_sentence_of_a_row_is_the_first_and_loses_brackets_only_where_it_is_long() -> None:
    assert sentence_of("6 % (1 % to 17 %) are. Blur 0.5 is not looked for.") == "6 % (1 % to 17 %) are."
    long = "In 43 % of pairs " + "the training example has the lower loss, " * 4 + "(38 % to 47 % (or so) over 1740) in all. More."
    assert sentence_of(long).endswith("loss, in all.") and "38" not in sentence_of(long)
    assert sentence_of("") == ""


def shown(rows: list[dict[str, object]]) -> AppTest:
    def page(rows: object) -> None:
        from dashboard.parts import findings

        findings.audited(rows, under=lambda finding, number: __import__("streamlit").caption(f"evidence {number}"))

    return AppTest.from_function(page, kwargs={"rows": rows}, default_timeout=30).run()


def test_the_worst_comes_first_with_its_mark_and_what_was_not_measured_says_why() -> None:
    estimate = {"value": 0.39, "low": 0.33, "high": 0.42, "n": 400}
    rows: list[dict[str, object]] = [
        {"audit": "a", "part": "1", "verdict": "not measured", "claim": "Is it so?", "question": "Is it so?", "reason": "too few"},
        {"audit": "a", "part": "2", "verdict": "pass", "claim": "39 % are near. More of it.", "estimate": estimate, "limit": 0.8},
        {"audit": "a", "part": "3", "verdict": "fail", "claim": HOSTILE, "estimate": estimate, "limit": 0.1, "remedy": "Do this.", "command": "genmodels audit"},
        {"audit": "a", "part": "4", "verdict": "fail", "claim": "It came.", "made": {"where": "imported"}},
    ]
    test = shown(rows)
    assert not test.exception
    lines = [each.value for each in test.markdown if "badge[" in each.value][1:]  # below the line of counts
    assert ["fail" in lines[0], "pass" in lines[-2], "not measured" in lines[-1]] == [True] * 3
    drawn = [each.proto.body for each in test.get("html")]
    assert len(drawn) == 2 and "gm-fail" in drawn[0] and "gm-pass" in drawn[1] and not any("evil" in each for each in drawn)
    said = [each.value for each in (*test.caption, *test.markdown)]
    assert "too few" in said and "**What to do:** Do this\\." in said and "evidence 2" in said
    assert not any("http://evil.example/a.png)" in each and "\\" not in each for each in said)
    assert counts(rows).count("badge") == 3


def formatted(source: str) -> Iterator[tuple[int, str]]:
    """Ends of intervals that an f-string writes with digits of its own: line, and what it is."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None and "." in ast.unparse(node.format_spec):
            value = node.value
            name = value.attr if isinstance(value, ast.Attribute) else value.slice.value if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant) else ""
            if name in ("low", "high"):
                yield node.lineno, ast.unparse(value)


def test_no_page_writes_an_interval_with_digits_of_its_own() -> None:
    """`rounding.told`, `rounding.between` and `Estimate.said` write as many as the interval allows."""
    assert [what for _, what in formatted("f'{a.low:.2f} {b[\"high\"]:.0%} {c.low} {d:.3f}'")] == ["a.low", "b['high']"]
    files = [file for folder in ("dashboard", "pages") for file in (ROOT / folder).rglob("*.py")]
    assert len(files) > 100 and not {f"{file.name}:{line}: {what}" for file in files for line, what in formatted(file.read_text())}
