"""The demo: its paths lead to pages that exist, its place survives a reload, and it writes nothing to a user's home."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path
from time import sleep

import pytest
from playwright.sync_api import Page

from dashboard import navigation
from dashboard.demo.paths import PATHS, WARMED
from dashboard.demo.place import FLAG, Place, read, wanted
from genmodels.runs.store import gallery_names
from tests.dashboard.made import made
from tests.dashboard.test_browser_accessibility import page  # noqa: F401  (a fixture)
from tests.pages.test_pages import opened
from tests.screenshot import free_port

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(("path", "minutes"), [("three", 3), ("ten", 10)])
def test_a_path_leads_to_pages_and_models_that_exist_in_its_time(path: str, minutes: int) -> None:
    for step in PATHS[path]:
        assert navigation.screen(step.screen).file.is_file()
        assert step.query.get("run", WARMED[0]) in gallery_names()
    assert (minutes - 1) * 60 <= sum(step.seconds for step in PATHS[path]) <= minutes * 60
    used = {step.query["run"] for step in PATHS[path] if step.screen in ("prompt", "latent")}
    assert used <= set(WARMED)


def test_a_place_is_read_back_and_nothing_else_is_one() -> None:
    place = Place("ten", 3, 1_700_000_000)
    assert read(str(place)) == place and place.moved(-9).number == 0 and place.moved(99).last
    for wrong in ("", "ten", "ten.0.1", "ten.99.1", "nine.1.1", "ten.1.x", "ten.²." + "1", "ten.1." + "9" * 40, "../..", "ten.1.-5"):
        assert read(wrong) is None, wrong


def test_no_home_of_a_user_is_taken_for_that_of_a_demo(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of a demo deletes all runs."""
    made("done", name="mine")
    for value in ("1", "yes", str(home.parent)):
        monkeypatch.setenv(FLAG, value)
        assert not wanted() and not [button for button in opened("home").button if button.label in ("End", "Restart")]
    monkeypatch.setenv(FLAG, str(home))
    assert wanted()


def walk(page: Page, address: str) -> None:  # noqa: F811
    """All ten minutes, from page to page, and the end, which begins anew."""
    page.goto(address)
    page.get_by_role("button", name="Start: ten minutes").click(timeout=180_000)
    for number, step in enumerate(PATHS["ten"], start=1):
        page.get_by_text(f"Step {number} of {len(PATHS['ten'])}: {step.title}").wait_for(timeout=60_000)
        page.locator("h1").first.wait_for(timeout=60_000)
        assert not page.locator("[data-testid=stException]").count(), step.title
        if number < len(PATHS["ten"]):
            page.get_by_role("link", name="Next").click()
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("button", name="Start: ten minutes").wait_for(timeout=60_000)


def test_a_demo_is_walked_to_its_end_and_leaves_nothing(tmp_path: Path, page: Page) -> None:  # noqa: F811
    home, temporary, port = tmp_path / "mine", tmp_path / "temporary", free_port()
    home.mkdir()
    temporary.mkdir()
    environment = os.environ | {"GENMODELS_HOME": str(home), "TMPDIR": str(temporary)}
    environment.pop("GENMODELS_CACHE", None)
    command = [sys.executable, "-m", "genmodels", "dashboard", "--demo", "--headless", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5)
                break
            sleep(0.1)
        assert len(list(temporary.glob("genmodels-demo-*"))) == 1
        walk(page, f"http://127.0.0.1:{port}")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)
    assert list(home.iterdir()) == [] and list(temporary.glob("genmodels-demo-*")) == []
