"""The README's screenshot: starts the dashboard and photographs its first page. `make screenshot`."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from time import sleep

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent


def main() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "genmodels", "dashboard", "--headless", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health")
                break
            except OSError:
                sleep(0.2)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(address)
            page.get_by_role("img").first.wait_for(timeout=60_000)
            sleep(2)
            page.screenshot(path=str(ROOT / "docs" / "first-page.png"))
            browser.close()
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
