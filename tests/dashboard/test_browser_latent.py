"""The latent page in a real browser: frames that are already there, pictures under the pointer, a click that decodes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from genmodels.runs.run import Run
from tests.dashboard.test_browser import IDLE, browser, home, server, visit  # noqa: F401  (fixtures)

SHOWN = """() => { const image = document.querySelector('.js-plotly-plot image');
    return image.getAttribute('href') || image.getAttributeNS('http://www.w3.org/1999/xlink', 'href'); }"""
DRAG = """async place => {
    const plot = document.querySelector('.js-plotly-plot'), rail = plot.querySelector('.slider-rail-touch-rect'), box = rail.getBoundingClientRect();
    const image = () => { const i = plot.querySelector('image'); return i.getAttribute('href') || i.getAttributeNS('http://www.w3.org/1999/xlink', 'href'); };
    const before = image(), at = {clientX: box.left + box.width * place, clientY: box.top + box.height / 2, bubbles: true, view: window}, start = performance.now();
    rail.dispatchEvent(new MouseEvent('mousedown', at));
    plot.dispatchEvent(new MouseEvent('mouseup', at));
    while (image() === before && performance.now() - start < 10000) await new Promise(requestAnimationFrame);
    return performance.now() - start;
}"""


@pytest.fixture
def run(home: Path, trained) -> Run:  # noqa: F811
    folder = trained("vae", epochs=20)
    return Run(Path(shutil.copytree(folder, home / "runs" / folder.name, dirs_exist_ok=True)))


def test_a_walk_plays_in_the_browser_alone(browser: Browser, server: tuple[str, Path], run: Run) -> None:  # noqa: F811
    page, sent = browser.new_page(viewport={"width": 1280, "height": 900}), []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.goto(f"{server[0]}/latent?run={run.id}&view=Walk&seeds=1,2")
    page.locator(".slider-rail-touch-rect").wait_for(timeout=120_000)
    page.wait_for_function(IDLE, timeout=60_000)
    assert sent
    sent.clear()
    pictures, times = {page.evaluate(SHOWN)}, []
    for place in (0.9, 0.3, 0.7, 0.1, 0.5):
        times.append(page.evaluate(DRAG, place))
        pictures.add(page.evaluate(SHOWN))
    assert len(pictures) == 6
    assert sorted(times)[2] < 300, times  # ms, from slider to picture
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
