"""The list of what a long page holds: which headings it names, and that its links lead within the page, without a new session."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from streamlit.testing.v1 import AppTest

from dashboard.parts import contents
from dashboard.safe_text import safe_text
from tests.dashboard.test_browser import browser, home, server  # noqa: F401  (fixtures)


def page_of(titles: list[str]) -> None:
    from dashboard.parts import contents

    contents.place()
    for title in titles:
        contents.header(title)
    contents.fill()


def lists(titles: list[str]) -> list[str]:
    test = AppTest.from_function(page_of, args=(titles,), default_timeout=30).run()
    assert not test.exception and [each.value for each in test.header] == titles
    return [each.proto.body for each in test.get("html")]


def test_it_names_every_heading_in_order_and_a_short_page_has_none() -> None:
    (drawn,) = lists(["One", "Two & a half", "Three"])
    assert drawn == contents.drawn([("one", "One"), ("two-a-half", "Two & a half"), ("three", "Three")])
    assert drawn.count('href="#two-a-half">Two &amp; a half</a>') == 2, "as a line, and folded on a phone"
    assert lists(["One", "Two"]) == []


def test_foreign_headings_are_text() -> None:
    (drawn,) = lists([safe_text("<b onclick=x>"), safe_text("*two* http://x"), "Three"])
    assert ">*two* http://x<" in drawn
    assert "<b" not in drawn and "&lt;b onclick=x&gt;" in drawn and 'href="#b-onclick-x"' in drawn


STEADY = """() => { const height = document.querySelector('[data-testid=stMain]').scrollHeight;
    const same = height === window.heightBefore; window.heightBefore = height; return same }"""
SEEN = """title => [...document.querySelectorAll('h2')].filter(each => each.innerText.includes(title))
    .map(each => each.getBoundingClientRect().top).some(top => top > 0 && top < innerHeight)"""


@pytest.mark.parametrize("width", [1280, 390])
def test_its_links_lead_within_the_page_by_keyboard(browser: Browser, server: tuple[str, Path], width: int) -> None:  # noqa: F811
    page = browser.new_page(viewport={"width": width, "height": 800})
    sessions: list[str] = []
    page.on("websocket", lambda socket: sessions.append(socket.url))
    page.goto(f"{server[0]}/about")
    page.wait_for_selector(".gm-contents", state="attached", timeout=60_000)
    at_rest = "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
    page.wait_for_function(at_rest, timeout=60_000)
    page.wait_for_function(STEADY, polling=500, timeout=60_000)  # what is still laid out above would push the heading away
    if width == 390:
        page.locator(".gm-contents summary").press("Enter")
    page.locator(".gm-contents a:visible", has_text="Credit and licence").press("Enter")
    page.wait_for_url("**/about#credit-and-licence")
    page.wait_for_function(SEEN, arg="Credit and licence")
    page.keyboard.press("Tab")  # the keyboard goes on from there
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") > 0
    assert len(sessions) == 1 and page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
