"""Streamlit's own notices to developers never show, where the home has folders of tools that it would like to install for."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import sleep

import pytest
from playwright.sync_api import Browser, Page

from tests.dashboard.test_browser import IDLE, browser  # noqa: F401  (a fixture)
from tests.screenshot import free_port

ROOT = Path(__file__).parent.parent.parent
COMMANDS = {
    "genmodels dashboard": ("-m", "genmodels", "dashboard", "--port"),
    "streamlit run": ("-m", "streamlit", "run", "dashboard/app.py", "--server.port"),
}
TOAST = "[data-testid=stToast], [data-testid=stSkillsNudge], [data-testid=stSkillsInstallCallout]"
DEVELOPERS = "[data-testid=stMainMenu], [data-testid=stAppDeployButton]"


@contextmanager
def served(folder: Path, *command: str, **more: str) -> Iterator[str]:
    """A dashboard as somebody starts it at a desk: with a screen, which alone makes Streamlit advertise, and tools in the home."""
    for tool in (".cursor", ".gemini"):
        (folder / tool).mkdir(parents=True)
    opener = folder / "bin" / "xdg-open"  # what would open a browser
    opener.parent.mkdir()
    opener.write_text("#!/bin/sh\n")
    opener.chmod(0o755)
    port = free_port()
    desk = {"HOME": str(folder), "GENMODELS_HOME": str(folder / "runs"), "DISPLAY": ":99", "BROWSER": "true", "PATH": f"{opener.parent}{os.pathsep}{os.environ['PATH']}"}
    server = subprocess.Popen([sys.executable, *command, str(port)], cwd=ROOT, env=os.environ | desk | more, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5)
                break
            sleep(0.1)
        yield f"http://127.0.0.1:{port}/about"
    finally:
        server.terminate()
        server.wait(timeout=30)


def drawn(browser: Browser, address: str) -> Page:  # noqa: F811
    page = browser.new_page()
    page.set_default_timeout(120_000)
    page.goto(address)
    page.get_by_role("heading", name="Help", exact=True).wait_for()
    page.wait_for_function(IDLE)
    return page


@pytest.mark.parametrize("name", COMMANDS)
def test_no_notice_to_developers_shows(browser: Browser, tmp_path: Path, name: str) -> None:  # noqa: F811
    with served(tmp_path, *COMMANDS[name]) as address:
        page = drawn(browser, address)
        page.wait_for_timeout(2000)
        assert page.locator(TOAST).count() == 0 and page.locator(DEVELOPERS).count() == 0
        page.close()


def test_it_would_show_without_our_settings(browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    """The test above can fail."""
    shown = {"STREAMLIT_LOGGER_HIDE_WELCOME_MESSAGE": "false", "STREAMLIT_CLIENT_TOOLBAR_MODE": "developer"}
    with served(tmp_path, *COMMANDS["streamlit run"], **shown) as address:
        page = drawn(browser, address)
        page.locator(TOAST).first.wait_for()
        page.locator(DEVELOPERS).first.wait_for()
        page.close()
