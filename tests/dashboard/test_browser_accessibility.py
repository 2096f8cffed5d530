"""Every page in Chromium: what axe-core finds in both themes, where the keyboard is, what moves, and whether it fits a phone and 400 % zoom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.learn.lessons import LESSONS
from dashboard.navigation import SCREENS
from tests.dashboard.accessible import STREAMLITS, THEMES, findings, moving, without_ring
from tests.dashboard.test_browser import ARGUMENTS, CHROMIUM, IDLE, NARROW

ROOT = Path(__file__).parent.parent.parent
WIDTHS = (390, 320)  # a phone; 1280 pixels at 400 %
# What shows more of a page than its bare address does, or the same with less work.
DEEPER = {"latent": "latent?run=vae-digits", "model": "model?run=vae-openmoji", "home": ""}
MORE = ("runs?as=Table", "train?run=vae-digits", "model?run=transformer-docs&part=files", "data?data=digits", "bias?run=diffusion-openmoji", "prompt?run=transformer-docs", "audit?run=vae-openmoji")
LEARN = tuple(f"learn?lesson={lesson.name}" for lesson in LESSONS)
ADDRESSES = (*(DEEPER.get(screen.name, screen.name) for screen in SCREENS), *MORE, *LEARN)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light", reduced_motion="reduce")
        page.set_default_timeout(120_000)
        yield page
        browser.close()


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_that_axe_finds_is_ours_and_focus_is_seen(page: Page, dashboard: tuple[str, Path], address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{dashboard[0]}/{address}")
    page.locator("h1").first.wait_for()
    page.wait_for_function(IDLE)
    assert page.locator("[data-testid=stException]").count() == 0
    for theme in THEMES:
        assert findings(page, theme) == [], (address, theme)
        assert without_ring(page) == [], (address, theme)
    assert moving(page) == [], "the page's user asked for reduced motion"
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function(NARROW)  # charts are laid out again in their own time


def test_axe_would_find_what_is_wrong(page: Page, dashboard: tuple[str, Path]) -> None:
    """The test above can fail: a grey text, a picture without words, a gap in the headings."""
    page.goto(f"{dashboard[0]}/about")
    page.locator("h1").first.wait_for()
    page.wait_for_function(IDLE)
    block = "document.querySelector('[data-testid=stMainBlockContainer]').insertAdjacentHTML"
    page.evaluate(f"""{block}('afterbegin', '<p style="color: #999; background: #fff">grey</p><img src="data:,">')""")
    page.evaluate(f"{block}('beforeend', '<h6>deep</h6>')")
    assert {"color-contrast", "image-alt", "heading-order"} <= {found["rule"] for found in findings(page, "light")}
    assert {"color-contrast"} == {found["rule"] for found in findings(page, "dark")}


def test_a_lost_ring_and_a_movement_would_be_found(page: Page, dashboard: tuple[str, Path]) -> None:
    """The checks of the test above can fail, too."""
    page.goto(f"{dashboard[0]}/about")
    page.locator("h1").first.wait_for()
    page.wait_for_function(IDLE)
    page.emulate_media(color_scheme="light")
    page.add_style_tag(content="body summary:focus-visible { outline: 2px solid #fdfdfd !important }")
    assert {"summary"} == {each[1:8] for each in without_ring(page)}
    page.evaluate("document.querySelector('h1').animate([{opacity: 1}, {opacity: 0.5}], {duration: 60000})")
    assert len(moving(page)) == 1


def test_what_is_streamlits_is_in_the_docs() -> None:
    told = (ROOT / "docs" / "accessibility.md").read_text(encoding="utf-8")
    for rule, _, reason in STREAMLITS:
        assert f"`{rule}`" in told and reason in told
