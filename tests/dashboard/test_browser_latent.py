"""The latent page in a real browser: frames that are already there, pictures under the pointer, a click that decodes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from genmodels.runs.run import Run
from tests.dashboard.test_browser import IDLE, browser, home, server, visit  # noqa: F401  (fixtures)

MOVE = """(slider, frame) => {
    const image = slider.getRootNode().querySelector('img'), before = image.src;
    slider.value = frame;
    slider.dispatchEvent(new InputEvent('input'));
    return [before, image.src];
}"""


@pytest.fixture
def run(home: Path, trained) -> Run:  # noqa: F811
    folder = trained("vae", epochs=20)
    return Run(Path(shutil.copytree(folder, home / "runs" / folder.name, dirs_exist_ok=True)))


def test_a_walk_plays_in_the_browser_alone(browser: Browser, server: tuple[str, Path], run: Run) -> None:  # noqa: F811
    page, sent = browser.new_page(viewport={"width": 1280, "height": 900}), []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.goto(f"{server[0]}/latent?run={run.id}&view=Walk&seeds=1,2")
    slider = page.get_by_role("slider", name="Frame", exact=True)
    slider.wait_for(timeout=120_000)
    page.wait_for_function(IDLE, timeout=60_000)
    assert sent
    sent.clear()
    pictures = {picture for frame in (58, 20, 45, 7, 32) for picture in slider.evaluate(MOVE, frame)}
    assert len(pictures) == 6, "each is there at once"
    page.get_by_role("button", name="Play", exact=True).press("Enter")
    page.get_by_text("Frame 36 of 64").wait_for(timeout=60_000)
    page.get_by_role("button", name="Pause", exact=True).press("Enter")
    assert sent == []
    page.close()


def test_the_map_shows_pictures_under_the_pointer_and_decodes_where_one_clicks(browser: Browser, server: tuple[str, Path], run: Run) -> None:  # noqa: F811
    page = visit(browser, f"{server[0]}/latent?run={run.id}&view=Map")
    field = page.locator(".field")
    field.wait_for(timeout=120_000)
    mark = page.locator(".field svg path").nth(5)
    mark.hover(force=True)
    page.locator(".card .picture").wait_for(timeout=10_000)
    assert "digit" in page.locator(".card").inner_text()
    field.click(position={"x": 200, "y": 200})
    page.get_by_text("Drawn at (").wait_for(timeout=60_000)
    first = page.get_by_text("Drawn at (").text_content()
    field.focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):  # as good without a mouse
        page.keyboard.press(key)
    page.wait_for_function("before => ![...document.querySelectorAll('p')].some(p => p.textContent == before)", arg=first, timeout=60_000)
    page.get_by_text("Drawn at (").wait_for(timeout=60_000)
    page.close()
