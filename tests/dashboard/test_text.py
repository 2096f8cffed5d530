"""Foreign text stays text. What a browser makes of it is looked at in test_browser.py."""

from __future__ import annotations

import re
import string

import pytest

from dashboard.safe_text import chart_text, csv_cell, plain_text, safe_text

HOSTILE = (
    "![x](http://evil.example/a.png)",
    "[x](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    ":red[hi] :material/home: :smile: $x^2$ `code` **bold** | a | b |",
    "# heading\n- list\n> quote",
    "https://evil.example www.evil.example wWw.evil.example a@evil.example",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_every_mark_is_escaped(text: str) -> None:
    safe = safe_text(text)
    for found in re.finditer(f"[{re.escape(string.punctuation.replace(chr(92), ''))}]", safe):
        assert safe[found.start() - 1] == "\\", safe
    assert "\n" not in safe


def test_what_is_made_a_link_without_any_mark_is_broken_up() -> None:
    safe = safe_text("https://evil.example WWW.evil.example a@evil.example").replace("\\", "")
    assert not re.search(r"https?://", safe) and not re.search(r"(?i)www\.", safe) and not re.search(r"@\w", safe)


def test_control_direction_and_invisible_characters_go() -> None:
    assert plain_text("a\x00b\u202ec\u200bd\u2066e\ufefff\x1b[31m") == "abcdef[31m"
    assert plain_text("one\ntwo\tthree") == "one two three"


def test_it_is_cut_and_says_so() -> None:
    assert plain_text("x" * 999, 10) == "xxxxxxxxx…"
    assert len(plain_text("\u200b" * 10_000 + "end", 10)) <= 10


def test_plotly_gets_no_tags() -> None:
    assert chart_text("<a href='x'>hi</a> & co") == "&lt;a href='x'&gt;hi&lt;/a&gt; &amp; co"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_a_spreadsheet_reads_no_formula(cell: str) -> None:
    assert csv_cell(cell) == "'" + cell
    assert csv_cell("plain") == "plain" and csv_cell(-1) == -1
