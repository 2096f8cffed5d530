"""A page of another origin neither shows the dashboard in a frame nor opens a session of it, in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.dashboard.test_browser import browser  # noqa: F401  (a fixture)

TRY = """address => new Promise(done => {
  const socket = new WebSocket(address, ["streamlit"]);
  socket.onopen = () => done("open"); socket.onerror = () => done("refused"); setTimeout(() => done("silent"), 20000);
})"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *given: object) -> None:
        pass


@pytest.fixture
def evil(tmp_path: Path, dashboard: tuple[str, Path]) -> Iterator[str]:
    """The address of a page of another program of this machine that frames the dashboard."""
    (tmp_path / "index.html").write_text(f'<h1>Prizes</h1><iframe id="framed" width="800" height="600" src="{dashboard[0]}/train"></iframe>')
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def test_no_page_of_another_origin_frames_the_dashboard(browser: Browser, dashboard: tuple[str, Path], evil: str) -> None:  # noqa: F811
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(evil)
    page.wait_for_timeout(3000)
    framed = page.frames[1]
    assert framed.url.startswith("chrome-error:") and framed.locator("[data-testid=stApp]").count() == 0
    assert any("frame-ancestors" in each for each in said), said
    assert page.evaluate(TRY, f"ws{dashboard[0].removeprefix('http')}/_stcore/stream") == "refused"
    page.close()


def test_the_dashboard_itself_opens_and_names_what_is_not_there(browser: Browser, dashboard: tuple[str, Path]) -> None:  # noqa: F811
    page = browser.new_page()
    page.goto(f"{dashboard[0]}/about")
    page.locator("h1").first.wait_for(timeout=120_000)
    assert page.evaluate(TRY, f"ws{dashboard[0].removeprefix('http')}/_stcore/stream") == "open"
    for path, status in (("nosuch", 404), ("..%2f..%2fetc%2fpasswd", 400)):
        answer = page.goto(f"{dashboard[0]}/{path}")
        assert answer is not None and answer.status == status
    page.goto(f"{dashboard[0]}/nosuch")
    assert "There is no such page" in page.inner_text("body")
    page.close()
