"""The dashboard in a real browser, served as `make run` serves it."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from genmodels.provenance import marking
from tests.dashboard.made import made

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
HOSTILE = "![x](http://evil.example/a.png) <img src='http://evil.example/b.png'> :red[hi] https://evil.example www.evil.example"
NARROW = "[document.documentElement, document.querySelector('[data-testid=stMain]')].every(e => e.scrollWidth <= e.clientWidth)"
IDLE = "document.querySelector('[data-testid=stApp]')?.getAttribute('data-test-script-state') == 'notRunning' && !document.querySelector('[data-testid=stSkeleton]')"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert Path(CHROMIUM).exists(), "Chromium is missing; install it with: apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def server(dashboard: tuple[str, Path]) -> tuple[str, Path]:
    """Address and home of a dashboard in a process of its own."""
    return dashboard


def until(condition, seconds: float) -> None:
    """Wait for a condition; an error counts as not yet."""
    last: BaseException | None = None
    for _ in range(int(seconds * 10)):
        try:
            if condition():
                return
        except OSError as error:
            last = error
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s; last: {last}")


@pytest.fixture
def home(server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The server's, so that runs made by hand are seen."""
    monkeypatch.setenv("GENMODELS_HOME", str(server[1]))
    return server[1]


def visit(browser: Browser, address: str) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(120_000)  # a busy machine takes longer than the 30 s that are meant for sites
    page.goto(address)
    page.locator("h1").first.wait_for(timeout=60_000)
    page.wait_for_function(IDLE, timeout=60_000)
    return page


def test_a_long_name_is_not_wider_than_the_screen(browser: Browser, server: tuple[str, Path], home: Path) -> None:
    """Of a run that failed, with a broken chart; every page as it is: test_browser_accessibility."""
    page = visit(browser, f"{server[0]}/train?run={made('failed', broken=True, name='A name ' * 9).id}")
    assert page.locator("[data-testid=stException]").count() == 0
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(500)
        page.wait_for_function(NARROW, timeout=30_000)  # charts are laid out again in their own time
    page.close()


@pytest.mark.parametrize(("start", "card", "leads_to"), [("", "audit", "/audit"), ("learn", "vae", "/learn?lesson=vae"), ("applications", "music", "/music"), ("runs", "vae-digits", "/model?run=vae-digits")])
def test_a_card_is_pressed_anywhere(browser: Browser, server: tuple[str, Path], home: Path, start: str, card: str, leads_to: str) -> None:
    page = visit(browser, f"{server[0]}/{start}")
    place = page.locator(f".st-key-card_{card}")
    place.wait_for()
    page.wait_for_function(IDLE)
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] - 12)
    page.wait_for_url(f"**{leads_to}*", timeout=60_000, wait_until="commit")
    page.close()


def test_a_model_is_trained_on_the_data_that_was_looked_at(browser: Browser, server: tuple[str, Path], home: Path) -> None:
    page = visit(browser, f"{server[0]}/data?data=occupations")
    page.get_by_role("link", name="Train a model on it").click()
    page.get_by_text("Start trains the model transformer on the data occupations.").wait_for(timeout=60_000)
    assert "/train" in page.url and page.locator("[data-testid=stException]").count() == 0
    page.close()


def test_who_has_nothing_to_train_on_is_led_to_the_import_of_that_kind(browser: Browser, server: tuple[str, Path], home: Path) -> None:
    page = visit(browser, f"{server[0]}/train?model=vae&data=folder")
    page.get_by_role("link", name="Import your own pictures").click()
    page.get_by_role("heading", name="Your own pictures").first.wait_for(timeout=60_000)
    assert page.url.endswith("/data?add=folder")
    page.close()


