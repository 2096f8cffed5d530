"""How long each page of the dashboard takes to open: `python -m genmodels.bench.every_page [NAME ...]`, then `make readme`.

Cold is the first visit of a server that was just started, in an empty home, a server a page. Warm is the same address
opened again in a new tab, and a change is a click on the page's link in the menu, coming from the first page. An empty
page of Streamlit is opened in the same way, so that one sees what of it is Streamlit's. Seconds, one visit each but the
median of three where it is warm: they are of this machine, and no test depends on them.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any

from genmodels import catalogue
from genmodels.bench import machine
from genmodels.bench.first_page import PATIENCE, answers, chromium, started
from genmodels.bench.turns import ROOT, THREADS
from genmodels.files import write_atomically

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

KEPT = ROOT / "docs" / "pages.json"
EMPTY = "an empty Streamlit page"
LESSONS = ("gan", "vae", "transformer", "text-to-image", "applications", "risks")
DEEPER = (*(f"learn?lesson={each}" for each in LESSONS), "model?run=vae-openmoji", "train?run=vae-digits")
VISITS = 3  # of a warm page
WORD = "() => [...document.querySelectorAll('[data-testid=stMain] h1')].some(each => each.innerText.trim())"
AT_REST = "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
SAYS = """() => [...document.querySelectorAll('[data-testid=stSpinner], [data-testid=stProgress]')]
    .map(each => each.innerText.trim().split('\\n')[0]).filter(Boolean)[0] || ''"""


def names() -> list[str]:
    """Every page, by its address, and what shows much more than the page's own."""
    return [*sorted(file.stem for file in (ROOT / "pages").glob("*.py")), *DEEPER]


def visit(page: Page, address: str) -> dict[str, Any]:
    """Open an address: seconds until its title stands there and until its script is done, and what it said meanwhile."""
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_function(WORD, timeout=PATIENCE)
    word, said = time.perf_counter() - start, ""
    while True:
        if said_now := page.evaluate(SAYS):
            said = said_now
        if page.evaluate(AT_REST):
            return {"word": word, "complete": time.perf_counter() - start, "said": said}
        page.wait_for_timeout(20)
        if time.perf_counter() - start > PATIENCE / 1000:
            raise TimeoutError(f"{address} was not done after {PATIENCE / 1000:.0f} s.")


def change(page: Page, address: str, name: str) -> float | None:
    """Seconds from a click in the menu of the first page to the page's title; None where the menu has no such link."""
    visit(page, address)
    link = page.locator(f'[data-testid=stSidebarNavLink][href$="/{name}"]')
    if not link.count():
        return None
    before = page.locator("[data-testid=stMain] h1").first.inner_text()
    start = time.perf_counter()
    link.first.click()
    page.wait_for_function(
        "before => [...document.querySelectorAll('[data-testid=stMain] h1')].some(each => each.innerText.trim() && each.innerText != before)",
        arg=before,
        timeout=PATIENCE,
    )
    return time.perf_counter() - start


def opened(browser: Browser, name: str) -> dict[str, Any]:
    """One page, cold and warm, on a server and in a home of its own."""
    server = "streamlit-empty" if name == EMPTY else "ours"
    path = "" if name == EMPTY else name
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"GENMODELS_HOME": home, "GENMODELS_CACHE": f"{home}/cache"}
        with started(server) as address:
            answers(address)
            time.sleep(2.0)  # what a server does by itself at its start is not the visitor's
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            cold = visit(page, address + path)
            warm = [visit(page, address + path) for _ in range(VISITS)]
            changes = [] if name in (EMPTY, "home") else [change(page, address, name) for _ in range(VISITS)]
            page.close()
    known = [each for each in changes if each is not None]
    return {
        "page": name,
        "cold_word": round(cold["word"], 2),
        "cold": round(cold["complete"], 2),
        "said": cold["said"],
        "warm": round(statistics.median(each["complete"] for each in warm), 2),
        "change": round(statistics.median(known), 2) if known else None,
    }


def kept() -> dict[str, Any]:
    """What was measured last."""
    return dict(json.loads(KEPT.read_text())) if KEPT.is_file() else {"pages": [], "machine": {}}


def table() -> str:
    """What was measured last, as Markdown, the slowest first visit first."""
    found = kept()
    if not found["pages"]:
        return "Not measured yet."
    rows = [
        {
            "page": row["page"],
            "first visit: title, s": f"{row['cold_word']:.1f}",
            "first visit: complete, s": f"{row['cold']:.1f}",
            "it says meanwhile": row["said"].replace("|", "/") or "–",
            "again, complete, s": f"{row['warm']:.1f}",
            "by the menu, title, s": "–" if row["change"] is None else f"{row['change']:.2f}",
        }
        for row in sorted(found["pages"], key=lambda row: -row["cold"])
    ]
    return f"{catalogue.table(rows)}\n\nMeasured on: {machine.told(found['machine'])}."


def main(asked: list[str]) -> None:
    """Measure the pages of these names (all: none named) and keep what was found."""
    from playwright.sync_api import sync_playwright

    rows = {row["page"]: row for row in kept()["pages"]} if asked else {}
    facts = machine.about(THREADS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for name in asked or [EMPTY, *names()]:
            rows[name] = opened(browser, name)
            print(json.dumps(rows[name]), file=sys.stderr, flush=True)
            write_atomically(KEPT, json.dumps({"machine": facts, "pages": list(rows.values())}, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
