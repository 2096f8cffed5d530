"""The prompt page in a real browser: a stream that stops, a second tab that waits, a branch, a layer that is drawn at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from genmodels.runs.run import Run
from tests.dashboard.test_browser import IDLE, browser, home, server, visit  # noqa: F401  (fixtures)
from tests.pages.test_prompt import writer  # noqa: F401  (a fixture)

CHOOSE = """async layer => {
    const drawn = () => { for (const host of document.querySelectorAll('[data-testid=stBidiComponentRegular], .stBidiComponent *')) {
        const root = host.shadowRoot?.querySelector('.root'); if (root?.dataset.layer) return root.dataset.layer; } };
    const group = [...document.querySelectorAll('[data-testid=stButtonGroup]')].find(each => each.textContent.includes('Layer'));
    const start = performance.now();
    [...group.querySelectorAll('button')].find(button => button.textContent.trim() == 'Layer ' + layer).click();
    while (drawn() != layer && performance.now() - start < 10000) await new Promise(requestAnimationFrame);
    return performance.now() - start;
}"""


@pytest.fixture
def run(home: Path, writer: Path) -> Run:  # noqa: F811
    return Run(Path(shutil.copytree(writer, home / "runs" / writer.name, dirs_exist_ok=True)))


def prompt(page: Page) -> str:
    return page.get_by_label("Prompt", exact=True).and_(page.locator("textarea")).input_value()  # of a folded form too


def test_a_stream_is_stopped_and_a_second_tab_waits_its_turn(browser: Browser, server: tuple[str, Path]) -> None:  # noqa: F811
    """By a shipped model, which goes round and round at temperature 0: a tiny one writes all before a browser presses Stop."""
    first = visit(browser, f"{server[0]}/prompt?run=transformer-code&prompt=x%20%3D%20%5B&seed=5")
    assert prompt(first) == "x = ["
    first.get_by_text("Seed and settings").click()
    first.get_by_role("spinbutton", name="Temperature").fill("0")  # drawn texts may end by themselves
    first.get_by_role("spinbutton", name="Length").fill("10000")
    second = visit(browser, f"{server[0]}/prompt?run=transformer-code&prompt=The")
    first.get_by_role("button", name="Write").click()
    first.get_by_text("The model is writing").wait_for(timeout=60_000)  # it is compiled first
    second.get_by_role("button", name="Write").click()
    second.get_by_text("Another tab is using this model").wait_for(timeout=20_000)
    first.wait_for_function("[...document.querySelectorAll('[data-testid=stText]')].some(e => e.textContent.length > 40)", timeout=120_000)
    first.get_by_role("button", name="Stop", exact=True).click()
    first.get_by_text("Stopped before its end").wait_for(timeout=20_000)
    assert 40 < len(first.locator("[data-testid=stCode]").first.inner_text()) < 30_000
    second.get_by_text("Ended at the most tokens").or_(second.get_by_text("Ended by the model")).wait_for(timeout=60_000)
    first.close()
    second.close()


def test_an_alternative_is_branched_from_with_the_mouse_and_with_keys(browser: Browser, server: tuple[str, Path], run: Run) -> None:  # noqa: F811
    page = visit(browser, f"{server[0]}/prompt?run={run.id}&prompt=The%20nurse%20said&view=Tokens")
    page.locator(".token").nth(6).hover(timeout=120_000)
    choice = page.locator(".alternative:enabled").nth(1)
    letter = choice.locator("code").inner_text().replace("␣", " ").replace("↵", "\n")
    choice.click()
    page.get_by_role("button", name="Change").wait_for(timeout=60_000)  # the form is folded: all is written
    begins = len(prompt(page)) - 1
    assert prompt(page) == "The nurse said"[:begins] + letter
    page.wait_for_timeout(1000)
    page.wait_for_function(IDLE, timeout=60_000)
    text = page.get_by_role("application", name="tokens by their probability")
    expect(page.locator(".status")).to_have_count(1, timeout=60_000)  # the one of the text before is gone
    text.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    page.locator(".card").wait_for(timeout=10_000)
    assert "Most probable" in page.locator(".status").inner_text()
    before = prompt(page)
    page.keyboard.press("Enter")  # to the alternatives
    page.keyboard.press("Enter")  # the first of them
    page.wait_for_function("before => [...document.querySelectorAll('textarea')].every(area => area.value != before)", arg=before, timeout=60_000)
    assert prompt(page) and prompt(page) != before
    page.close()


def test_what_is_written_begins_in_the_first_screen(browser: Browser, server: tuple[str, Path]) -> None:  # noqa: F811
    page = visit(browser, f"{server[0]}/prompt?run=transformer-docs&prompt=The%20function")
    page.get_by_role("button", name="Write").click()
    page.get_by_role("button", name="Change").wait_for(timeout=60_000)
    page.wait_for_function(IDLE, timeout=60_000)
    said = page.locator("[data-testid=stText]").nth(1).bounding_box()  # below the prompt and the line that says where it is from
    assert said is not None and said["y"] < 560
    page.get_by_text("Tokens", exact=True).click()  # the same text, so the form is folded here too
    tokens = page.get_by_role("application", name="tokens by their probability")
    tokens.wait_for(timeout=60_000)
    box = tokens.bounding_box()
    assert box is not None and box["y"] < 540 and box["y"] + box["height"] < 900 and prompt(page) == "The function"
    page.close()


def test_ctrl_enter_in_the_prompt_writes_what_was_typed(browser: Browser, server: tuple[str, Path], run: Run) -> None:  # noqa: F811
    page = visit(browser, f"{server[0]}/prompt?run={run.id}")
    page.get_by_text("Ctrl+Enter in the prompt writes too.").wait_for()
    area = page.get_by_label("Prompt", exact=True).and_(page.locator("textarea"))
    area.fill("The doctor")
    area.press("Enter")  # a new line of the prompt, as in any text area
    area.type("said")
    area.press("Control+Enter")
    page.get_by_role("button", name="Change").wait_for(timeout=60_000)
    assert page.locator("[data-testid=stText]").first.inner_text() == "The doctor\nsaid"
    page.close()


def test_another_layer_is_drawn_at_once(browser: Browser, server: tuple[str, Path], run: Run) -> None:  # noqa: F811
    page = visit(browser, f"{server[0]}/prompt?run={run.id}&prompt=The%20nurse%20said%20that%20she&view=Attention")
    page.locator("canvas").wait_for(timeout=120_000)
    page.wait_for_function(IDLE, timeout=60_000)
    times = [page.evaluate(CHOOSE, layer) for layer in ("2", "1", "2", "1")]
    assert sorted(times)[1] < 1500, times  # ms
    page.close()
