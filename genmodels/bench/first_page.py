"""From the start of a server to the first page's text in a browser; and from a click to the next page, warm.

Started as `python -m genmodels.bench.first_page start ours`. The browser is open already; each start is a new server
and an empty cache. TensorBoard is given an empty folder, which is the least that it can have to draw.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from genmodels.bench.turns import ROOT, serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE = 60_000  # milliseconds
EMPTY = """import streamlit as st
def first():
    st.title("An empty page")
def second():
    st.title("Another empty page")
st.navigation([st.Page(first, default=True), st.Page(second)]).run()
"""
# The text of the first page, the link to another, the text there.
TEXTS = {
    "ours": ("Train generative models", "Help", "Help"),
    "streamlit-empty": ("An empty page", "second", "Another empty page"),
    "tensorboard": ("No dashboards are active", "", ""),
}


def command(server: str, port: int, folder: Path) -> list[str]:
    """What starts that server; files that it needs are put into `folder`."""
    if server == "tensorboard":
        return ["-m", "tensorboard.main", "--logdir", str(folder), "--port", str(port), "--host", "127.0.0.1"]
    app = ROOT / "dashboard" / "app.py"
    if server == "streamlit-empty":
        app = folder / "empty.py"
        app.write_text(EMPTY)
    quiet = ["--server.headless", "true", "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"]
    return ["-m", "streamlit", "run", str(app), "--server.port", str(port), "--server.address", "127.0.0.1", *quiet]


@contextmanager
def started(server: str) -> Iterator[str]:
    """Start it in a folder of its own; its address, at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere:
        words = [sys.executable, *command(server, port, Path(folder))]
        where = ROOT if server == "ours" else folder
        process = subprocess.Popen(words, cwd=where, stdout=nowhere, stderr=nowhere, start_new_session=True)
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def open_page(page: Page, address: str, text: str) -> None:
    """Until the text stands on the page; the server may not answer yet."""
    answers(address)
    page.goto(address, wait_until="commit")
    shown(page, text)


def answers(address: str) -> None:
    """Wait until the server there answers, at most `PATIENCE`."""
    port = int(address.rsplit(":", 1)[1].strip("/"))
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)


def shown(page: Page, text: str) -> None:
    """Wait until a text is visible on the page; raises the browser's timeout error where it never is."""
    page.get_by_text(text).first.wait_for(state="visible", timeout=PATIENCE)


def starts(browser: Browser, server: str) -> Callable[[int], float]:
    """Work that starts the server and opens its first page; the time to stop it does not count."""

    def work(steps: int) -> float:
        seconds = 0.0
        for _ in range(steps):
            context = browser.new_context()
            page = context.new_page()
            start = time.perf_counter()
            with started(server) as address:
                open_page(page, address, TEXTS[server][0])
                seconds += time.perf_counter() - start
            context.close()
        return seconds

    return work


def changes(page: Page, server: str) -> Callable[[int], float]:
    """Work that goes to the other page by its link in the menu, and back (only the way there counts)."""
    _, link, there = TEXTS[server]
    home = page.locator("[data-testid=stSidebarNavLink]").first

    def work(steps: int) -> float:
        seconds = 0.0
        for _ in range(steps):
            start = time.perf_counter()
            page.locator("[data-testid=stSidebarNavLink]", has_text=link).click()
            page.get_by_role("heading", name=there).first.wait_for(state="visible", timeout=PATIENCE)
            seconds += time.perf_counter() - start
            home.click()
            shown(page, TEXTS[server][0])
        return seconds

    return work


def main(what: str, server: str) -> None:
    """Time what the command line names, in a browser of its own, and answer the process that asks."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        if what == "start":
            return serve(starts(browser, server), warm_up=1)
        with started(server) as address:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            open_page(page, address, TEXTS[server][0])
            serve(changes(page, server), warm_up=3)
    return None


def chromium() -> str:
    """Where the browser is."""
    import shutil

    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    sys.exit("Chromium is missing: apt-get install chromium")


if __name__ == "__main__":
    main(*sys.argv[1:])
