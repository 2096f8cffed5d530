"""The page of a model in Chromium: its links change the address, Back undoes that, and its header is low."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from genmodels.runs.store import shipped
from tests.dashboard.test_browser import ARGUMENTS, CHROMIUM, IDLE, visit

LOW = {1280: 190, 390: 240}  # pixels of the header, by the width of the window


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def test_files_are_a_part_of_the_page_and_of_its_address(browser: Browser, dashboard: tuple[str, Path]) -> None:
    page = visit(browser, f"{dashboard[0]}/model?run=vae-digits")
    page.get_by_role("link", name="Files and report").click()
    page.get_by_role("heading", name="Report and downloads").wait_for()
    expect(page).to_have_url(f"{dashboard[0]}/model?run=vae-digits&part=files")
    page.go_back()
    page.get_by_role("heading", name="What it makes").wait_for()
    expect(page).to_have_url(f"{dashboard[0]}/model?run=vae-digits")
    page.get_by_role("link", name="memorisation: pass").click()
    page.get_by_role("heading", name="Memorisation of vae-digits").wait_for()
    page.context.close()


def test_a_lesson_has_an_address_of_its_own_by_links_and_back(browser: Browser, dashboard: tuple[str, Path]) -> None:
    """A reload in a lesson showed all lessons, and Back left Learn: the links of the page did not change its address."""
    page = visit(browser, f"{dashboard[0]}/learn")
    page.get_by_role("link", name="VAE: a map of pictures").click()
    expect(page).to_have_url(f"{dashboard[0]}/learn?lesson=vae")
    page.get_by_role("link", name="Next: Transformer").click()
    expect(page).to_have_url(re.compile(r"/learn\?lesson=transformer"))
    page.go_back()
    page.get_by_role("heading", name="VAE: a map of pictures", level=1).wait_for()
    page.get_by_role("link", name="All lessons").click()
    expect(page).to_have_url(f"{dashboard[0]}/learn")
    page.get_by_role("heading", name="Learn", level=1).wait_for()
    page.context.close()


@pytest.mark.parametrize(
    ("address", "menu", "heading"),
    [("learn?lesson=gan", "Learn", "Learn"), ("train?run=vae-digits", "New training", "New training"), ("data?data=digits", "Data", "Data")],
)
def test_the_menu_leads_back_from_a_part_of_a_page(browser: Browser, dashboard: tuple[str, Path], address: str, menu: str, heading: str) -> None:
    """Streamlit does nothing for a click in the menu on the page that is open, whatever its address says."""
    page = visit(browser, f"{dashboard[0]}/{address}")
    first = page.get_by_role("heading", level=1).inner_text()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=menu, exact=True).click()
    page.get_by_role("heading", name=heading, level=1, exact=True).wait_for()
    expect(page).to_have_url(f"{dashboard[0]}/{address.partition('?')[0]}")
    page.go_back()
    page.get_by_role("heading", name=first, level=1, exact=True).wait_for()
    page.context.close()


@pytest.mark.parametrize("place", ["prompt?run=diffusion-openmoji", "video"])
def test_a_prompt_is_read_whole_on_a_phone(browser: Browser, dashboard: tuple[str, Path], place: str) -> None:
    """Two buttons beside it left the line 14 letters."""
    page = visit(browser, f"{dashboard[0]}/{place}")
    page.set_viewport_size({"width": 390, "height": 844})
    field = page.get_by_role("textbox", name="Prompt", exact=True)
    field.wait_for()
    page.wait_for_function("(input) => input.getBoundingClientRect().width > 280", arg=field.element_handle())
    page.context.close()


@pytest.mark.parametrize("start", ["train", "latent", "audit"])
def test_every_link_of_the_header_keeps_the_model(browser: Browser, dashboard: tuple[str, Path], start: str) -> None:
    """From each page about it, to one part of its page and to a page of another kind: what a page binds to its address was
    stripped from links that carry the same."""
    page = visit(browser, f"{dashboard[0]}/{start}?run=vae-digits")
    for name in ("Files and report", "Audit" if start == "train" else "Training"):
        page.goto(f"{dashboard[0]}/{start}?run=vae-digits")
        page.locator(".st-key-model-links").get_by_text(name, exact=True).click()
        page.locator("h1", has_text=re.compile("vae-digits|Audit|Product design of ")).wait_for()
        page.wait_for_function(IDLE)
        assert "run=vae-digits" in page.url, (start, name, page.url)
        assert page.get_by_text("the address names none").count() == 0
    expect(page).to_have_title(f"{name} of vae-digits · GenModels")  # who has many tabs tells them apart
    page.context.close()


@pytest.mark.parametrize("width", LOW)
def test_the_header_is_low(browser: Browser, dashboard: tuple[str, Path], width: int) -> None:
    for name in ("vae-openmoji", "transformer-code", "transformer-chorales"):
        page = visit(browser, f"{dashboard[0]}/model?run={name}")
        page.set_viewport_size({"width": width, "height": 900})
        page.locator(".st-key-model-links").wait_for()
        page.get_by_role("heading", name="What it makes").wait_for()
        box = page.locator(".st-key-model-header").bounding_box()
        assert box and box["height"] <= LOW[width], (name, box)
        assert page.locator(".st-key-verdict-strip").first.is_visible() == (width > 640)
        page.context.close()


def test_the_first_sample_moves_nothing_below_the_header(browser: Browser, dashboard: tuple[str, Path]) -> None:
    """Of what draws pictures, low ones and tall ones, and of what writes, as it is while it is trained: as high before the model made anything as after."""
    unlike = {}
    for name in ("vae-digits", "transformer-chorales", "transformer-docs"):
        heights = []
        for part in ("empty", "full"):
            copy = Path(shutil.copytree(shipped(name).path, dashboard[1] / "runs" / f"{part}-{name}"))
            (copy / "findings.json").unlink(missing_ok=True)
            if part == "empty":
                for made in ("samples", "reconstructions", "epochs", "checkpoints"):
                    shutil.rmtree(copy / made, ignore_errors=True)
                (copy / "facts.json").unlink()
            page = visit(browser, f"{dashboard[0]}/model?run={copy.name}&part=files")
            page.locator(".st-key-model-links").wait_for()
            page.get_by_role("heading", name="Report and downloads").wait_for()
            page.wait_for_function(IDLE)
            heights.append(page.locator(".st-key-model-header").bounding_box()["height"])  # type: ignore[index]
            page.context.close()
            shutil.rmtree(copy)
        if heights[0] != heights[1]:
            unlike[name] = heights
    assert not unlike
