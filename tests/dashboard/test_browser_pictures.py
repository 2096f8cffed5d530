"""The prompt page of a model that draws in a real browser: a drawing that stops, a mask that is painted, before and after."""

from __future__ import annotations

import base64
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page

from genmodels.runs.run import Run
from genmodels.trained.requests import mask_of
from tests.dashboard.test_browser import IDLE, browser, home, server, visit  # noqa: F401  (fixtures)

PAINTED = "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.filter((value, i) => i % 4 == 3 && value > 0).length"
FOCUS = "[document.activeElement.tagName, document.activeElement.innerText || document.activeElement.ariaLabel].join(' ')"


@pytest.fixture(scope="module")
def folder(trained) -> Path:
    return trained("diffusion")


@pytest.fixture
def run(home: Path, folder: Path) -> Run:  # noqa: F811
    return Run(Path(shutil.copytree(folder, home / "runs" / folder.name, dirs_exist_ok=True)))


def draw(page: Page) -> None:
    page.get_by_role("button", name="Draw", exact=True).click()


def test_a_drawing_shows_its_steps_and_is_stopped(browser: Browser, server: tuple[str, Path], run: Run) -> None:  # noqa: F811
    page = visit(browser, f"{server[0]}/prompt?run={run.id}&prompt=arrow%20left&seed=3&painting=Sweep")
    page.get_by_text("Varied down the page").wait_for(timeout=60_000)
    values = page.get_by_role("textbox", name="Values")
    for number, first in ((0, 1), (1, 239)):  # 144 pictures: a browser presses Stop before all are drawn
        values.nth(number).fill(", ".join(map(str, range(first, first + 12))))
        values.nth(number).press("Enter")
        page.wait_for_timeout(500)
        page.wait_for_function(IDLE, timeout=60_000)
    draw(page)
    page.get_by_text(re.compile(r"^Step \d+ of \d+, pictures \d+ to \d+ of 144")).wait_for(timeout=120_000)
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_text("of 144 pictures are drawn").or_(page.get_by_text("every combination is drawn")).first.wait_for(timeout=60_000)
    page.close()
    page = visit(browser, f"{server[0]}/prompt?run={run.id}&prompt=arrow%20left&seed=3")
    page.get_by_text("Seed and settings").click()
    page.get_by_role("spinbutton", name="Steps").fill("3")
    page.get_by_role("spinbutton", name="Steps").press("Enter")  # which draws
    page.get_by_text("Seed 6", exact=True).wait_for(timeout=60_000)
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").first.click()
    assert b"arrow left" in Path(download.value.path()).read_bytes()
    page.close()


def test_a_result_begins_in_the_first_screen_and_the_keyboard_is_never_nowhere(
    browser: Browser,  # noqa: F811
    server: tuple[str, Path],  # noqa: F811
    run: Run,
) -> None:
    page = visit(browser, f"{server[0]}/prompt?run={run.id}")
    prompt = page.get_by_role("textbox", name="Prompt", exact=True)
    prompt.fill("arrow left")
    prompt.press("Enter")
    change = page.get_by_role("button", name="Change")
    change.wait_for(timeout=120_000)
    page.wait_for_function(IDLE, timeout=60_000)
    picture = page.get_by_role("img", name="Drawn by a model for “arrow left”, seed 0").bounding_box()
    assert picture is not None and picture["y"] < 600
    assert not prompt.is_visible() and page.get_by_text("arrow left, 4 pictures, seed 0, guidance 2").is_visible()
    page.wait_for_function(f"{FOCUS}.endsWith('Change')", timeout=10_000)  # the field that had it is folded away
    page.keyboard.press("Enter")
    page.wait_for_function(f"{FOCUS} == 'INPUT Prompt'", timeout=30_000)
    assert prompt.input_value() == "arrow left" and page.get_by_text("Shown below: arrow left").is_visible()
    prompt.fill("arrow right")
    prompt.press("Enter")
    page.get_by_text("arrow right, 4 pictures, seed 0").wait_for(timeout=60_000)
    page.close()


def test_a_mask_is_painted_and_what_is_outside_stays(browser: Browser, server: tuple[str, Path], run: Run) -> None:  # noqa: F811
    page = visit(browser, f"{server[0]}/prompt?run={run.id}&prompt=circle&painting=From%20a%20picture")
    page.get_by_text("Paint", exact=True).click()
    canvas = page.locator("canvas[role=application]")
    canvas.first.wait_for(timeout=60_000)
    stroke(page, canvas.first, 0.2, 0.8)
    canvas.nth(1).wait_for(timeout=30_000)
    page.wait_for_function(IDLE, timeout=30_000)
    stroke(page, canvas.nth(1), 0.5, 0.9)
    page.wait_for_function(IDLE, timeout=30_000)
    draw(page)
    page.get_by_text("Before and after").wait_for(timeout=120_000)
    page.wait_for_function(IDLE, timeout=30_000)
    assert not canvas.first.is_visible() and not canvas.nth(1).is_visible()  # folded away ...
    page.get_by_role("button", name="Change").click()
    canvas.nth(1).wait_for(timeout=30_000)
    assert all(canvas.nth(number).evaluate(PAINTED) > 20 for number in (0, 1))  # ... with all that was painted
    page.get_by_role("button", name="Fold").click()
    canvas.first.wait_for(state="hidden", timeout=30_000)
    before, after = (page.locator(f".paper img[alt={name}]").get_attribute("src") for name in ("before", "after"))
    pictures = [np.array(mask_of(base64.b64decode(source.partition(",")[2]), (28, 28, 1))) for source in (before, after)]
    assert np.array_equal(pictures[0][:10], pictures[1][:10])  # above the stroke of the mask nothing was drawn anew
    slider = page.get_by_role("slider", name="Share of before that shows, in percent")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert slider.input_value() == "51"
    page.close()


def stroke(page: Page, canvas: Locator, left: float, right: float) -> None:
    """From left to right, in the middle of the canvas."""
    canvas.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    box = canvas.bounding_box() or {}
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + left * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + right * box["width"], middle + 4, steps=6)
    page.mouse.up()
