"""The demo: its paths lead to pages that exist, its place survives a reload, and it writes nothing to a user's home."""

from __future__ import annotations

import base64
import os
import re
import signal
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path
from time import sleep
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from dashboard import navigation
from dashboard.demo import clock
from dashboard.demo.bar import TITLES
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


def walk(page: Page, address: str, path: str) -> None:  # noqa: F811
    """A path from page to page and its end, which begins anew."""
    page.goto(address)
    start = page.get_by_role("button", name=f"Start: {TITLES[path].lower()}")
    start.click(timeout=180_000)
    for number, step in enumerate(PATHS[path], start=1):
        page.get_by_text(f"Step {number} of {len(PATHS[path])}: {step.title}").wait_for(timeout=60_000)
        page.locator("h1").first.wait_for(timeout=60_000)
        page.get_by_text(f"planned to begin at {planned(path, number)}").wait_for(timeout=60_000)
        assert not page.locator("[data-testid=stException]").count(), step.title
        if number < len(PATHS[path]):
            page.get_by_role("link", name="Next").click()
    page.get_by_role("button", name="End", exact=True).click()
    start.wait_for(timeout=60_000)


def leave_alone(page: Page, address: str) -> None:  # noqa: F811
    """Full screen stays from page to page; nobody there for ten minutes, by a clock of the test's own, and the demo starts over."""
    page.clock.install()
    page.goto(address)
    page.get_by_role("button", name="Start: three minutes").click(timeout=180_000)
    page.get_by_role("button", name="Full screen").click()
    page.get_by_role("link", name="Next").click()
    page.get_by_text("Step 2 of 3").wait_for(timeout=60_000)
    page.get_by_role("button", name="Leave full screen").wait_for(timeout=60_000)
    page.clock.fast_forward("10:05")
    page.get_by_role("button", name="Start: three minutes").wait_for(timeout=60_000)


def planned(path: str, number: int) -> str:
    seconds = sum(step.seconds for step in PATHS[path][: number - 1])
    return f"{seconds // 60}:{seconds % 60:02d}"


def test_both_paths_are_walked_to_their_end_without_a_network_and_leave_nothing(tmp_path: Path, page: Page) -> None:  # noqa: F811
    home, temporary, port = tmp_path / "mine", tmp_path / "temporary", free_port()
    home.mkdir()
    temporary.mkdir()
    nowhere = {name: "http://127.0.0.1:9" for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")}
    environment = os.environ | nowhere | {"GENMODELS_HOME": str(home), "TMPDIR": str(temporary), "NO_PROXY": "127.0.0.1"}
    environment.pop("GENMODELS_CACHE", None)
    command = [sys.executable, "-m", "genmodels", "dashboard", "--demo", "--headless", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    elsewhere: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url) if away(request.url) else None)
    page.route(away, lambda route: route.abort())
    try:
        for _ in range(600):
            with suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5)
                break
            sleep(0.1)
        assert len(list(temporary.glob("genmodels-demo-*"))) == 1
        for path in PATHS:
            walk(page, f"http://127.0.0.1:{port}", path)
        leave_alone(page, f"http://127.0.0.1:{port}")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)
    assert elsewhere == [] and list(home.iterdir()) == [] and list(temporary.glob("genmodels-demo-*")) == []


def away(address: str) -> bool:
    """Does a browser leave this machine for it?"""
    parts = urlsplit(address)
    return parts.scheme not in ("data", "blob") and parts.hostname not in ("127.0.0.1", "localhost")


def test_the_clock_ticks_in_the_browser_and_tells_once_that_nobody_is_there(page: Page) -> None:  # noqa: F811
    """The script alone, with a clock of the test's own."""
    alone = page.context.browser.new_page()
    alone.clock.install()
    alone.set_content("<div id=host><div class=clock></div></div>")
    alone.evaluate(
        """async ([source, data]) => { const part = await import('data:text/javascript;base64,' + source); window.sent = [];
        part.default({ data, parentElement: document.querySelector('#host'), setTriggerValue: (...what) => window.sent.push(what) }); }""",
        [base64.b64encode(Path(clock.__file__).with_suffix(".js").read_bytes()).decode(), {"passed": 70, "planned": 75, "idle": 600, "warned": 30}],
    )
    said = alone.locator(".clock")
    assert re.fullmatch(r"1:1\d, planned to begin at 1:15", said.locator(".time").inner_text())
    alone.clock.run_for(20_000)
    assert re.fullmatch(r"1:3\d, planned to begin at 1:15", said.locator(".time").inner_text()) and said.locator(".warning").inner_text() == ""
    alone.clock.run_for(555_000)
    assert re.search(r"starts over in 2\d s", said.locator(".warning").inner_text())
    alone.keyboard.press("a")
    alone.clock.run_for(560_000)
    assert said.locator(".warning").inner_text() == "" and alone.evaluate("window.sent") == []
    alone.clock.run_for(60_000)
    assert alone.evaluate("window.sent") == [["idle", True]]
    alone.close()
