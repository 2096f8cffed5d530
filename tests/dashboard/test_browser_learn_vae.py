"""The lesson on VAEs in a real browser: what its script computes is what the model computes, and the picture follows pointer and keys."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator

from dashboard.learn import vae
from genmodels.data.sets.digits import Digits
from genmodels.kinds.image.files import png_bytes
from genmodels.measuring.latent_plane import posterior
from genmodels.trained.opening import open_model
from tests.dashboard.test_browser import IDLE, browser, server  # noqa: F401  (fixtures)

COMPUTED = """([script, layers, images, places]) => {
    const network = new Function(script + '; return network')(), encoder = network(layers.encoder), decoder = network(layers.decoder);
    return [images.map((image) => Array.from(encoder(image.map((grey) => 2 * grey / 255 - 1)))),
        places.map((place) => Array.from(decoder(place), (each) => Math.round(255 * each)))];
}"""


@pytest.mark.parametrize("beta", vae.RUNS)
def test_the_browser_computes_what_the_model_does(browser: Browser, beta: int) -> None:  # noqa: F811
    model, images = open_model(vae.run(beta)), Digits().load().test.images[:20]
    places = np.random.default_rng(1).normal(size=(20, 2)) * 3
    script = (vae.Path(vae.__file__).parent / "network.js").read_text()
    page = browser.new_page()
    asked = [script, vae.layers(vae.run(beta)), images.reshape(20, -1).tolist(), places.tolist()]
    codes, pictures = (np.array(each) for each in page.evaluate(COMPUTED, asked))
    page.close()
    mean, spread = posterior(model, images)
    assert np.abs(codes[:, :2] - mean).max() < 1e-4 and np.abs(codes[:, 2:] / 2 - np.log(spread)).max() < 1e-4
    assert np.abs(pictures - model.decode(places).reshape(20, -1).astype(int)).max() <= 1


PIXELS = "c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).filter((_, i) => i % 4 === 0)"


@cache
def opened(beta: int) -> Any:
    return open_model(vae.run(beta))


def decoded_at_the_ring(panel: Locator, beta: int) -> list[int]:
    """The picture at the ring, which is what the model decodes there."""
    place = [float(each) for each in re.findall(r"-?\d+\.\d\d", panel.locator(".where").inner_text())[:2]]
    shown = panel.locator(".here").evaluate(PIXELS)
    own = opened(beta).decode(np.array([place], "float32")).ravel().astype(int)
    assert np.abs(np.array(shown) - own).max() <= 4, "the place is told to two decimals"
    return list(shown)


def test_the_picture_follows_the_ring_by_pointer_and_by_keys(browser: Browser, server: tuple[str, Path]) -> None:  # noqa: F811
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{server[0]}/learn?lesson=vae")
    panel = page.locator(".vae .panel").first
    panel.locator(".where", has_text="The ring is at").wait_for(timeout=120_000)
    page.wait_for_function(IDLE, timeout=60_000)
    seen = [decoded_at_the_ring(panel, 1)]
    field = panel.locator(".map")
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    assert box is not None
    at = [[box["x"] + share * box["width"], box["y"] + 0.5 * box["height"]] for share in (0.3, 0.8)]
    page.mouse.move(*at[0])
    page.mouse.down()
    seen.append(decoded_at_the_ring(panel, 1))
    page.mouse.move(*at[1], steps=3)
    page.mouse.up()
    seen.append(decoded_at_the_ring(panel, 1))
    field.focus()
    for key in ("Shift+ArrowLeft", "Shift+ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
        seen.append(decoded_at_the_ring(panel, 1))
    assert all(one != other for one, other in pairwise(seen))
    page.get_by_label("6", exact=True).press("Space")
    panel.get_by_text("VAE, beta 6").wait_for()
    field.press("Shift+ArrowLeft")
    decoded_at_the_ring(panel, 6)
    page.close()


def test_a_drawing_and_an_upload_are_encoded(browser: Browser, server: tuple[str, Path]) -> None:  # noqa: F811
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{server[0]}/learn?lesson=vae")
    panel = page.locator(".vae .panel").first
    panel.locator(".code", has_text="A held-out 3: mean").wait_for(timeout=120_000)
    page.get_by_text("Draw", exact=True).click()
    sheet = page.locator("canvas[aria-label^=Paint]")
    box = sheet.bounding_box()
    assert box is not None
    for share in (0.2, 0.8):
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + share * box["height"])
        page.mouse.down() if share < 0.5 else page.mouse.up()
    panel.locator(".code", has_text="Your drawing: mean").wait_for(timeout=30_000)
    ink = np.array(panel.locator(".given").evaluate(PIXELS)).reshape(8, 8)
    assert ink[:, 3:5].min() > 100 and not ink[:, :2].any() and not ink[:, 6:].any(), "an upright line, white on black"
    page.get_by_text("Upload", exact=True).click()
    picture = {"name": "<b>seven</b>.png", "mimeType": "image/png", "buffer": png_bytes(Digits().load().test.images[0])}
    page.locator("input[type=file]").set_input_files(picture)
    panel.locator(".code", has_text="<b>seven</b>.png: mean").wait_for(timeout=30_000)
    page.close()
