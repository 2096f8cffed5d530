"""How the lesson on GANs plays: `python -m genmodels.bench.gan_player`, then `make readme`. It takes about two minutes.

Opened warm, each time in a new tab: seconds until the plane has moved, frames in one second after five seconds of play, and
how many messages went to the server meanwhile. Then the grid of 25 is played for a minute. All of it is of this machine
and its load, which stands beside; no test depends on it.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any

from genmodels import catalogue
from genmodels.bench import machine
from genmodels.bench.every_page import visit
from genmodels.bench.first_page import PATIENCE, answers, chromium, started
from genmodels.bench.turns import ROOT, THREADS
from genmodels.files import write_atomically

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

KEPT = ROOT / "docs" / "gan_player.json"
LESSON = "learn?lesson=gan"
VISITS, PLAYED = 3, 5.0  # tabs; seconds of play before frames are read
GRID, SECONDS = 5, (20, 40, 60)  # which step of the lesson has the grid; when its places are read


def iteration(plane: Locator) -> int:
    """How far the player is."""
    return int(plane.get_attribute("data-iteration") or 0)


def played(browser: Browser, address: str) -> dict[str, Any]:
    """One new tab: seconds to the first moving picture, frames a second, and messages that went to the server."""
    page, sent = browser.new_page(viewport={"width": 1280, "height": 900}), []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    start = time.perf_counter()
    page.goto(address + LESSON, wait_until="commit")
    plane = page.locator(".gan[data-iteration]").first
    plane.wait_for(timeout=PATIENCE)
    while iteration(plane) == 0:
        page.wait_for_timeout(10)
    first = time.perf_counter() - start
    page.wait_for_timeout(2000)  # the rest of the page comes
    sent.clear()
    page.wait_for_timeout(1000 * PLAYED)
    frames, messages = int(plane.get_attribute("data-frames") or 0), len(sent)
    page.close()
    return {"first": round(first, 2), "frames": frames, "messages": messages, "load": round(os.getloadavg()[0], 1)}


def grid(browser: Browser, address: str) -> list[dict[str, Any]]:
    """The grid of 25, as the lesson sets it up: iterations and places found after so many seconds."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(address + LESSON)
    plane = page.locator(".gan[data-iteration]").first
    plane.wait_for(timeout=PATIENCE)
    for _ in range(GRID - 1):
        plane.get_by_role("button", name="The next step").click()
    plane.get_by_role("button", name="Show me").click()
    plane.locator("canvas.plane").scroll_into_view_if_needed()
    start, rows = time.perf_counter(), []
    for seconds in SECONDS:
        page.wait_for_timeout(max(0.0, 1000 * (seconds - (time.perf_counter() - start))))
        places = re.search(r"found (\d+) of 25", plane.locator(".summary").inner_text())
        rows.append({"seconds": seconds, "iterations": iteration(plane), "places": int(places[1]) if places else None})
    page.close()
    return rows


def kept() -> dict[str, Any]:
    """What was measured last."""
    return dict(json.loads(KEPT.read_text())) if KEPT.is_file() else {}


def table() -> str:
    """What was measured last, as Markdown, with the aims."""
    found = kept()
    if not found:
        return "Not measured yet."
    tabs = found["tabs"]
    told = lambda name: ", ".join(str(tab[name]) for tab in tabs)  # noqa: E731
    middle = lambda name: statistics.median(tab[name] for tab in tabs)  # noqa: E731
    rows = [
        {
            "what": "opened to first moving picture, warm, s",
            "aim": "under 3",
            "median": middle("first"),
            "each tab": told("first"),
        },
        {"what": "frames a second", "aim": "20 or more", "median": middle("frames"), "each tab": told("frames")},
        {
            "what": "messages to the server in 5 s of play",
            "aim": "0",
            "median": middle("messages"),
            "each tab": told("messages"),
        },
        {"what": "load of the machine meanwhile", "aim": "–", "median": middle("load"), "each tab": told("load")},
    ]
    rows += [
        {
            "what": f"grid of 25 after {row['seconds']} s",
            "aim": "–",
            "median": f"{row['places']} places",
            "each tab": f"{row['iterations']:,} iterations",
        }
        for row in found["grid"]
    ]
    return f"{catalogue.table(rows)}\n\nMeasured on: {machine.told(found['machine'])}."


def main() -> None:
    """Measure and keep."""
    from playwright.sync_api import sync_playwright

    facts = machine.about(THREADS)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as home:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        os.environ |= {"GENMODELS_HOME": home, "GENMODELS_CACHE": f"{home}/cache"}
        with started("ours") as address:
            answers(address)
            warming = browser.new_page()
            visit(warming, address + LESSON)
            warming.close()
            tabs = [played(browser, address) for _ in range(VISITS)]
            print(json.dumps(tabs), file=sys.stderr, flush=True)
            found = {"machine": facts, "tabs": tabs, "grid": grid(browser, address)}
    write_atomically(KEPT, json.dumps(found, indent=1) + "\n")
    print(table())


if __name__ == "__main__":
    main()
