"""The live page in a real browser while a real training runs: what is looked at stays where it is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from genmodels import jobs
from genmodels.recipe import Experiment
from genmodels.runs import Run, RunStore
from tests.dashboard.made import made
from tests.dashboard.sessions import Session, served
from tests.dashboard.test_browser import browser, until, visit  # noqa: F401  (browser is a fixture)

SAMPLED = 60  # times, 200 ms apart
# What a look at the document sees: Stop, charts and pictures with how opaque they are, and whether each is the one seen first.
WATCH = """() => {
  const seen = window.seen = {looks: [], removed: []};
  const parts = () => [...document.querySelectorAll('.st-key-live .js-plotly-plot, .st-key-live img')];
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


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    home = tmp_path_factory.mktemp("home")
    with served(home) as (port, _, _):
        yield f"http://127.0.0.1:{port}", home


@pytest.fixture
def home(live: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GENMODELS_HOME", str(live[1]))
    return live[1]


def watched(page: Page, looks: int = SAMPLED) -> dict[str, Any]:
    """What was seen in so many looks."""
    page.evaluate(WATCH)
    page.wait_for_function(f"window.seen.looks.length >= {looks}", timeout=240_000)
    return dict(page.evaluate("window.seen"))


def test_nothing_on_the_live_page_fades_blinks_or_goes_away(browser: Browser, live: tuple[str, Path], home: Path) -> None:  # noqa: F811
    run = jobs.start(Experiment.from_dict({"model": "vae", "data": "digits", "epochs": 5000, "batch_size": 32, "recipe": {"width": 8}}), RunStore.default())
    try:
        until(lambda: run.status.get("epoch", 0) >= 4 and len(run.samples) >= 4, 240)
        page = visit(browser, f"{live[0]}/train?run={run.id}")
        missing: list[str] = []
        page.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
        page.locator(".st-key-live .js-plotly-plot").nth(2).wait_for(timeout=120_000)
        page.get_by_role("img", name="Samples of vae trained on digits").wait_for(timeout=120_000)
        page.wait_for_timeout(3000)
        drawn = page.get_by_role("img", name="Samples of vae trained on digits").get_attribute("alt")
        seen = watched(page)
        looks = seen["looks"]
        assert all(look["stop"] for look in looks)
        assert missing == [] and {look["broken"] for look in looks} == {0}
        assert seen["removed"] == [] and all(look["same"] for look in looks)
        assert {look["faint"] for look in looks} == {1}
        assert {look["processor"] for look in looks} == {1}
        assert len({look["charts"] for look in looks}) == 1 and len({look["pictures"] for look in looks}) == 1
        assert len({look["step"] for look in looks}) >= 3, "the numbers stand still"
        assert page.get_by_role("img", name="Samples of vae trained on digits").get_attribute("alt") != drawn, "the pictures stand still"
        page.get_by_role("button", name="Stop").click()
        until(lambda: (run.path / "stop").exists() or run.state == "stopped", 20)
        page.get_by_role("button", name="Resume").wait_for(timeout=60_000)
        page.wait_for_timeout(1000)
        assert page.inner_text("body").count("Processor time") == 1 and run.state == "stopped"
        page.close()
    finally:
        ended(run)


def ended(run: Run) -> None:
    jobs.stop(run)
    until(lambda: run.state not in ("waiting", "running"), 60)


def test_charts_and_pictures_come_again_only_when_there_is_something_new(live: tuple[str, Path], home: Path) -> None:
    """By what the server sends: numbers at every look, charts and pictures after a line was logged."""
    run = made("running")
    charts, numbers = "bidi_component", "progress"

    async def seen() -> None:
        async with Session(int(live[0].rsplit(":", 1)[1])) as session:
            await session.open("train", 120, run=run.id)
            first = session.sent.copy()
            assert first[charts] >= 3 and first["imgs"] == 2 and first[numbers] >= 1 and session.errors == []
            await until_sent(session, numbers, first[numbers] + 7)
            assert session.sent[charts] == first[charts] and session.sent["imgs"] == first["imgs"]
            with open(run.path / "history.jsonl", "a") as file:
                file.write('{"step": 61, "epoch": 3, "seconds": 7.0, "loss": 1.0}\n')
            await until_sent(session, charts, 2 * first[charts])
            assert session.sent[charts] == 2 * first[charts] and session.errors == []
            await until_sent(session, numbers, session.sent[numbers] + 7)
            assert session.sent[charts] == 2 * first[charts]

    with run.lease():
        asyncio.run(seen())


async def until_sent(session: Session, kind: str, least: int) -> None:
    for _ in range(1200):
        if session.sent[kind] >= least:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(session.sent)


def test_what_comes_before_the_first_step_is_said(browser: Browser, live: tuple[str, Path], home: Path) -> None:  # noqa: F811
    """From Start to the first epoch, each quarter of a second: what is going on, and a bar that moves."""
    page = visit(browser, f"{live[0]}/train?model=vae&data=digits")
    page.get_by_role("spinbutton", name="Epochs").fill("3000")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Stop").wait_for(timeout=60_000)
    page.evaluate("""() => { window.said = []; window.timer = setInterval(() => {
        const bar = document.querySelector('.st-key-live [data-testid=stProgress]'), card = document.querySelector('.st-key-live');
        if (bar) window.said.push([bar.innerText, +bar.querySelector('[role=progressbar]').getAttribute('aria-valuenow'), card.innerText]);
    }, 250) }""")
    run = RunStore.default()[page.url.split("run=")[1]]
    try:
        page.wait_for_function("/step [1-9]/.test(window.said.at(-1)?.[0] || '')", timeout=240_000)
        said = json.loads(page.evaluate("JSON.stringify(window.said)"))
        before = [each for each in said if "step" not in each[0] or "compiling" in each[0]]
        assert any("Starting TensorFlow (usually" in text for text, _, _ in before), [text for text, *_ in before]
        assert len({share for _, share, _ in before}) >= 3, "the bar stands still"
        for text, _, card in before:
            assert "so far" in text and "waiting" not in card and "–" not in card and "Epoch 0" not in card, card
        page.close()
    finally:
        ended(run)
