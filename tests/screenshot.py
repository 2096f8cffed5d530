"""The README's picture: starts the dashboard and photographs its first page. `make screenshot`."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from time import sleep

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "first-page.png"
SIZE = {"width": 1280, "height": 800}  # pixels
COLOURS = 128  # of the palette, so that the file stays below 200 kB


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def photographed(address: str) -> bytes:
    """The first page as PNG, in the light theme, when its pictures are there."""
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/_stcore/health")
            break
        except OSError:
            sleep(0.2)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto(address)
        page.get_by_role("img").first.wait_for(timeout=60_000)
        sleep(5)
        taken = page.screenshot()
        browser.close()
    return bytes(taken)


def main(port: int) -> None:
    command = [sys.executable, "-m", "genmodels", "dashboard", "--headless", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        taken = photographed(f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait()
    Image.open(io.BytesIO(taken)).convert("RGB").quantize(COLOURS).save(PICTURE, optimize=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else free_port())
