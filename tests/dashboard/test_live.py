"""The live page in a real browser while a real training runs: what is looked at stays where it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from genmodels.runs import launching
from genmodels.runs.run import Run
from genmodels.runs.store import RunStore
from tests.dashboard.test_browser import IDLE, browser, home, server, until, visit  # noqa: F401  (fixtures)

LOOKS = 40  # 200 ms apart
# What a look at the document sees: Stop, charts and pictures with how opaque they are, and whether each is the one seen first.
WATCH = """() => {
  const seen = window.seen = {looks: [], removed: []};
  const parts = () => [...document.querySelectorAll('.st-key-live .js-plotly-plot, .st-key-live img, .st-key-header-strip img')];
  const first = parts();
  const opaque = node => { let least = 1; for (; node instanceof Element; node = node.parentElement) least = Math.min(least, +getComputedStyle(node).opacity); return least; };
  new MutationObserver(changes => changes.forEach(change => change.removedNodes.forEach(node => {
    if (first.some(part => node === part || node.contains?.(part))) seen.removed.push([seen.looks.length, node.className || node.tagName, change.target.className, change.addedNodes.length]);
  }))).observe(document.body, {childList: true, subtree: true});
  const look = () => seen.looks.push({
    stop: [...document.querySelectorAll('button')].some(b => ['Stop', 'Stopping …'].includes(b.innerText.trim().split('\\n').pop())),
    charts: document.querySelectorAll('.st-key-live .js-plotly-plot').length,
    pictures: document.querySelectorAll('.st-key-live img').length,
    broken: [...document.querySelectorAll('.st-key-live img')].filter(i => i.complete && !i.naturalWidth).length,
    faint: Math.min(...parts().map(opaque)), same: first.every(part => part.isConnected),
    processor: document.body.innerText.split('Processor time').length - 1,
    step: (document.body.innerText.match(/step ([\\d,]+) of/) || [])[1],
  });
  window.timer = setInterval(look, 200);
}"""


LISTEN = """() => { window.said = []; window.timer = setInterval(() => {
  const card = document.querySelector('.st-key-live'), bar = card?.querySelector('[data-testid=stProgress]');
  if (bar) window.said.push([bar.innerText, +bar.querySelector('[role=progressbar]').getAttribute('aria-valuenow'), card.innerText]);
}, 250) }"""


def test_from_start_to_stop(browser: Browser, server: tuple[str, Path], home: Path) -> None:  # noqa: F811
    """One real training: what comes before its first step is said, then nothing fades, blinks or goes away, then Stop works."""
    page = visit(browser, f"{server[0]}/train?model=vae&data=digits")
    missing: list[str] = []
    page.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    page.get_by_role("spinbutton", name="Epochs").fill("5000")
    page.get_by_role("button", name="Start").click()
    stop = page.get_by_role("button", name="Stop")
    stop.wait_for(timeout=60_000)
    page.wait_for_url("**run=*", wait_until="commit")
    page.get_by_role("spinbutton", name="Epochs").wait_for(state="detached")  # the form has given way to the run
    page.wait_for_function(IDLE)
    place = stop.bounding_box()
    run = RunStore.default()[page.url.split("run=")[1]]
    try:
        before_the_first_step(page)
        until(lambda: len(run.samples) >= 4, 240)
        page.locator(".st-key-live").get_by_role("img", name="Samples of vae trained on digits").wait_for(timeout=120_000)
        page.locator(".st-key-live .js-plotly-plot").nth(2).wait_for(timeout=120_000)
        page.wait_for_timeout(6000)  # all kinds of charts are there
        nothing_moves_but_what_is_new(page, run)
        assert missing == [] and stop.bounding_box() == place, "Stop stays where it is, from Start on"
        second = visit(browser, f"{server[0]}/train?run={run.id}")  # another tab watches too
        second.get_by_role("button", name="Stop").click()
        until(lambda: (run.path / "stop").exists() or run.state == "stopped", 20)
        second.close()
        page.get_by_role("button", name="Resume").wait_for(timeout=60_000)
        page.wait_for_timeout(1000)
        assert page.inner_text("body").count("Processor time") == 1
        assert run.state == "stopped" and "resume continues from here" in run.status["message"] and run.experiment.epochs == 5000
        page.close()
    finally:
        launching.stop(run)
        until(lambda: run.state not in ("waiting", "running"), 60)


def before_the_first_step(page: Page) -> None:
    """From Start to the first step, each quarter of a second: what is going on, and a bar that moves."""
    page.evaluate(LISTEN)
    page.wait_for_function("/step [1-9]/.test(window.said.at(-1)?.[0] || '')", timeout=240_000)
    said = page.evaluate("clearInterval(window.timer) || window.said")
    before = [each for each in said if "step" not in each[0] or "compiling" in each[0]]
    assert any("Starting TensorFlow (usually" in text for text, _, _ in before), [text for text, *_ in before]
    assert len({share for _, share, _ in before}) >= 3, "the bar stands still"
    for text, _, card in before:
        assert "so far" in text and "waiting" not in card and "–" not in card and "Epoch 0" not in card, card


def nothing_moves_but_what_is_new(page: Page, run: Run) -> None:
    """Looked at every 200 ms: Stop is there, no chart and no picture is taken away or faint, the numbers move."""
    picture = page.locator(".st-key-live").get_by_role("img", name="Samples of vae trained on digits")
    strip = page.locator(".st-key-header-strip img")  # in the header, which follows too
    drawn, above, at = picture.get_attribute("alt"), strip.get_attribute("alt"), strip.bounding_box()
    page.evaluate(WATCH)
    page.wait_for_function(f"window.seen.looks.length >= {LOOKS}", timeout=240_000)
    seen: dict[str, Any] = page.evaluate("window.seen")
    looks = seen["looks"]
    assert all(look["stop"] for look in looks)
    assert seen["removed"] == [] and all(look["same"] for look in looks)
    assert {look["faint"] for look in looks} == {1} and {look["broken"] for look in looks} == {0} and {look["processor"] for look in looks} == {1}
    assert len({look["charts"] for look in looks}) == 1 and len({look["pictures"] for look in looks}) == 1
    assert len({look["step"] for look in looks}) >= 3, "the numbers stand still"
    until(lambda: picture.get_attribute("alt") != drawn, 30)
    until(lambda: strip.get_attribute("alt") != above, 30)
    assert strip.bounding_box() == at
