"""The music page in a real browser: keys by mouse and keyboard, and a playhead that goes with the sound."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from genmodels.runs.run import Run
from tests.conftest import SMALL_MUSIC
from tests.dashboard.test_browser import browser, home, server, visit  # noqa: F401  (fixtures)


@pytest.fixture
def run(home: Path, trained) -> Run:  # noqa: F811
    folder = trained("transformer", **SMALL_MUSIC)
    return Run(Path(shutil.copytree(folder, home / "runs" / folder.name, dirs_exist_ok=True)))


def test_a_melody_is_played_on_the_page_harmonised_and_heard(browser: Browser, server: tuple[str, Path], run: Run) -> None:  # noqa: F811
    page = visit(browser, f"{server[0]}/music?run={run.id}&seed=2")
    page.get_by_text("Harmonise a melody", exact=True).click()
    page.locator('.keys [data-pitch="67"]').click(timeout=60_000)
    page.keyboard.press("h")
    page.keyboard.press("j")
    page.keyboard.press("Backspace")
    page.locator(".told", has_text="4 of").wait_for(timeout=10_000)
    assert page.locator(".told").inner_text().endswith("G4 A4")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator(".told", has_text="G4 A4 G♯4").wait_for(timeout=10_000)
    page.get_by_role("button", name="Compose", exact=True).click()
    page.locator(".roll .play").wait_for(timeout=180_000)
    assert page.locator(".roll rect.note").count() >= 6 and page.locator(".roll .time").inner_text() == "0:00 of 0:02"
    place = "e => Number(e.getAttribute('x1'))"
    before = page.locator(".roll .head").evaluate(place)
    page.locator(".roll .play").click()
    page.wait_for_timeout(700)
    assert page.locator(".roll .head").evaluate(place) > before
    page.locator(".roll .play", has_text="Play").wait_for(timeout=10_000)  # it has ended
    page.locator(".roll .frame").focus()
    page.keyboard.press("End")
    assert page.locator(".roll .time").inner_text() == "0:02 of 0:02" and page.locator(".roll .frame").get_attribute("aria-valuenow") == "2"
    page.close()