def test_a_set_is_opened_from_its_card_and_has_an_address(browser: Browser, server: tuple[str, Path], home: Path) -> None:
    page = visit(browser, f"{server[0]}/data")
    card = page.get_by_test_id("stVerticalBlock").filter(has=page.get_by_role("heading", name="Handwritten digits, small")).last
    card.get_by_role("link", name="Open").click()
    page.get_by_role("heading", name="Handwritten digits, small", level=1).wait_for(timeout=60_000)
    page.wait_for_function("location.search === '?data=digits'", timeout=60_000)
    page.get_by_role("link", name="All data sets").click()
    page.get_by_role("heading", name="Add your own", exact=True).wait_for(timeout=60_000)
    page.wait_for_function("location.search === ''", timeout=60_000)
    page.go_back()
    page.get_by_role("heading", name="Handwritten digits, small", level=1).wait_for(timeout=60_000)
    page.close()


def test_the_chosen_model_stays_across_pages(browser: Browser, server: tuple[str, Path], home: Path) -> None:
    page = visit(browser, f"{server[0]}/bias?run=vae-openmoji")
    page.get_by_role("heading", name="Bias of vae-openmoji").wait_for(timeout=60_000)
    page.get_by_role("link", name="Memorisation").first.click()
    page.get_by_role("heading", name="Memorisation of vae-openmoji").wait_for(timeout=60_000)
    page.wait_for_function("document.title === 'Memorisation of vae-openmoji · GenModels'", timeout=60_000)
    page.go_back()
    page.get_by_role("heading", name="Bias of vae-openmoji").wait_for(timeout=60_000)
    page.goto(f"{server[0]}/bias?run=nonsense")
    page.get_by_text("No run is called 'nonsense'").first.wait_for(timeout=60_000)
    assert page.get_by_role("heading", name="Bias of").count() == 0
    page.close()


def test_dropped_files_are_checked(browser: Browser, server: tuple[str, Path], home: Path) -> None:
    """A marked picture, a text of nobody, and something broken, dropped at once; the findings are downloaded."""
    page = visit(browser, f"{server[0]}/verify")
    page.get_by_text("Ask the detector too").click()
    marked = marking.png(np.full((32, 32, 3), 90, np.uint8), {"Model": "vae r1", "Seed": "7"})
    files = [("a marked [x](http://evil.example).png", "image/png", marked), ("b.txt", "text/plain", b"some words that nobody of us wrote"), ("c.png", "image/png", b"\x89PNG\r\n\x1a\nbroken")]
    page.locator("input[type=file]").set_input_files([{"name": name, "mimeType": mime, "buffer": content} for name, mime, content in files])
    for said in ("Marked by us and unchanged since", "No sign found", "is no PNG"):
        page.get_by_text(said).first.wait_for(timeout=60_000)
    with page.expect_download() as download:
        page.get_by_role("button", name="All findings (JSON)").click()
    rows = json.loads(Path(download.value.path()).read_text())
    assert [("error" in row, row.get("manifest", {}).get("verdict")) for row in rows] == [(False, "valid"), (False, "absent"), (True, None)]
    page.close()


def test_hostile_names_reach_nobody_else(browser: Browser, server: tuple[str, Path], home: Path) -> None:
    run = made("failed", name=HOSTILE, tags=[HOSTILE], notes=HOSTILE)
    run.write_status(state="failed", message=HOSTILE)
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    for path in ("runs", f"train?run={run.id}"):
        page.goto(f"{server[0]}/{path}")
        page.locator("h1").first.wait_for(timeout=60_000)
        page.wait_for_function(IDLE, timeout=60_000)
        assert page.locator("a[href*='evil.example'], img[src*='evil.example']").count() == 0
    page.get_by_text("![x](http").first.wait_for(timeout=30_000)  # letter by letter, as it was written
    assert [url for url in asked if server[0].removeprefix("http") not in url] == []
    page.close()


def test_a_first_deep_link_shows_its_page(browser: Browser, server: tuple[str, Path], home: Path) -> None:
    page = visit(browser, f"{server[0]}/data?data=digits")
    expect(page.get_by_role("heading", name="Handwritten digits, small", level=1)).to_have_count(1)
    page.get_by_text("1,797 handwritten digits").first.wait_for(timeout=30_000)
    page.close()
